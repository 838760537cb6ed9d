"""Shows issues: the JSON and the lines of `pull`, `issue list` and `issue show`."""

from collections.abc import Iterable, Sequence

from mailer.domain.ports import RawFile
from mailer.domain.shelf import PulledFolder, ShelvedIssue
from mailer.views.remedies import advise

PULL_COLUMNS = ("folder", "", "issue", "")
COLUMNS = ("issue", "№", "date", "revision", "languages", "state", "title")


def pulled_document(newsletter: str, pulled: PulledFolder) -> dict[str, object]:
    """One folder of a source and what became of it, for programs."""
    return {
        "newsletter": newsletter,
        "folder": pulled.folder,
        "finding": pulled.finding.value,
        "issue": pulled.issue,
        "line": pulled_reason(pulled),
        "warnings": list(pulled.warnings),
    }


def pulled_row(pulled: PulledFolder) -> tuple[object, ...]:
    """The same as a row of a table with PULL_COLUMNS."""
    return (pulled.folder, pulled.finding, pulled.issue, pulled_reason(pulled))


def pulled_reason(pulled: PulledFolder) -> str:
    """What there is to say about a folder, without repeating its name."""
    return advise(pulled.line.removeprefix(f"{pulled.folder}: "), *pulled.remedies)


def issue_document(shelved: ShelvedIssue) -> dict[str, object]:
    """An issue that was pulled, for programs."""
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
        "folder": revision.folder,
        "content_hash": revision.content_hash,
    }


def issue_row(shelved: ShelvedIssue) -> tuple[object, ...]:
    """The same as a row of a table with COLUMNS."""
    revision = shelved.revision
    return (
        shelved.issue,
        revision.number,
        revision.date,
        revision.revision,
        revision.languages,
        shelved.state,
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
        ),
        *(f"  {file.name}: {len(file.content)} bytes" for file in files),
    ]
