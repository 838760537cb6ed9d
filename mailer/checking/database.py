"""Checks the database: that SQLite keeps what it commits, and that it is no old backup, which would send copies again."""

from collections.abc import Iterator

from mailer.app.installation import App
from mailer.checking.result import CheckResult, result_of
from mailer.store import sqlite

SUBJECT = "the database"


def check_library(app: App) -> Iterator[CheckResult]:
    """Name the version of SQLite, where that is the database, and whether it has the WAL-reset bug."""
    if not app.database_files:
        return
    module = sqlite.dbapi()
    version = f"version {module.sqlite_version}, by {module.__name__.partition('.')[0]}"
    ok = sqlite.keeps_commits(module.sqlite_version_info)
    remedy = "may lose a commit when two processes write at once (the WAL-reset bug): pip install 'pysqlite3>=0.6.1'"
    yield CheckResult(subject="SQLite", ok=ok, finding=version if ok else f"{version}, {remedy}")


def check_clock(app: App) -> Iterator[CheckResult]:
    """Compare the clock with the last instant at which the ledger was at work."""

    def look() -> str:
        app.context.refuse_wrong_clock()
        return f"{app.context.clock.now():%Y-%m-%d %H:%M} UTC, not before the ledger's last work"

    yield result_of("the clock", look)


def check_not_restored(app: App) -> Iterator[CheckResult]:
    """Look for the mark of a backup, which an older database gets when it is opened beside a newer epoch file."""

    def look() -> str:
        app.context.refuse_backup()
        return f"epoch {app.context.ledger_epoch()}, no restored backup"

    yield result_of("the ledger", look)
