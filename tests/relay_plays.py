"""What the scripted relay is asked, and what it can be made to do instead of the usual answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Phase(Enum):
    """Where in a session the relay is asked."""

    CONNECT = "connect"  # before the greeting
    HELLO = "hello"  # EHLO or HELO
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # the command, before 354
    CONTENT = "content"  # after the first line of the content; only misbehaviour is possible here
    END = "end"  # after the final dot, the reply still owed


class Misbehaviour(Enum):
    """Behaviour other than a reply. At END the message was taken all the same."""

    DROP = "drop"  # the connection is cut
    CLOSE = "close"  # the connection is closed in good order, without a word
    HANG = "hang"  # no reply any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The reply, or the usual one, and the connection is closed right behind it."""

    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickling:
    """The reply, or the usual one, octet by octet, with so many seconds after each."""

    seconds: float
    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endless:
    """A line of a reply every so many seconds, and never the last one."""

    seconds: float
    line: str = "250-2.0.0 Still working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """After so many seconds, what follows, or the usual reply."""

    seconds: float
    then: "Play | None" = None


# A reply such as "451 4.7.1 Try again later" (421 ends the connection too), or something worse.
Play = str | Misbehaviour | Ending | Trickling | Endless | Late

# (phase, sender, recipient, how often that recipient has been named, or at MAIL that sender, or before it how many
# connections there have been) → what to do, or None for the usual answer.
Script = Callable[[Phase, str, str, int], Play | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the relay is asked: the phase of a transaction in a session."""

    phase: Phase
    sender: str
    recipient: str
    nth: int  # as a script gets it
    at: float  # seconds
    session: int  # the number of the connection, from 1
    brought: int  # the messages whose content came in this session, with the current one at END left out
    place: int  # how many sessions were open when it began, with it
    open: int  # how many are open now


# The same as a script that knows more; tests/relay_moods.py has them.
Mood = Callable[[Moment], Play | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the relay did instead of the usual answer, and when."""

    moment: Moment
    play: Play

    @property
    def words(self) -> str:
        """The reply, or how it misbehaved."""
        if isinstance(self.play, Misbehaviour):
            return self.play.value
        return reply_of(self.play) or type(self.play).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that was accepted, with its envelope."""

    sender: str
    recipient: str
    message: bytes
    parameters: tuple[str, ...] = ()  # those of RFC 3461, of MAIL and then of RCPT, as they stood
    session: int = field(default=0, compare=False)
    at: float = field(default=0.0, compare=False)  # seconds


def reply_of(play: Play | None) -> str:
    """The reply that is said in the end; empty for the usual one, or none."""
    match play:
        case str():
            return play
        case Ending() | Trickling():
            return play.reply or ""
        case Endless():
            return play.line
        case Late():
            return reply_of(play.then)
        case _:
            return ""
