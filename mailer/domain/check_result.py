"""The result of one check: what was looked at, how it stands, and what to do where it is not right."""

from dataclasses import dataclass
from enum import StrEnum


class CheckGroup(StrEnum):
    """What a check is about; the results stand in this order."""

    SETTINGS = "settings"
    MACHINE = "machine"
    DATABASE = "database"
    NEWSLETTERS = "newsletters"
    LETTERS = "letters"
    RELAY = "relay"
    BOUNCES = "what comes back"
    CONSOLE = "console"
    RUNNING = "running"
    DNS = "DNS"


class CheckState(StrEnum):
    """How something stands: right, worth a thought, or wrong."""

    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What was checked, whether it is right, what was found, and what to do; a `note` stops nothing.

    `group` and `fix` are those of the check, unless the result has its own.
    """

    subject: str
    ok: bool
    finding: str
    note: bool = False
    fix: str = ""
    group: CheckGroup | None = None

    @property
    def state(self) -> CheckState:
        """How the subject stands."""
        if not self.ok:
            return CheckState.WRONG
        return CheckState.NOTE if self.note else CheckState.OK
