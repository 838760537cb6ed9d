"""The holes in the wall: what the pipeline needs of the outside world, as protocols."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailer.domain.address import Address
from mailer.domain.delivery import Outcome


class Clock(Protocol):
    """The one place that knows the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """MAIL FROM and the one RCPT TO."""

    sender: Address
    recipient: Address


Mark = Callable[[], Awaitable[None]]


class Connection(Protocol):
    """One conversation with the relay, used for many messages in turn."""

    @property
    def usable(self) -> bool:
        """Whether a further message may be tried on it."""
        ...

    async def send(self, envelope: Envelope, message: bytes, mark: Mark) -> Outcome:
        """Carry out one attempt. `mark` is awaited after the relay asked for the content, before its first octet.

        Raises TransportDown when the connection failed before `mark`: nobody's attempt is used up.
        What `mark` raises comes through, with nothing of the content sent.
        """
        ...


class Transport(Protocol):
    """What carries out attempts."""

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        """A greeted, secured, logged-in connection; raises TransportDown."""
        ...
