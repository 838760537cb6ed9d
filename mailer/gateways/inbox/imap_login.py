"""Logs in to a mailbox, by a password or by an OAuth token, with what its server offers."""

import asyncio
import base64
import imaplib
from collections.abc import Callable

from mailer.domain.errors import BadInput, MailerError
from mailer.gateways import oauth
from mailer.gateways.inbox import imap_commands
from mailer.gateways.inbox.imap_client import STOP_SECONDS, BoundedMailBox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.oauth import TokenSource

_OAUTH_KEYS = "imap_oauth_token_file or imap_oauth_token_command of [bounces]"


def log_in(mailbox: BoundedMailBox, settings: ImapSettings, stopped: Callable[[], bool]) -> None:
    """Log in. Raises MailerError, which shows no part of a secret and says what to do; IMAP4.abort when it is lost."""
    offered = mailbox.client.capabilities
    wants_oauth = "AUTH=XOAUTH2" in offered
    if settings.token_source is not None and (wants_oauth or not settings.password):
        _show_token(mailbox, settings, _token(settings.token_source, settings, stopped))
    elif "AUTH=PLAIN" in offered:  # RFC 4616 allows any character in a password
        _show_password(settings, mailbox.login_utf8, wants_oauth=wants_oauth)
    elif "LOGINDISABLED" in offered:  # RFC 3501 §6.2.3
        remedy = f"it wants OAuth: set {_OAUTH_KEYS}" if wants_oauth else "ask its provider, or choose another mailbox"
        raise MailerError(f"the mailbox {settings} takes no login by a password; {remedy}")
    elif not (login := settings.user + settings.password).isascii() or not login.isprintable():
        raise MailerError(
            f"the mailbox {settings} has no login for a name or password beyond ASCII; choose another in [bounces]"
        )
    else:
        _show_password(settings, mailbox.login, wants_oauth=wants_oauth)


def _show_password(settings: ImapSettings, login: Callable[[str, str, None], object], *, wants_oauth: bool) -> None:
    try:
        login(settings.user, settings.password, None)
    except imaplib.IMAP4.abort:
        raise
    except imap_commands.REFUSED as error:
        text = imap_commands.error_text(error).replace(settings.password or "\0", "…")
        hint = f", or use OAuth: {_OAUTH_KEYS}" if wants_oauth else ""
        raise MailerError(
            f"the mailbox {settings} refuses the login of {settings.user} ({text}); "
            f"check imap_url and imap_password_file of [bounces]{hint}"
        ) from None


def _show_token(mailbox: BoundedMailBox, settings: ImapSettings, token: str) -> None:
    answers = [f"user={settings.user}\1auth=Bearer {token}\1\1".encode()]
    challenges: list[str] = []

    def answer(challenge: bytes) -> bytes:
        """Show the token; then, if it is refused, take the reason and end the exchange."""
        challenges.append(base64.b64encode(challenge).decode())
        return answers.pop() if answers else b""

    try:
        mailbox.client.authenticate("XOAUTH2", answer)
    except imaplib.IMAP4.abort:
        raise
    except imap_commands.REFUSED as error:
        assert settings.token_source is not None
        reason = oauth.refusal_words(challenges[-1]) if challenges else ""
        text = "; ".join(filter(None, (imap_commands.error_text(error).replace(token, "…"), reason)))
        raise MailerError(
            f"the mailbox {settings} refuses the OAuth token of {settings.user} ({text}): it has expired, is for another "
            f"user, or does not allow IMAP; renew it where {settings.token_source.key} gets it, and check imap_url"
        ) from None


def _token(source: TokenSource, settings: ImapSettings, stopped: Callable[[], bool]) -> str:
    try:
        return asyncio.run(_token_before(source, stopped))
    except BadInput as error:
        raise MailerError(f"the mailbox {settings} needs a token to log in: {error}") from error


async def _token_before(source: TokenSource, stopped: Callable[[], bool]) -> str:
    """The token, unless a stop comes first."""
    reading = asyncio.create_task(source.token())
    while not reading.done():
        await asyncio.wait((reading,), timeout=STOP_SECONDS)
        if not reading.done() and stopped():
            reading.cancel()
            await asyncio.wait((reading,))
            raise BadInput("the service stops")
    return await reading
