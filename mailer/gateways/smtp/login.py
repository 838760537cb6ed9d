"""Logs in to a relay: chooses a mechanism that it announces (RFC 4954) and says what a refusal is about."""

import base64
import re
from collections.abc import Collection

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPResponse

from mailer.domain.delivery import Reply
from mailer.gateways.smtp.settings import Mechanism

_CONTINUE, _LOGGED_IN = 334, 235
# Replies about the user name and the password (RFC 4954 §6, RFC 5248), whatever else they say.
_ABOUT_CREDENTIALS = frozenset({525, 535})
# Replies about the mechanism: too weak, needs encryption; 553 is said by relays that announce PLAIN and know only LOGIN.
_ABOUT_MECHANISM = frozenset({534, 538, 553})
# Google says them with 534, the code of a mechanism that is too weak: it wants another password, or a person's consent.
_CREDENTIAL_WORDS = re.compile(r"password|browser", re.IGNORECASE)


class TokenRefused(SMTPAuthenticationError):
    """The relay refuses the OAuth token; `challenge` is the reason that it gave before its reply, in BASE64."""

    def __init__(self, code: int, message: str, challenge: str) -> None:
        super().__init__(code, message)
        self.challenge = challenge


def refuses_mechanism(reply: Reply) -> bool:
    """Whether a reply to AUTH refuses the mechanism, so that another one may be accepted.

    A reply that could be about the password must not count: relays lock out clients that try again.
    """
    if reply.code < 500 or reply.code in _ABOUT_CREDENTIALS or reply.status == "5.7.8":
        return False
    if reply.code == 534 and _CREDENTIAL_WORDS.search(reply.text):
        return False
    # RFC 5321 §4.2.1: x0z is about syntax; RFC 3463 §3.6: x.5.x is about the command.
    return reply.code < 510 or reply.code in _ABOUT_MECHANISM or reply.status.startswith("5.5.")


def wants_oauth(announced: Collection[str]) -> bool:
    """Whether the relay takes OAuth tokens as we show them."""
    return Mechanism.XOAUTH2 in announced


async def log_in(client: SMTP, mechanism: Mechanism, user: str, secret: str) -> None:
    """Log in; `secret` is the password or the token. Raises SMTPAuthenticationError."""
    match mechanism:
        case Mechanism.XOAUTH2:
            await _show_token(client, user, secret)
        case Mechanism.PLAIN:
            await client.auth_plain(user, secret)
        case Mechanism.CRAM_MD5:
            await client.auth_crammd5(user, secret)
        case Mechanism.LOGIN:
            # One word at a time: some relays do not take the user name together with the command.
            response = await client.execute_command(b"AUTH", b"LOGIN")
            for word in (user, secret):
                _expect(response, _CONTINUE)
                response = await client.execute_command(base64.b64encode(word.encode()))
            _expect(response, _LOGGED_IN)


async def _show_token(client: SMTP, user: str, token: str) -> None:
    words = base64.b64encode(f"user={user}\1auth=Bearer {token}\1\1".encode())
    response = await client.execute_command(b"AUTH", b"XOAUTH2", words)
    challenge = ""
    if response.code == _CONTINUE:
        challenge = response.message
        response = await client.execute_command(b"")  # ends the exchange; its reply is the refusal
    if response.code != _LOGGED_IN:
        raise TokenRefused(response.code, response.message, challenge)


def _expect(response: SMTPResponse, code: int) -> None:
    if response.code != code:
        raise SMTPAuthenticationError(response.code, response.message)
