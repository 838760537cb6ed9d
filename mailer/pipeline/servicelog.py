"""The log of the service itself: where it listens, its clock, its bell, its start and its end."""

from datetime import datetime, timedelta

from mailer.domain.remedy import Action, Note
from mailer.pipeline import events
from mailer.pipeline.maillog import failed
from mailer.views.remedies import advise, sentence


def certificate_refused(error: Exception) -> None:
    """A certificate that was renewed cannot be used; the one before is shown on."""
    failed("reading the renewed certificate, the old one is kept,", error)


def console_listens(address: str) -> None:
    """The console is served at this address."""
    events.info("the console is at %(address)s", address=address)


def metrics_listen(address: str) -> None:
    """A monitor finds the figures at this address."""
    events.info("the metrics are at %(address)s", address=address)


def ping_failed(why: str) -> None:
    """The address that is to know that all is well does not; said once until it does again."""
    events.warn("the monitor could not be told that all is well: %(why)s; it is tried again every minute", why=why)


def ping_works() -> None:
    """The address can be asked for again."""
    events.info("the monitor knows again that all is well")


def listening(where: str) -> None:
    """The listener accepts reports by SMTP from now on."""
    events.info("listening for return paths at %(where)s", where=where)


def waits_for_writer() -> None:
    """This process waits, because another one is writing to the database."""
    events.warn("another process is writing to the database; this one waits and goes on when it can")


def database_away(error: BaseException) -> None:
    """The server of the database does not answer; this process waits for it."""
    words = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    events.error(
        "the database does not answer: %(why)s. Nothing is lost, and everything goes on once it does", why=words[0]
    )


def database_answers() -> None:
    """The database answers again."""
    events.warn("the database answers again; everything goes on")


def waits_after_restore() -> None:
    """The database is a restored backup, and a person has yet to say what left since."""
    waits = "the database is a restored backup: only the console is served until a person has said what left since"
    events.warn("%(waits)s", waits=advise(waits, Action.RESUME_AFTER_RESTORE.of()))


def goes_on_after_restore() -> None:
    """A person has said what left since the backup."""
    events.warn("the restored backup goes on: what left since is known")


def reloaded(newsletters: list[str]) -> None:
    """schedules/ was read again."""
    events.info("reloaded schedules/: %(newsletters)s", newsletters=", ".join(newsletters))


def stopped_before_replies() -> None:
    """Some replies did not arrive before the stop; a copy whose content may have left is uncertain."""
    events.warn("stopped before everything in flight was answered; look for uncertain copies")


def waits_for_replies(copies: int, seconds: float) -> None:
    """A stop waits for replies to contents that have begun to leave."""
    events.warn(
        "stopping: %(copies)d copies are leaving; their answers are waited for %(seconds).0f seconds at most",
        copies=copies,
        seconds=seconds,
    )


def stopped_before_reports() -> None:
    """A way in did not end in time; no copy was in flight."""
    events.warn("stopped before all mails that came back were read; no copy was in flight, and they are read later")


def night_broken_off() -> None:
    """A stop waits for no check and no backup of the whole database."""
    events.warn("stopping: the check or the backup of the database was broken off; it is done after the next start")


def clock_doubted(doubt: Note) -> None:
    """The clock is far behind the ledger, so nothing is done."""
    events.error("%(doubt)s", doubt=sentence(doubt))


def clock_believed(now: datetime) -> None:
    """The clock is no longer behind the ledger."""
    events.warn("the clock says %(now)s, which may be right; everything goes on", now=_utc(now))


def clock_set(expected: datetime, now: datetime) -> None:
    """The clock jumped while the daemon ran."""
    way = "forward" if now > expected else "back"
    events.warn(
        "the clock was set %(way)s, from %(expected)s to %(now)s; what is under way goes on",
        way=way,
        expected=_utc(expected),
        now=_utc(now),
    )


def clocks_differ(apart: timedelta, bound: timedelta) -> None:
    """This machine's clock differs from the database's, though not at the start; said once until they agree again."""
    events.error(
        "the clock of this machine and that of the database differ by %(apart).1f s; workers judge each other's leases by them, so "
        "copies may become uncertain: set both by NTP, to within %(bound).0f s",
        apart=apart.total_seconds(),
        bound=bound.total_seconds(),
    )


def clocks_agree() -> None:
    """This machine's clock and the database's agree again."""
    events.warn("the clock of this machine and that of the database agree again")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def bell_lost(reason: str) -> None:
    """The bell that wakes this worker cannot be heard; said once."""
    events.warn("the bell of the workers cannot be heard, and is tried again until it can: %(reason)s", reason=reason)


def bell_back() -> None:
    """The bell can be heard again."""
    events.info("the bell of the workers is heard again")


def opened(version: str, engine: str, *, loses_commits: bool) -> None:
    """The service begins, with this version and this database: the first line of its log."""
    events.info("Club Mailer %(version)s with %(database)s", version=version, database=engine)
    if loses_commits:
        events.warn(
            "this version of SQLite may lose a commit (the WAL-reset bug): the database is written without a write-ahead log, "
            "which is slower; `pip install 'pysqlite3>=0.6.1'` brings a version that does not"
        )


def started(newsletters: list[str], service: str = "daemon") -> None:
    """The daemon, or a worker, has started."""
    names = ", ".join(newsletters) or "no newsletter: schedules/ is empty"
    events.info("%(service)s started for %(newsletters)s", service=service, newsletters=names)


def ended(why: str) -> None:
    """A service cannot start, or cannot go on."""
    events.error("%(why)s", why=why)


def stopped(service: str = "daemon") -> None:
    """The daemon has stopped; every reply has arrived."""
    events.info("%(service)s stopped; nothing is in flight", service=service)
