"""What the tests of the relay's side share: addresses, a connection to a sink, counted marks, a server without manners."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from mailer.domain.address import Address
from mailer.domain.ports import Envelope
from mailer.gateways.conversation import SmtpConnection
from mailer.gateways.sink import Misbehaviour, Phase, Script, Sink
from mailer.gateways.smtp import Security, SmtpSettings, SmtpTransport

SENDER = Address(local="bulletin", domain="club.example")
ANNA = Address(local="anna", domain="members.example")
BORIS = Address(local="boris", domain="members.example")
ZOE = Address(local="zoë", domain="members.example")
BEFORE = (Phase.MAIL, Phase.RCPT, Phase.DATA)  # the phases before the mark
MESSAGE = b"Subject: Bulletin\r\nMessage-ID: <1@club.example>\r\n\r\nBody\r\n"


def settings(port: int, security: Security = Security.NONE, **more: object) -> SmtpSettings:
    given = {"timeout_seconds": 5.0, "local_hostname": "client.example"} | more
    return SmtpSettings(host="127.0.0.1", port=port, security=security, **given)


@asynccontextmanager
async def a_connection(sink: Sink, **more: object) -> AsyncIterator[SmtpConnection]:
    async with SmtpTransport(settings(sink.port, **more)).connect() as connection:
        yield connection


class Marks:
    """Counts the marks, and can be made to fail, or to wait, or to do something first."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.made = 0
        self._then = then

    async def __call__(self) -> None:
        self.made += 1
        self._then()


async def nothing() -> None:
    """A mark that nobody looks at."""


def to(recipient: Address, sender: Address = SENDER) -> Envelope:
    return Envelope(sender=sender, recipient=recipient)


@asynccontextmanager
async def a_bare_server(*lines: str) -> AsyncIterator[int]:
    """Says the first line, and one more for each that it gets; after 354 it waits for the lone dot. Then it is silent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for line in lines:
                writer.write(line.encode("latin-1") + b"\r\n")
                await reader.readuntil(b"\r\n.\r\n" if line.startswith("354") else b"\r\n")
            await reader.read()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def connect(given: SmtpSettings) -> None:
    """Connects, and leaves again."""
    async with SmtpTransport(given).connect():
        pass


def only(phase: Phase, answer: str | Misbehaviour) -> Script:
    """A script with one answer that is not good: to Anna, in one phase, the first time."""

    def script(now: Phase, sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        meant = recipient == ANNA.wire or now is Phase.MAIL
        return answer if now is phase and meant and nth == 1 else None

    return script
