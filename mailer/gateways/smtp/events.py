"""What a dialogue with a relay tells: the words between the one who reads its answers and the one who acts on them."""

from dataclasses import dataclass
from enum import Enum

from mailer.domain.ports import Parcel


class Verb(Enum):
    """What an answer may be to."""

    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the content"
    DOT = "the lone dot"  # ends a DATA that was let in although its recipient was refused (RFC 2920 §3.1)
    BDAT = "BDAT"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The relay waits for the content of this copy: `Dialogue.content`, or nothing more on this connection."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the content of a copy. None: it came, but cannot be trusted to be the answer to this one."""

    parcel: Parcel
    code: int | None
    text: str


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """The relay refused a copy whatever its content is: at which command, and with which answer."""

    parcel: Parcel
    verb: Verb
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more can be said here. `code`: the answer that says so, 0 when there is none.

    `out_of_step`: its answers do not fit the commands.
    """

    why: str
    code: int = 0
    out_of_step: bool = False


Event = Wanted | Answered | CommandRefused | Over
