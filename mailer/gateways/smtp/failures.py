"""Says why there is no connection to a relay, and what to do about it, without any part of a secret."""

import ssl
from collections.abc import Iterable

from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPResponseException, SMTPServerDisconnected

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.errors import BadInput, LoginRefused, TransportDown
from mailer.gateways import oauth, tls
from mailer.gateways.server_text import printable
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.addresses import Unreachable
from mailer.gateways.smtp.handshake import Handshake, NoLogin
from mailer.gateways.smtp.login import TokenRefused, refuses_mechanism, wants_oauth
from mailer.gateways.smtp.settings import Mechanism, SmtpSettings

# Characters that are shown of what is no reply of SMTP's: another service listens there.
_FOREIGN_WORDS = 80
_STEPS = {
    Phase.CONNECT: "before its greeting",
    Phase.HELLO: "at EHLO",
    Phase.STARTTLS: "at STARTTLS",
    Phase.AUTH: "during the login",
}


def reply_of(error: Exception) -> Reply | None:
    """The relay's reply that the error is about; None if there was none, or if it was no reply by RFC 5321."""
    if isinstance(error, SMTPResponseException) and 200 <= error.code <= 599:
        return replies.parse(error.code, error.message)
    return None


def is_login_refusal(error: Exception) -> bool:
    """Whether the login is wrong; a 4xx says only that it cannot be checked now (RFC 4954 §6)."""
    return isinstance(error, SMTPAuthenticationError) and error.code >= 500


def is_token_refusal(error: Exception) -> bool:
    """Whether the OAuth token is wrong; it is renewed by another program, perhaps soon."""
    reply = reply_of(error)
    return isinstance(error, TokenRefused) and is_login_refusal(error) and bool(reply and not refuses_mechanism(reply))


def failure(
    error: Exception, settings: SmtpSettings, handshake: Handshake, refused: Iterable[Mechanism]
) -> TransportDown:
    """Return the failure of a handshake; `refused` are the mechanisms of the login that the relay does not know."""
    reply = reply_of(error)
    if reply is not None and is_login_refusal(error):
        reason = _login_refusal(error, reply, settings, handshake, refused)
    else:
        reason = _reason(error, settings, handshake)
    kind = LoginRefused if is_login_refusal(error) and not is_token_refusal(error) else TransportDown
    return kind(f"the relay {settings.name} {reason}", reply=reply, phase=handshake.phase)


def _login_refusal(
    error: Exception, reply: Reply, settings: SmtpSettings, handshake: Handshake, refused: Iterable[Mechanism]
) -> str:
    section, quoted = settings.section, replies.quoted(reply)
    if refuses_mechanism(reply):
        names = ", ".join(mechanism.upper() for mechanism in refused)
        return f"does not know the login by {names} ({quoted}); check auth and port of {section}, or ask its operator"
    if isinstance(error, TokenRefused) and settings.token_source:
        words = "; ".join(filter(None, (quoted, oauth.refusal_words(error.challenge))))
        return (
            f"refuses the OAuth token of {settings.username} ({words}): it has expired, is for another user, or does not "
            f"allow SMTP; renew it where {settings.token_source.key} gets it, and check username of {section}"
        )
    hint = ""
    if settings.token_source is None and wants_oauth(handshake.announced):
        hint = f', or use OAuth: auth = "xoauth2" and oauth_token_file or oauth_token_command of {section}'
    return f"refuses the login of {settings.username} ({quoted}); check username and password_file of {section}{hint}"


def _reason(error: Exception, settings: SmtpSettings, handshake: Handshake) -> str:
    # aiosmtplib wraps TLS errors of an implicit TLS connection, but not those after STARTTLS.
    cause = error.__cause__ if isinstance(error, SMTPConnectError) and error.__cause__ else error
    section = settings.section
    match cause:
        case ssl.SSLCertVerificationError():
            return tls.distrust(cause, host=f"host of {section}", ca_file="ca_file")
        case ssl.SSLError():
            return f"does not agree on TLS ({cause.reason}); nothing was sent; check port and security of {section}"
        case BadInput():
            return f"needs a token to log in: {cause}"
        case NoLogin():
            return cause.message
        case SMTPResponseException():
            return _answer(cause, settings, handshake)
        case TimeoutError():
            return f"does not answer within {settings.timeout_seconds:g} seconds{_at(settings, handshake)}; check host, port and security of {section}"
        case Unreachable():
            reason = str(cause)
        case SMTPServerDisconnected():
            reason = f"it closed the connection {_STEPS[handshake.phase]}"
        case ValueError():  # its text could contain a character of the password
            return f"cannot be used with these settings; check host, username and password_file of {section}"
        case _:
            reason = printable(str(cause))
    return f"cannot be used ({reason}); nothing was sent; check host, port and security of {section}"


def _answer(error: SMTPResponseException, settings: SmtpSettings, handshake: Handshake) -> str:
    if reply_of(error) is None:
        words = printable(error.message)[:_FOREIGN_WORDS]
        return f"does not speak SMTP ({words}); check host, port and security of {settings.section}"
    quoted = replies.quoted(replies.parse(error.code, error.message))
    if handshake.phase is Phase.HELLO:
        remedy = f"set ehlo_name of {settings.section} if it wants another name, or ask its operator"
        return f"answers {quoted} to EHLO {handshake.ehlo_name}; {remedy}"
    return f"answers {quoted}; {'try again later, or ' if 400 <= error.code < 500 else ''}ask its operator"


def _at(settings: SmtpSettings, handshake: Handshake) -> str:
    return f" at {handshake.tried}" if handshake.tried not in {"", settings.host} else ""
