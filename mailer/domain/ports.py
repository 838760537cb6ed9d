"""What the pipeline needs of the outside world, as protocols that the gateways implement."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NewType, Protocol

from mailer.domain.bounce import Way
from mailer.domain.delivery import JournalEntry, JournalState, Outcome


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds on a clock that is never set and runs while the machine sleeps."""
        ...

    def boot(self) -> str:
        """The id of the boot since which `elapsed` counts; empty where the system has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One file of an issue's folder, by its name inside the folder."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawIssue:
    """One sub-folder of a source, read twice without a change in between; `others` are the names of files not read."""

    folder: str
    files: tuple[RawFile, ...]
    others: tuple[str, ...] = ()


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


class EditableSource(Protocol):
    """A source that this machine can write to: a folder of its own disk."""

    def locked(self) -> AbstractContextManager[None]:
        """Wait for other uploads, and keep them waiting until the end. Raises MailerError when the source cannot be read."""
        ...

    def folders(self) -> list[str]:
        """The names of its sub-folders, in order. Raises MailerError when the source cannot be read."""
        ...

    def texts_of(self, folder: str) -> tuple[RawFile, ...]:
        """The texts of a sub-folder; those that cannot be read are left out."""
        ...

    def read_one(self, folder: str) -> RawIssue:
        """One sub-folder. Raises BadInput naming it when it cannot be read."""
        ...

    def fingerprint(self, folder: str) -> str:
        """Another text whenever a file of the sub-folder may have changed."""
        ...

    def stage(self, folder: str, files: Sequence[RawFile], at: datetime) -> str:
        """Write the files where nothing is pulled from; returns the name of the staged folder. BadInput says why not."""
        ...

    def swap(self, staged: str, folder: str) -> str:
        """Move the staged folder to this name in one step; returns where the folder of this name is kept, empty for none."""
        ...

    def discard(self, staged: str) -> None:
        """Delete a staged folder that is not wanted after all."""
        ...


# RFC 5322 octets in which every line ends in CRLF, also the last, and none begins with a dot. They go unchanged into DATA
# (RFC 5321 §4.5.2) and BDAT, and cannot smuggle in a command. Only code that makes such octets calls them a Message.
Message = NewType("Message", bytes)


class Envelope(NamedTuple):
    """MAIL FROM and the only RCPT TO, as they are sent (`Address.wire`).

    `identity` is the ENVID, which a report returns (RFC 3461 §4.4); empty: none.
    """

    sender: str
    recipient: str
    identity: str = ""


class Parcel(Protocol):
    """A message in its envelope, ready to be handed over."""

    @property
    def envelope(self) -> Envelope:
        """From whom and to whom."""
        ...

    @property
    def message(self) -> Message:
        """The octets."""
        ...


class AttemptJournal(Protocol):
    """A sender's record of the copies that began to leave: after a crash only these are uncertain."""

    def write(self, delivery: int, epoch: int, state: JournalState, code: int = 0) -> None:
        """Add an entry. Raises MailerError when it cannot be written."""
        ...

    def read(self) -> Mapping[tuple[int, int], JournalEntry] | None:
        """The last entry of each copy, by delivery and epoch; None when the journal cannot be read."""
        ...

    def keep(self, copies: Collection[tuple[int, int]]) -> None:
        """Delete entries of which the ledger has what they say: those of all but these copies, by delivery and epoch."""
        ...

    def clear(self) -> None:
        """Delete all entries, once the ledger has what they say."""
        ...


class Tray(Protocol):
    """Gives a connection its messages, and takes back what became of them."""

    @property
    def open(self) -> bool:
        """Whether there may be more messages; while there is none, `take` keeps `wake` and calls it when that changes."""
        ...

    def take(self, wake: Callable[[], None]) -> Parcel | None:
        """The next message to hand over; None when there is none now."""
        ...

    def begin(self, parcel: Parcel) -> bool:
        """Record that its content begins to leave. False: it may not leave, and the tray has taken it back."""
        ...

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Return it with the outcome of the attempt."""
        ...

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Return it untried: this relay would never take it."""
        ...

    def put_back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Return it untried: nothing of it has left. `blamed`: the connection broke at it, for no stated reason."""
        ...


class Connection(Protocol):
    """A connection to a relay, used for many messages in turn."""

    @property
    def size_limit(self) -> int:
        """The octets of the largest message that the relay takes (RFC 1870); 0: it announces no limit."""
        ...

    async def carry(self, tray: Tray) -> None:
        """Hand over the tray's messages, until it has no more or this connection has carried enough.

        Every message taken has been returned afterwards, whatever is raised. Raises TransportDown when the connection
        fails before that.
        """
        ...


class Transport(Protocol):
    """Opens connections to a relay."""

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """A connection that is greeted, secured and logged in. Raises TransportDown; LoginRefused for a refused login."""
        ...


# The most octets of a mail that is read as a report. An issue's pictures may have 10 MiB, which are 14 in base64, and a
# server may return the whole copy.
BIGGEST_MAIL = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail:
    """A mail in an inbox, by the inbox's own name for it; `why` says why it cannot be read, else it is empty.

    `is_taken`: it was taken in before, and comes without its content. `may_pass`: its inbox is in trouble, and the mail
    itself may be in order.
    """

    name: str
    content: bytes = b""
    why: str = ""
    is_taken: bool = False
    may_pass: bool = False


class BounceInbox(Protocol):
    """An inbox that reports are fetched from. A mail is never deleted, only moved after it has been stored.

    Blocking, and for one thread at a time. A mail's name is good until `close` or the next `mails`.
    """

    way: Way

    def count(self) -> int:
        """How many mails wait now. Nothing is touched. Raises MailerError when the inbox cannot be reached."""
        ...

    def mails(self, taken: Collection[str] = ()) -> Iterator[WaitingMail]:
        """The mails that wait, each once. Raises MailerError when the inbox itself cannot be reached any more.

        Those that are known by these names to be taken already need not be fetched.
        """
        ...

    def done(self, mail: WaitingMail) -> None:
        """Move a mail that is stored. Raises NotMoved when this mail cannot be moved: it then waits on.

        Raises another MailerError when the inbox itself cannot be reached any more.
        """
        ...

    def failed(self, mail: WaitingMail) -> None:
        """Move a mail that cannot be read aside, for a person. Raises as `done` does."""
        ...

    def close(self) -> None:
        """Close the connection; `mails` may be called again afterwards. Never raises."""
        ...
