"""Asks a relay whether it takes mail from a sender to a recipient, and leaves before any message."""

from contextlib import suppress

from aiosmtplib import SMTP, SMTPException, SMTPResponse

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.ports import Envelope
from mailer.gateways.smtp import replies


async def ask(client: SMTP, envelope: Envelope) -> tuple[Phase, Reply]:
    """Give MAIL and RCPT, then RSET and QUIT. Returns the last reply to the envelope, and to what it replied."""
    parameters = [] if envelope.recipient.isascii() else [b"SMTPUTF8"]  # RFC 6531
    phase, response = Phase.MAIL, await client.execute_command(b"MAIL", _path("FROM", envelope.sender), *parameters)
    if _accepts(response):
        phase, response = Phase.RCPT, await client.execute_command(b"RCPT", _path("TO", envelope.recipient))
    with suppress(SMTPException):  # a relay that asks to wait may have hung up
        await client.rset()
        await client.quit()
    return phase, replies.parse(response.code, response.message)


def _path(word: str, address: str) -> bytes:
    return f"{word}:<{address}>".encode()


def _accepts(response: SMTPResponse) -> bool:
    return response.code // 100 == 2
