"""Who may do what in the console: the table of roles and rights."""

from collections.abc import Mapping
from enum import StrEnum, auto


class Role(StrEnum):
    """What a user is in the club."""

    EDITOR = "editor"
    SECRETARY = "secretary"
    ADMIN = "admin"


class Right(StrEnum):
    """What a user may do."""

    USE_ACCOUNT = auto()  # one's own password, language and second ways
    SEE_ISSUES = auto()  # issues, previews, tests, states and counts
    UPLOAD = auto()  # put an issue into the source, and pull it
    TEST = auto()
    SEE_ADDRESSES = auto()  # names and addresses in full; without it they are masked
    SEE_REGISTER = auto()
    EDIT_REGISTER = auto()
    EXPORT_REGISTER = auto()
    PLAN = auto()
    APPROVE = auto()  # and withdraw
    SEND = auto()  # and pause, resume, cancel, send what is owed
    SETTLE = auto()  # uncertain copies, held copies, reports
    LIFT = auto()  # holds, and set them
    SEE_HISTORY = auto()
    MANAGE_USERS = auto()


_EVERYBODY = frozenset({Right.USE_ACCOUNT, Right.SEE_ISSUES})
_EDITORS = _EVERYBODY | {Right.UPLOAD, Right.TEST}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.EDITOR: _EDITORS,
    Role.SECRETARY: frozenset(Right) - {Right.MANAGE_USERS},
    Role.ADMIN: _EVERYBODY | {Right.SEE_HISTORY, Right.MANAGE_USERS},
}


def may(role: Role, right: Right) -> bool:
    """Whether a user with this role may do this."""
    return right in RIGHTS[role]
