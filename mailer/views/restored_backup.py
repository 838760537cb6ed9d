"""Shows what a person must decide after a restore, what was decided, and what may be missing since the backup."""

from collections.abc import Collection, Mapping

from mailer.domain.restored_backup import Doubt, DoubtfulIssue, RestoredBackup
from mailer.views.local_time import local_time
from mailer.views.plain_words import counted

_REASONS: Mapping[Doubt, str] = {
    Doubt.UNKNOWN: "the backup does not know it",
    Doubt.CHANGED: "its folder has other content than the backup",
    Doubt.WAITING: "the backup would still send it",
}

COLUMNS = ("issue", "title", "date", "folder", "in the backup", "why it is asked", "")

# What happened between backup and restore is in no table; each line says what to look for, and how it is made good.
MAY_BE_MISSING = (
    "changes of the register and payments: import the newest tables",
    "pauses that readers made, and people who were erased: repeat them before the next issue leaves",
    "bounces that were taken in, holds and lifted holds: `mailer bounce ingest` with the mails kept elsewhere",
    "approvals, plans and settled copies; supplements: `mailer unsent ISSUE` may name people who have theirs, and asks",
    "which letters were sent: some may come again",
    "how many copies left in the last minutes: a limit per minute may be exceeded once",
)


def restored_document(
    reviewed: RestoredBackup, *, sent: Collection[str], new: Collection[str], epoch: int | None
) -> dict[str, object]:
    """The decisions for programs; `epoch` is None while nothing was changed, `decision` None where there is none."""
    return {
        "restored": True,
        "resumed": epoch is not None,
        "backup_at": reviewed.backup_at,
        "moved_to": reviewed.moved_to,
        "issues": [_document(issue, sent, new) for issue in reviewed.issues],
        "settled_by_log": reviewed.log.settled,
        "unknown_in_log": reviewed.log.unknown,
        "unread": list(reviewed.unread),
        "may_be_missing": list(MAY_BE_MISSING),
        "epoch": epoch,
    }


def restored_rows(reviewed: RestoredBackup, decisions: Mapping[str, str]) -> list[tuple[object, ...]]:
    """The issues in doubt as rows of a table with these columns, the last with what was decided."""
    return [
        (
            issue.issue,
            issue.title,
            issue.date,
            issue.folder,
            _standing(issue),
            _REASONS[issue.doubt],
            decisions.get(issue.issue, "?"),
        )
        for issue in reviewed.issues
    ]


def review_lines(reviewed: RestoredBackup) -> list[str]:
    """What the backup is, and what the log and the sources told."""
    log = reviewed.log
    at = local_time(reviewed.backup_at)
    lines = [f"The database is a backup of {at}."]
    if reviewed.moved_to is not None:
        lines = [f"The database was copied to {reviewed.moved_to} on {at}: see that no service uses that one any more."]
    if log.settled:
        lines.append(f"The log shows {_copies(log.settled)} of the backup as accepted; they are not sent again.")
    if log.unknown:
        lines.append(f"The log shows {_copies(log.unknown)} of ours that the backup does not know: they left since.")
    lines += [f"A folder cannot be pulled as it is, so nothing is asked about it: {line}" for line in reviewed.unread]
    return lines


def resumed_lines() -> list[str]:
    """What a person should look at after the restore."""
    return [
        "Pulling, planning and sending go on; start the daemon.",
        "What happened since the backup may be missing:",
        *(f"  - {line}" for line in MAY_BE_MISSING),
    ]


def question(issue: DoubtfulIssue) -> str:
    """The question that is asked about one issue."""
    where = f", folder {issue.folder}" if issue.folder else ""
    return f"{issue.issue} “{issue.title}” of {issue.date}{where}: {_REASONS[issue.doubt]} ({_standing(issue)})"


def _document(issue: DoubtfulIssue, sent: Collection[str], new: Collection[str]) -> dict[str, object]:
    decision = "sent" if issue.issue in sent else "new" if issue.issue in new else None
    return {
        "issue": issue.issue,
        "doubt": issue.doubt.value,
        "title": issue.title,
        "date": issue.date,
        "folder": issue.folder,
        "state": issue.state,
        "waiting": issue.waiting,
        "accepted": issue.accepted,
        "decision": decision,
    }


def _standing(issue: DoubtfulIssue) -> str:
    if not issue.state:
        return "absent"
    if not issue.waiting and not issue.accepted:
        return issue.state
    return f"{issue.state}, {issue.waiting} waiting, {issue.accepted} accepted"


def _copies(number: int) -> str:
    return counted(number, "copy", "copies")
