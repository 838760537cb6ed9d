"""The holes in the wall: what the pipeline needs of the outside world, as protocols."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NewType, Protocol

from mailer.domain.bounce import Way
from mailer.domain.delivery import JournalState, Outcome, Trace


class Clock(Protocol):
    """The one place that knows the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment, on a clock that is never set and goes on while the machine sleeps."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One file of an issue's folder, by its name inside the folder."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawIssue:
    """One sub-folder of a source, read whole and proved still while it was read."""

    folder: str
    files: tuple[RawFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFolder:
    """A sub-folder that could not be read, and why; it is tried again at the next pull."""

    folder: str
    reason: str


class IssueSource(Protocol):
    """Where finished issues are pulled from."""

    def read(self) -> Sequence[RawIssue | UnreadFolder]:
        """Every sub-folder, each read twice. Raises MailerError when the source itself cannot be reached."""
        ...


# RFC 5322 octets of which every line ends in CRLF, the last one too, and none begins with a dot: what goes as it is
# into DATA (RFC 5321 §4.5.2) and into BDAT, and can smuggle nothing in. Only what makes such octets may say so.
Message = NewType("Message", bytes)


class Envelope(NamedTuple):
    """MAIL FROM and the one RCPT TO, as they go on the wire (`Address.wire`).

    `identity` is the ENVID that a report brings back (RFC 3461 §4.4); empty: none.
    """

    sender: str
    recipient: str
    identity: str = ""


class Parcel(Protocol):
    """A message in its envelope, ready to be handed over."""

    @property
    def envelope(self) -> Envelope:
        """Where it goes."""
        ...

    @property
    def message(self) -> Message:
        """What goes there."""
        ...


class AttemptJournal(Protocol):
    """A sender's own diary of the copies that began to leave, so that after a crash only these are in doubt."""

    def write(self, delivery: int, epoch: int, state: JournalState, code: int = 0) -> None:
        """It stands in the journal. Raises MailerError when it cannot be written."""
        ...

    def read(self) -> Mapping[tuple[int, int], Trace] | None:
        """The last that was noted of each copy, by delivery and epoch; None when nothing can be known."""
        ...

    def clear(self) -> None:
        """The journal is empty: all that it told stands in the ledger."""
        ...


class Tray(Protocol):
    """Where a connection takes its next message from, and where it puts down what came of it."""

    @property
    def open(self) -> bool:
        """Whether there may be more to take; when there is none now, `take`'s `wake` is called once that changes."""
        ...

    def take(self, wake: Callable[[], None]) -> Parcel | None:
        """The next message to hand over; None when there is none now."""
        ...

    def begin(self, parcel: Parcel) -> bool:
        """Note that its content begins to leave. False: it may not, nothing of it has left, and it is put down."""
        ...

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Put it down with what came of the attempt."""
        ...

    def back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Put it down untried: nothing of it has left. `blamed`: the connection broke off at it, for no stated reason."""
        ...


class Connection(Protocol):
    """One conversation with the relay, used for many messages in turn."""

    async def carry(self, tray: Tray) -> None:
        """Hand over what the tray has, until it has no more or this connection has carried enough.

        Everything taken has been put down afterwards, whatever is raised. Raises TransportDown when the connection
        could not be used to the end.
        """
        ...


class Transport(Protocol):
    """What carries out attempts."""

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """A greeted, secured, logged-in connection; raises TransportDown, LoginRefused where the login is refused."""
        ...


# Octets of a mail that comes in. An issue's pictures may have 10 MiB, which base64 makes 14, and a server may send the
# whole copy back; what is bigger is no report.
BIGGEST_MAIL = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail:
    """A mail that waits in an inbox, under a name that is the inbox's own; `why` it cannot be read, else empty."""

    name: str
    content: bytes = b""
    why: str = ""


class BounceInbox(Protocol):
    """Where reports wait to be fetched. Nothing in it is ever deleted, only moved once it is kept elsewhere.

    Blocking, and for one thread at a time. A mail's name is good until `close` or the next `mails`.
    """

    way: Way

    def count(self) -> int:
        """How many mails wait now. Nothing is touched. Raises MailerError when the inbox cannot be reached."""
        ...

    def mails(self) -> Iterator[WaitingMail]:
        """The mails that wait, each once. Raises MailerError when the inbox itself cannot be reached any more."""
        ...

    def done(self, mail: WaitingMail) -> None:
        """It is kept: afterwards it waits no more. Raises MailerError when it could not be moved: it waits on."""
        ...

    def failed(self, mail: WaitingMail) -> None:
        """It cannot be read: afterwards it lies aside for a person, and waits no more. Raises as `done` does."""
        ...

    def close(self) -> None:
        """Afterwards no connection is left. It never raises, and `mails` may be asked anew."""
        ...
