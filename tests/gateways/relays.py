"""What the tests of SMTP share: addresses, a tray that records its calls, connections to a sink, a bare server."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mailer.domain.address import Address
from mailer.domain.delivery import Outcome
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Envelope, Message, Parcel
from mailer.gateways.smtp.connection import SmtpConnection
from mailer.gateways.smtp.settings import Security, SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from tests.scripted_relay import Misbehaviour, Phase, Script

SENDER = Address(local="bulletin", domain="club.example")
ANNA = Address(local="anna", domain="members.example")
BORIS = Address(local="boris", domain="members.example")
CLARA = Address(local="clara", domain="members.example")
ZOE = Address(local="zoë", domain="members.example")
BEFORE = (Phase.MAIL, Phase.RCPT, Phase.DATA)  # the phases before the content
MESSAGE = Message(b"Subject: Bulletin\r\nMessage-ID: <1@club.example>\r\n\r\nBody\r\n")


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A message to one address."""

    to: Address
    message: Message = MESSAGE
    identity: str = "m17"

    @property
    def envelope(self) -> Envelope:
        return Envelope(sender=SENDER.wire, recipient=self.to.wire, identity=self.identity)


class Shelf:
    """A tray that records its calls; `open` is False unless `is_open` is given."""

    def __init__(
        self, *to: Address | Letter, may_begin: Callable[[Parcel], bool] = lambda _parcel: True, is_open: bool = False
    ) -> None:
        self.open = is_open
        self.waiting = deque(letter if isinstance(letter, Letter) else Letter(letter) for letter in to)
        self.log: list[str] = []  # each call, with its recipient
        self.begun: list[str] = []
        self.outcomes: dict[str, Outcome] = {}
        self.backs: dict[str, tuple[str, bool]] = {}
        self.down: TransportDown | None = None
        self.wakers: list[Callable[[], None]] = []
        self._may_begin = may_begin
        self._out: list[Parcel] = []

    def take(self, wake: Callable[[], None]) -> Parcel | None:
        if self.waiting:
            letter = self.waiting.popleft()
            self._out.append(letter)
            self.log.append(f"take {letter.to.local}")
            return letter
        if self.open:
            self.wakers.append(wake)
        return None

    def begin(self, parcel: Parcel) -> bool:
        assert parcel in self._out
        if self._may_begin(parcel):
            self.log.append(f"begin {_name(parcel)}")
            self.begun.append(_name(parcel))
            return True
        self.log.append(f"withhold {_name(parcel)}")
        self._out.remove(parcel)
        return False

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        self.log.append(f"end {_name(parcel)}")
        self._out.remove(parcel)
        self.outcomes[_name(parcel)] = outcome

    def put_back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        self.log.append(f"back {_name(parcel)}")
        self._out.remove(parcel)
        self.backs[_name(parcel)] = why, blamed

    def add(self, *to: Address) -> None:
        """Add copies."""
        self.waiting.extend(map(Letter, to))
        self._wake()

    def close(self) -> None:
        """Close the tray: no more copies will be added."""
        self.open = False
        self._wake()

    def _wake(self) -> None:
        wakers, self.wakers = self.wakers, []
        for wake in wakers:
            wake()

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of outcome of each copy."""
        return {name: type(outcome).__name__ for name, outcome in self.outcomes.items()} | dict.fromkeys(
            self.backs, "back"
        )

    def all_put_down(self) -> bool:
        return not self._out


def _name(parcel: Parcel) -> str:
    return parcel.envelope.recipient.partition("@")[0]


def settings(port: int, security: Security = Security.NONE, **more: object) -> SmtpSettings:
    options = {"timeout_seconds": 5.0, "ehlo_name": "client.example"} | more
    options.setdefault("final_timeout_seconds", options["timeout_seconds"])
    return SmtpSettings(host="127.0.0.1", port=port, security=security, **options)


@asynccontextmanager
async def a_connection(port: int, **more: object) -> AsyncIterator[SmtpConnection]:
    async with SmtpTransport(settings(port, **more)).connect() as connection:
        yield connection


async def carried(port: int, *to: Address | Letter, shelf: Shelf | None = None, **more: object) -> Shelf:
    """The tray after one connection carried these copies; every copy taken was returned."""
    return await carried_by(SmtpTransport(settings(port, **more)), *to, shelf=shelf)


async def carried_by(transport: SmtpTransport, *to: Address | Letter, shelf: Shelf | None = None) -> Shelf:
    shelf = shelf or Shelf(*to)
    try:
        async with transport.connect() as connection:
            await connection.carry(shelf)
    except TransportDown as error:
        shelf.down = error
    assert shelf.all_put_down()
    return shelf


@asynccontextmanager
async def a_bare_server(*lines: str) -> AsyncIterator[int]:
    """Send the first line, and one more for each line received; after 354 wait for the lone dot. Then send nothing."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for line in lines:
                writer.write(line.encode("latin-1") + b"\r\n")
                await reader.readuntil(b"\r\n.\r\n" if line.startswith("354") else b"\r\n")
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def until(is_met: Callable[[], bool]) -> None:
    """Let the loop run until the condition is met."""
    for _ in range(1_000_000):
        if is_met():
            return
        await asyncio.sleep(0)
    raise AssertionError("the condition was never met")


async def connect(smtp_settings: SmtpSettings) -> None:
    """Connect and disconnect."""
    await connect_by(SmtpTransport(smtp_settings))


async def connect_by(transport: SmtpTransport) -> None:
    """Connect by this transport and disconnect."""
    async with transport.connect():
        pass


def only(phase: Phase, answer: str | Misbehaviour) -> Script:
    """A script with one reply that is not 2xx: to Anna, in one phase, the first time."""

    def script(now: Phase, sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        concerns_anna = recipient == ANNA.wire or now is Phase.MAIL
        return answer if now is phase and concerns_anna and nth == 1 else None

    return script
