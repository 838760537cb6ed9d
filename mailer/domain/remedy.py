"""What a person can do about a failure or a warning: an action, and the things it is done to."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Action(StrEnum):
    """What can be done: the terminal writes it as a command, a page as a button."""

    INSTALL = auto()
    CHOOSE_INSTALLATION = auto()
    CHECK_INSTALLATION = auto()
    ASK_RELAY = auto()
    CHECK_DATABASE = auto()
    COPY_DATABASE = auto()
    BACK_UP = auto()
    RESTORE = auto()
    RESUME_AFTER_RESTORE = auto()
    ACCEPT_CLOCK = auto()
    PULL = auto()
    LIST_ISSUES = auto()
    IMPORT_REGISTER = auto()
    LEAVE_OUT_COLUMNS = auto()
    LEAVE_OUT_BAD_ROWS = auto()
    NAME_ENCODING = auto()
    LIST_PEOPLE = auto()
    SHOW_PERSON = auto()
    RESUME_PERSON = auto()
    PLAN = auto()
    EXPLAIN = auto()
    TEST = auto()
    APPROVE = auto()
    APPROVE_AS_PLANNED = auto()
    WITHDRAW = auto()
    SEND = auto()
    SEND_AS_PLANNED = auto()
    PAUSE = auto()
    SEND_HERE = auto()
    RESUME = auto()
    SETTLE_BY_LOG = auto()
    SHOW_STATUS = auto()
    LIST_UNSENT = auto()
    SEND_UNSENT = auto()
    DROP_ISSUE = auto()
    LIST_COPIES = auto()
    SHOW_COPY = auto()
    SETTLE_COPY = auto()
    RELEASE_COPY = auto()
    LIST_REPORTS = auto()
    SHOW_REPORT = auto()
    SETTLE_REPORT = auto()
    LIST_HOLDS = auto()
    LIFT_HOLD = auto()
    LIST_TO_DO = auto()
    LIST_SUSPENSIONS = auto()
    LIST_USERS = auto()

    def of(self, *subjects: object) -> "Remedy":
        """This action, done to these things."""
        return Remedy(action=self, subjects=tuple(map(str, subjects)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """An action and the things it is done to."""

    action: Action
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A warning that stops nothing, and what can be done about it."""

    text: str
    remedies: tuple[Remedy, ...] = ()

    def __str__(self) -> str:
        return self.text
