"""Keeps the last few backups in a folder: each has the instant of its making in its name, the oldest are deleted."""

import re
from datetime import UTC, datetime
from pathlib import Path

# `.db` is an SQLite file, `.dump` what pg_dump writes. Other files of the folder are left alone.
_NAME = re.compile(r"mailer-(\d{8}T\d{6})Z\.(?:db|dump)")
_STAMP = "%Y%m%dT%H%M%S"


def name_for(at: datetime, dialect: str) -> str:
    """The name of a backup made at this instant."""
    return f"mailer-{at.astimezone(UTC):{_STAMP}}Z.{'db' if dialect == 'sqlite' else 'dump'}"


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups in the folder with when they were made, the oldest first; none where there is no folder."""
    if not folder.is_dir():
        return []
    names = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    backups = [(datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), path) for path, match in names if match]
    return sorted(backups)


def delete_old(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest so many; returns which."""
    old = [path for _, path in backups_in(folder)[:-keep]]
    for path in old:
        path.unlink(missing_ok=True)
    return old
