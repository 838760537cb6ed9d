"""Keeps the last few backups in a folder: each has the instant of its making in its name, the oldest are deleted."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

# `.db` is an SQLite file, `.dump` what pg_dump writes. Other files of the folder are left alone.
_NAME = re.compile(r"mailer-([0-9]{8}T[0-9]{6})Z\.(?:db|dump)")
_UNFINISHED = re.compile(rf"\.{_NAME.pattern}\.partial")
_STAMP = "%Y%m%dT%H%M%S"


def name_for(at: datetime, dialect: str) -> str:
    """The name of a backup made at this instant."""
    return f"mailer-{at.astimezone(UTC):{_STAMP}}Z.{'db' if dialect == 'sqlite' else 'dump'}"


def unfinished(folder: Path) -> list[Path]:
    """What processes left that were killed while they wrote a backup."""
    return [path for path in folder.iterdir() if _UNFINISHED.fullmatch(path.name)]


def delete_old(folder: Path, newest: str, keep: int) -> list[Path]:
    """Delete all but so many backups, the `newest` and those made last before it; returns which.

    A backup whose name is of a later instant is older all the same: the clock was ahead, or is behind.
    """
    last = _instant(newest)
    assert last is not None, "it has the name of a backup"
    others = {path: at for path in folder.iterdir() if path.name != newest and (at := _instant(path.name)) is not None}
    files = [path for path in others if path.is_file() and not path.is_symlink()]
    files.sort(key=lambda path: (others[path] <= last, others[path]))
    old = files[: max(len(files) + 1 - keep, 0)]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _instant(name: str) -> datetime | None:
    """When the backup of this name was made; None when it is the name of something else."""
    match = _NAME.fullmatch(name)
    with suppress(ValueError):
        return datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC) if match else None
    return None
