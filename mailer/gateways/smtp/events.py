"""The events that a dialogue reports to its connection."""

from enum import Enum
from typing import NamedTuple

from mailer.domain.ports import Parcel


class Verb(Enum):
    """A command, or the content, to which the relay replies."""

    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the content"
    DOT = "the lone dot"  # ends a DATA that got a 354 although its recipient was refused (RFC 2920 §3.1)
    BDAT = "BDAT"
    QUIT = "QUIT"


class ContentWanted(NamedTuple):
    """The relay waits for the content of this copy: call `Dialogue.send_content`, or close the connection."""

    parcel: Parcel


class ContentReplied(NamedTuple):
    """The reply to the content of a copy; `code` None: there was a reply, but it may belong to another copy."""

    parcel: Parcel
    code: int | None
    text: str


class CommandRefused(NamedTuple):
    """The relay refused a copy before its content, at this command."""

    parcel: Parcel
    verb: Verb
    code: int
    text: str


class DialogueEnded(NamedTuple):
    """No more commands can be sent. `code` and `text` are the reply that says so, 0 and empty if there is none.

    `verb` is the command to which it is the reply, None where no copy waited for it.

    `out_of_step`: the replies do not match the commands.
    """

    reason: str
    code: int = 0
    out_of_step: bool = False
    text: str = ""
    verb: Verb | None = None


DialogueEvent = ContentWanted | ContentReplied | CommandRefused | DialogueEnded
