"""Shows issues: the JSON and the lines of `pull`, `issue list` and `issue show`."""

from collections.abc import Iterable, Sequence

from mailer.domain.departure import Departure
from mailer.domain.ports import RawFile
from mailer.domain.shelf import DroppedIssue, PulledFolder, ShelvedIssue
from mailer.views.plain_words import counted
from mailer.views.progress import departure_shortly, leaves_at
from mailer.views.remedies import advise

PULL_COLUMNS = ("folder", "", "issue", "")
COLUMNS = ("issue", "№", "date", "revision", "languages", "state", "leaves by itself", "title")


def pulled_document(newsletter: str, pulled: PulledFolder) -> dict[str, object]:
    """One folder of a source and what became of it, for programs."""
    return {
        "newsletter": newsletter,
        "folder": pulled.folder,
        "finding": pulled.finding.value,
        "issue": pulled.issue,
        "line": pulled_reason(pulled),
        "lines": pulled_lines(pulled),
        "warnings": list(pulled.warnings),
    }


def pulled_row(pulled: PulledFolder) -> tuple[object, ...]:
    """The same as a row of a table with PULL_COLUMNS: of several problems, the first and how many more there are."""
    lines = pulled_lines(pulled)
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return (pulled.folder, pulled.finding, pulled.issue, f"{''.join(lines[:1])}{more}")


def pulled_lines(pulled: PulledFolder) -> list[str]:
    """What there is to say about a folder, a line for each problem."""
    return pulled_reason(pulled).splitlines()


def pulled_reason(pulled: PulledFolder) -> str:
    """The same as one text."""
    return advise(pulled.line, *pulled.remedies)


def refusal_lines(pulled: PulledFolder) -> list[str]:
    """Why a folder was not stored, a line for each problem."""
    return [f"{pulled.folder} was not stored: {line}" for line in pulled_lines(pulled)]


def folder_document(folder: str, problems: Sequence[str], notes: Sequence[str]) -> dict[str, object]:
    """What a folder's check found, for programs."""
    return {"folder": folder, "ok": not problems, "problems": list(problems), "warnings": list(notes)}


def folder_lines(folder: str, problems: Sequence[str]) -> list[str]:
    """What keeps a folder from being pulled, a line for each problem."""
    return list(problems) or [f"{folder}: every edition can be compiled"]


def folder_refusal(folder: str, problems: Sequence[str]) -> str:
    """How many problems a folder has."""
    return (
        f"{folder} would not be taken: {counted(len(problems), 'problem', 'problems')}; correct them, then check again"
    )


def dropped_document(dropped: DroppedIssue) -> dict[str, object]:
    """An issue that was taken back, for programs."""
    return {
        "issue": dropped.issue,
        "state": "dropped",
        "folder": dropped.folder,
        "revisions": dropped.revisions,
        "copies": dropped.copies,
    }


def drop_question(dropped: DroppedIssue) -> str:
    """What taking an issue back drops."""
    plan = f" and its plan of {counted(dropped.copies, 'copy', 'copies')}" if dropped.copies else ""
    revisions = counted(dropped.revisions, "revision", "revisions")
    return f"Take back {dropped.issue}, “{dropped.title}”, pulled from {dropped.folder}? {revisions}{plan} are dropped."


def dropped_lines(dropped: DroppedIssue) -> list[str]:
    """What was taken back, and what becomes of its folder."""
    return [
        f"{dropped.issue} is taken back; a smaller serial is accepted again",
        f"the folder {dropped.folder} stays: while it lies in the source, finished, it is pulled again",
        "correct it now, or set `status: draft` in its texts",
    ]


def issue_document(shelved: ShelvedIssue, departure: Departure | None = None) -> dict[str, object]:
    """An issue that was pulled, for programs; with when it leaves by itself."""
    revision = shelved.revision
    return {
        "issue": shelved.issue,
        "title": revision.title,
        "number": revision.number,
        "volume": revision.volume,
        "year": revision.year,
        "date": revision.date.isoformat(),
        "languages": list(revision.languages),
        "revision": revision.revision,
        "state": shelved.state,
        "leaves_at": leaves_at(departure),
        "folder": revision.folder,
        "content_hash": revision.content_hash,
    }


def issue_row(shelved: ShelvedIssue, departure: Departure | None = None) -> tuple[object, ...]:
    """The same as a row of a table with COLUMNS."""
    revision = shelved.revision
    return (
        shelved.issue,
        revision.number,
        revision.date,
        revision.revision,
        revision.languages,
        shelved.state,
        departure_shortly(departure),
        revision.title,
    )


def issue_with_files_document(shelved: ShelvedIssue, files: Iterable[RawFile]) -> dict[str, object]:
    """The same with the files of the issue."""
    return issue_document(shelved) | {"files": [{"name": file.name, "bytes": len(file.content)} for file in files]}


def issue_lines(shelved: ShelvedIssue, files: Sequence[RawFile]) -> list[str]:
    """An issue with its files, for people."""
    return [
        *(
            f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            for key, value in issue_document(shelved).items()
            if value is not None
        ),
        *(f"  {file.name}: {len(file.content)} bytes" for file in files),
    ]
