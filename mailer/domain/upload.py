"""An issue's folder as a person uploads it, and what became of it in the source."""

from dataclasses import dataclass

from mailer.domain.ports import RawFile


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFolder:
    """The texts and pictures of an upload, and the name of the folder that they lay in; empty where they lay in none.

    `left_out` are the names of its other files: they are not read, and not put into the source.
    """

    folder: str
    files: tuple[RawFile, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedFolder:
    """The folder whose place an upload took: where that is kept, and how the upload differs from it, by the files' names."""

    moved_to: str
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedIssue:
    """A folder that an upload put into the source, and what its check found.

    `problems` keep it from being pulled, `notes` do not. `issue` is empty where its texts do not say which issue it is.
    `unchanged`: the source had exactly this, so nothing was written.
    """

    newsletter: str
    folder: str
    issue: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    is_draft: bool
    unchanged: bool = False
    replaced: ReplacedFolder | None = None
