"""What waits for a person: each thing to do with what it is about, and what can be done about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.domain.access import Right
from mailer.domain.remedy import Remedy


class ToDoKind(StrEnum):
    """What waits, in the order in which it is listed: first what stops everything."""

    RESTORED = "restored"  # the database is a backup: nothing leaves until a person has said what was sent since
    MOVED = "moved"  # the database was copied elsewhere, to go on there
    DAMAGED = "damaged"  # the database is damaged
    CLOCK = "clock"  # the clock cannot be right
    NO_ROOM = "no_room"  # the disk is nearly full: no copy leaves
    RELAY_DOWN = "relay_down"  # no relay can be used
    INBOX = "inbox"  # mails that were read cannot be moved
    LETTERS = "letters"  # letters of the service cannot be sent
    NO_BACKUP = "no_backup"  # the last backup could not be made
    PAUSED = "paused"  # a mailing is paused
    MISSED = "missed"  # a mailing is held since it missed its time
    STOPPED = "stopped"  # a countdown was stopped: the mailing leaves only when a person sends it
    APPROVAL = "approval"  # a plan waits for its approval
    UNCERTAIN = "uncertain"  # a copy may have arrived
    REPORT = "report"  # a returned mail is to be settled
    HOLD = "hold"  # nothing is written to a member's address
    FAILED = "failed"  # a copy did not arrive, without a report
    HELD_COPY = "held_copy"  # a copy is held back although its reader is entitled
    OWED = "owed"  # copies of an issue are owed
    NO_ADDRESS = "no_address"  # an entitled person without an address
    NO_EDITION = "no_edition"  # an entitled person without an edition in their languages


# What went wrong, in contrast to what waits in the ordinary course of things.
TROUBLES = frozenset(
    {
        ToDoKind.RESTORED,
        ToDoKind.MOVED,
        ToDoKind.DAMAGED,
        ToDoKind.CLOCK,
        ToDoKind.NO_ROOM,
        ToDoKind.RELAY_DOWN,
        ToDoKind.INBOX,
        ToDoKind.LETTERS,
        ToDoKind.NO_BACKUP,
        ToDoKind.PAUSED,
        ToDoKind.MISSED,
        ToDoKind.UNCERTAIN,
        ToDoKind.REPORT,
        ToDoKind.FAILED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """One thing to do. Fields that do not apply are empty.

    `number` counts the copies that it is about. `delivery` and `copy_number` are those of its copy, `report` and
    `hold` their numbers. `reason` is a word of the domain, `words` are a server's or a person's own.
    """

    kind: ToDoKind
    issue: str = ""
    number: int = 1
    person: str = ""
    name: str = ""
    address: str = ""
    delivery: int | None = None
    copy_number: int | None = None
    report: int | None = None
    hold: int | None = None
    reason: str = ""
    words: str = ""
    since: datetime | None = None
    remedies: tuple[Remedy, ...] = ()


# Who can do it in the console; None: the operator, on the server.
RIGHT_FOR: Mapping[ToDoKind, Right | None] = {
    ToDoKind.RESTORED: None,
    ToDoKind.MOVED: None,
    ToDoKind.DAMAGED: None,
    ToDoKind.CLOCK: None,
    ToDoKind.NO_ROOM: None,
    ToDoKind.RELAY_DOWN: None,
    ToDoKind.INBOX: None,
    ToDoKind.LETTERS: None,
    ToDoKind.NO_BACKUP: None,
    ToDoKind.PAUSED: Right.SEND,
    ToDoKind.MISSED: Right.SEND,
    ToDoKind.STOPPED: Right.SEND,
    ToDoKind.APPROVAL: Right.APPROVE,
    ToDoKind.UNCERTAIN: Right.SETTLE,
    ToDoKind.REPORT: Right.SETTLE,
    ToDoKind.HOLD: Right.LIFT,
    ToDoKind.FAILED: Right.EDIT_REGISTER,
    ToDoKind.HELD_COPY: Right.SETTLE,
    ToDoKind.OWED: Right.SEND,
    ToDoKind.NO_ADDRESS: Right.EDIT_REGISTER,
    ToDoKind.NO_EDITION: Right.EDIT_REGISTER,
}


def without_people(items: Iterable[ToDo]) -> tuple[ToDo, ...]:
    """Those that are about no single person, for those who may not see the register."""
    return tuple(item for item in items if not (item.person or item.address))


def in_order(items: Iterable[ToDo]) -> tuple[ToDo, ...]:
    """The same in the order of their kinds; those of one kind stay as they are."""
    kinds = list(ToDoKind)
    return tuple(sorted(items, key=lambda item: kinds.index(item.kind)))


def count_kinds(items: Iterable[ToDo]) -> dict[ToDoKind, int]:
    """How many things there are of each kind that there is, in the order of the kinds."""
    counts = dict.fromkeys(ToDoKind, 0)
    for item in items:
        counts[item.kind] += 1
    return {kind: number for kind, number in counts.items() if number}
