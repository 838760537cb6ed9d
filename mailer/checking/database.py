"""Checks the database: that SQLite keeps what it commits, and that it is no old backup, which would send copies again."""

from collections.abc import Iterator
from datetime import timedelta

from mailer.app.clock_agreement import CLOCKS_AGREE, clocks_apart
from mailer.app.installation import App
from mailer.checking.result import note_of, reason, result_of
from mailer.domain.check_result import CheckGroup, CheckResult
from mailer.domain.errors import MailerError, OtherSchema
from mailer.domain.night import BACKED_UP, CHECKED, DAMAGED, DATABASE, NOT_BACKED_UP
from mailer.gateways.machine_state import write_obstacle
from mailer.store import history, sqlite
from mailer.store.ledger.instants import note_work
from mailer.views.local_time import local_minute
from mailer.views.plain_words import size_in_words
from mailer.views.remedies import phrase

SUBJECT = "the database"
# SQLite empties its journal every few megabytes, unless a reader that never ends holds it up.
LONG_JOURNAL = 256_000_000
MAY_WRITE = "let the login of [database] own its tables, or the service's login its file"
# One is made each night; a night without a daemon may pass.
OLD_BACKUP = timedelta(days=2)


def opened(name: str) -> CheckResult:
    """The database of this name is open."""
    return CheckResult(subject=SUBJECT, ok=True, finding=name, group=CheckGroup.DATABASE)


def not_opened(error: Exception) -> CheckResult:
    """The database could not be opened; where the error knows what to do, that is the remedy."""
    general = (
        "install the version that was last at work on it, or restore a backup made before that"
        if isinstance(error, OtherSchema)
        else "correct [database] in config.toml; the file, or the server, must be there for this login"
    )
    fix = ", ".join(map(phrase, error.remedies)) if isinstance(error, MailerError) else ""
    return CheckResult(subject=SUBJECT, ok=False, finding=reason(error), fix=fix or general, group=CheckGroup.DATABASE)


def check_library(app: App) -> Iterator[CheckResult]:
    """Name the version of SQLite, where that is the database, and whether it has the WAL-reset bug."""
    if not app.database_files:
        return
    module = sqlite.dbapi()
    version = f"version {module.sqlite_version}, by {module.__name__.partition('.')[0]}"
    ok = sqlite.writes_ahead()
    remedy = "has the WAL-reset bug, so the database is written slowly, without a write-ahead log: pip install 'pysqlite3>=0.6.1'"
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


def check_writes(app: App) -> Iterator[CheckResult]:
    """Write into the ledger, and take it back: a login, or a file, may be good for reading alone."""

    def look() -> str:
        with app.store.rehearsal() as connection:
            note_work(connection, app.context.clock.now())
        return "rows can be written"

    yield result_of("writing", look, fix=MAY_WRITE)


def check_server_clock(app: App) -> Iterator[CheckResult]:
    """Compare the clock with that of the database's server, which other machines share; there is none where it is a file."""
    apart = clocks_apart(app)
    if apart is None:
        return
    finding = f"the database's server has another time than this machine, by {apart.total_seconds():.1f} seconds"
    if apart > CLOCKS_AGREE:
        yield CheckResult(subject="the server's clock", ok=False, finding=finding)
    else:
        yield CheckResult(subject="the server's clock", ok=True, finding="as this machine's")


def check_journal(app: App) -> Iterator[CheckResult]:
    """Check that SQLite's journal is emptied again and again."""
    if not app.database_files:
        return
    _, journal, _ = app.database_files
    octets = journal.stat().st_size if journal.exists() else 0
    finding = f"{size_in_words(octets)} in {journal.name}"
    if octets > LONG_JOURNAL:
        yield note_of("the journal", f"{finding}, which is long: a program keeps reading the database")
    else:
        yield CheckResult(subject="the journal", ok=True, finding=finding)


def check_backup(app: App) -> Iterator[CheckResult]:
    """Check that the daemon makes backups, and that the last is not old."""
    backups, now = app.nightly_backups, app.context.clock.now()
    if backups is None:
        yield note_of("the backup", "the daemon makes none: [backup] folder is empty")
        return
    if obstacle := write_obstacle(backups.folder):
        fix = "let [backup] folder name a folder in which the service may write"
        finding = f"none can be made in {backups.folder}: {obstacle}"
        yield CheckResult(subject="the backup", ok=False, finding=finding, fix=fix)
        return
    with app.store.reading() as connection:
        last = history.last_of(connection, DATABASE, (BACKED_UP,))
        failure = history.last_of(connection, DATABASE, (BACKED_UP, NOT_BACKED_UP))
    if failure is not None and failure.verb == NOT_BACKED_UP:
        finding = f"none could be made on {local_minute(failure.at)}: {failure.detail}"
        yield CheckResult(subject="the backup", ok=False, finding=finding)
        return
    if last is None:  # as on the first day of an installation, or of this version
        yield note_of("the backup", f"there is none yet in {backups.folder}")
        return
    finding = f"the last one in {backups.folder} is of {local_minute(last.at)}"
    yield CheckResult(subject="the backup", ok=now - last.at <= OLD_BACKUP, finding=finding)


def check_soundness(app: App) -> Iterator[CheckResult]:
    """Say what the daemon's last look at the whole database has found; a look of our own would take long."""
    with app.store.reading() as connection:
        last = history.last_of(connection, DATABASE, (CHECKED, DAMAGED))
    if last is None:
        yield CheckResult(subject="soundness", ok=True, finding="no daemon has looked yet; `mailer db check` looks now")
        return
    finding = f"{'sound' if last.verb == CHECKED else f'damaged, {last.detail}'} on {local_minute(last.at)}"
    yield CheckResult(subject="soundness", ok=last.verb == CHECKED, finding=finding)
