"""Checks that only their owner can read the files with passwords, keys and members."""

from collections.abc import Iterator
from pathlib import Path

from mailer.app.installation import App
from mailer.domain.check_result import CheckResult
from mailer.gateways.private_files import too_open


def check_private_files(app: App) -> Iterator[CheckResult]:
    """Check the rights of the files that config.toml names, and of the database."""
    faults = [fault for path in [*app.config.private_files, *_database_files(app)] if (fault := too_open(path))]
    yield CheckResult(
        subject="rights of files", ok=not faults, finding="; ".join(faults) or "only their owner can read them"
    )


def _database_files(app: App) -> list[Path]:
    """The database and its journal; of a database that others can read, the journal has the same rights: name it once."""
    files = app.database_files
    return files[:1] if files and too_open(files[0]) else files
