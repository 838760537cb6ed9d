"""Asks the listener of this machine whether it takes mail to an address, and leaves before any message."""

import smtplib
import ssl

from mailer.domain.delivery import Reply
from mailer.domain.errors import MailerError
from mailer.gateways.server_text import printable

SECONDS = 5.0


def ask_listener(host: str, port: int, recipient: str) -> Reply:
    """Return its reply to RCPT, or to an earlier command that it refused. Raises MailerError when there is none."""
    try:
        with smtplib.SMTP(host, port, local_hostname="localhost", timeout=SECONDS) as client:
            client.ehlo()
            if client.has_extn("starttls"):
                client.starttls(context=_encrypting())
                client.ehlo()
            code, text = client.mail("")
            if code // 100 == 2:
                code, text = client.rcpt(recipient)
            client.rset()
    except (smtplib.SMTPException, OSError) as error:
        raise MailerError(f"the listener at {host}:{port} broke off: {error}") from error
    return Reply(code=code, text=printable(text.decode("utf-8", "replace")))


def _encrypting() -> ssl.SSLContext:
    """A context that trusts any certificate: ours may have a name by which only other machines reach us."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
