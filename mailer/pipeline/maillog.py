"""The log, in the words of the domain: no content, no secret, and no full address at INFO."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.delivery import Outcome, State
from mailer.domain.errors import CannotRender, MailerError
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action, Note, Remedy
from mailer.domain.trouble import Trouble
from mailer.pipeline.trouble_log import TroubleLog
from mailer.store.trouble import trouble_of
from mailer.views.remedies import advise, sentence

log = logging.getLogger("mailer")
# Of this process; `look` says when one is over.
troubles = TroubleLog()
# How many people are named in one line.
MOST_NAMED = 15


def handed_over(delivery: int, outcome: Outcome) -> None:
    """One attempt and its outcome."""
    if log.isEnabledFor(logging.INFO):
        reply, word = outcome.reply, type(outcome).__name__.lower()
        code, queue_id = (reply.code, reply.queue_id) if reply else (None, "")
        log.info("delivery %d %s code=%s queue_id=%s", delivery, word, code or "-", queue_id or "-")


def no_room() -> None:
    """No copy is claimed, since the disk has no room to write down what becomes of more."""
    troubles.failed("sending", Trouble.NEARLY_FULL)


def relay_down(reason: str) -> None:
    """The relay cannot be used; no copy's attempt is used up."""
    log.warning("relay down: %s", reason)


def connection_broke(delivery: int, reason: str) -> None:
    """A connection broke before a copy's content could leave; its attempt is not used up."""
    log.warning("a connection broke at delivery %d, which is tried again: %s", delivery, reason)


def claim_lost(delivery: int) -> None:
    """A claimed copy may not leave after all."""
    log.warning(
        "delivery %d may not leave now: its mailing was paused, or its lease ended; nothing of it was sent", delivery
    )


def relay_slowed(relay: str, words: str) -> None:
    """A relay asks us to slow down; no copy's attempt is used up."""
    log.warning("the relay %s asks us to slow down: %s", relay, words)


def provider_throttled(family: str, seconds: float, reason: str) -> None:
    """A provider asked us to slow down and gets nothing for a while."""
    log.warning("%s asks us to slow down; nothing is sent there for %d s: %s", family, seconds, reason)


def too_many_failures(issue: str, reason: str, *remedies: Remedy, paused: bool) -> None:
    """Too many copies of a mailing failed; `paused`: the breaker has paused it for that, until the remedies have helped."""
    line = advise(f"it is paused: {reason}", *remedies, Action.RESUME.of(issue)) if paused else reason
    log.error("mailing %s: %s", issue, line)


def certificate_refused(error: Exception) -> None:
    """A certificate that was renewed cannot be used; the one before is shown on."""
    failed("reading the renewed certificate, the old one is kept,", error)


def failed_for_sender(issue: str, reason: str) -> None:
    """A copy failed because of the sender or the text. The server's words are left out: they may hold an address."""
    log.warning("a copy of %s failed for a reason that no member can mend: %s", issue, reason)


def address_held(delivery: int, reason: str) -> None:
    """The address of a copy is held; `mailer delivery show` tells whose it is."""
    log.warning("the address of delivery %d is held: %s", delivery, reason)


def hold_withdrawn(delivery: int | None) -> None:
    """A hold is lifted, since it rested on failures of a mailing that the breaker has paused."""
    log.warning("the address of delivery %s is no longer held: too many copies of its mailing failed", delivery or "-")


def unsubscribed(delivery: int) -> None:
    """The reader of a copy unsubscribed."""
    log.info("the reader of delivery %d wants no more copies", delivery)


def report_read(mail: int | None, kind: str, reason: str, delivery: int | None) -> None:
    """One report in a mail that came in: what it says, and about which copy."""
    log.info("mail %s came back: %s %s, delivery %s", mail, kind, reason, delivery if delivery is not None else "-")


def console_listens(address: str) -> None:
    """The console is served at this address."""
    log.info("the console is at %s", address)


def metrics_listen(address: str) -> None:
    """A monitor finds the figures at this address."""
    log.info("the metrics are at %s", address)


def listening(where: str) -> None:
    """The listener accepts reports by SMTP from now on."""
    log.info("listening for return paths at %s", where)


def fetched(way: str, new: int, duplicates: int, failed: int) -> None:
    """An inbox was looked into."""
    level = logging.INFO if new or duplicates or failed else logging.DEBUG
    log.log(level, "reports by %s: %d new, %d known already, %d unreadable", way, new, duplicates, failed)


def mail_unreadable(way: str, why: str) -> None:
    """A mail in an inbox cannot be read; it was put aside for a person."""
    log.warning("a mail that came by %s cannot be read and lies aside: %s", way, why)


def mail_not_fetched(way: str, why: str) -> None:
    """A mail in an inbox could not be fetched now; it waits there."""
    log.warning("a mail that came by %s could not be fetched and waits: %s", way, why)


def mails_unmoved(way: str, count: int, why: str) -> None:
    """Mails that were taken in stay in their inbox."""
    log.warning("%d mails that were taken in by %s cannot be moved: %s", count, way, why)


def sign_in_failed() -> None:
    """An attempt to sign in to the console failed; what was typed as a name may be a password."""
    log.info("an attempt to sign in to the console failed")


def waits_for_writer() -> None:
    """This process waits, because another one is writing to the database."""
    log.warning("another process is writing to the database; this one waits and goes on when it can")


def database_away(error: BaseException) -> None:
    """The server of the database does not answer; this process waits for it."""
    words = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    log.error("the database does not answer: %s. Nothing is lost, and everything goes on once it does", words[0])


def database_answers() -> None:
    """The database answers again."""
    log.warning("the database answers again; everything goes on")


def copies_freed(pending: int, uncertain: int) -> None:
    """The copies of a sender that died are free for others."""
    log.warning("freed the copies of a sender that ended: %d pending, %d uncertain", pending, uncertain)


def bell_lost(reason: str) -> None:
    """The bell that wakes this worker cannot be heard; said once."""
    log.warning("the bell of the workers cannot be heard, and is tried again until it can: %s", reason)


def bell_back() -> None:
    """The bell can be heard again."""
    log.info("the bell of the workers is heard again")


def copies_settled_by_journal(states: Mapping[State, int]) -> None:
    """The journal of a sender that died has settled copies that were uncertain since their leases ended."""
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    log.warning("the journal of a sender that ended tells what became of its uncertain copies: %s", counts)


def copies_returned(pending: int, uncertain: int) -> None:
    """The copies that this sender had claimed are returned when it stops."""
    level = logging.WARNING if uncertain else logging.DEBUG
    log.log(level, "copies claimed when sending stopped: %d pending again, %d uncertain", pending, uncertain)


def cannot_render(delivery: int, reason: str) -> None:
    """A copy that could be made at approval cannot be made now; it is held."""
    log.error("delivery %d is held: %s", delivery, reason)


def mailing_moved(issue: str, what: str) -> None:
    """A step in the life of a mailing."""
    log.info("mailing %s %s", issue, what)


def plan_differs(change: CirculationChange) -> None:
    """The register says otherwise than a plan; people stand with their ids, as everywhere in the log."""
    people = "; ".join(f"{each.kind} {each.person} ({', '.join(each.reasons)})" for each in change.people[:MOST_NAMED])
    more = f" and {len(change.people) - MOST_NAMED} more" if len(change.people) > MOST_NAMED else ""
    goes = "is planned again" if change.state is MailingState.PLANNED else f"goes as it is, {change.state}"
    log.warning("the register differs from the plan of %s, which %s: %s%s", change.issue, goes, people, more)


def letter(kind: str, what: str, *remedies: Remedy) -> None:
    """A letter to the secretary, the operator or an editor. A server's words are left out: they may hold an address."""
    log.info("the %s %s", kind, advise(what, *remedies))


def pulled(newsletter: str, line: str, *remedies: Remedy) -> None:
    """One folder of a source, as a pull found it."""
    log.info("pull %s: %s", newsletter, advise(line, *remedies))


def pull_noted(newsletter: str, note: str) -> None:
    """What looks wrong in a folder or an issue, though it was taken."""
    log.info("pull %s: note: %s", newsletter, note)


def failed(what: str, error: Exception) -> None:
    """A job failed; the daemon tries it again. A trouble of the machine is said once, whatever fails by it."""
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            failed(what, inner)
    elif (trouble := trouble_of(error)) is Trouble.AWAY:
        log.debug("%s waits for the database", what)  # which has said so itself
    elif trouble is not None:
        troubles.failed(what, trouble)
    elif isinstance(error, CannotRender):
        log.error("%s failed: %s", what, error.unnamed)
    elif isinstance(error, MailerError):
        log.error("%s failed: %s", what, sentence(error))
    else:
        log.error("%s failed: %s", what, type(error).__name__, exc_info=error)


def database_damaged(problems: Collection[str]) -> None:
    """The nightly check has found damage. SQLite names tables and pages, never what stands in them."""
    log.error("the database is damaged: %s; `mailer db check` names it all", next(iter(problems)))


def reloaded(newsletters: list[str]) -> None:
    """schedules/ was read again."""
    log.info("reloaded schedules/: %s", ", ".join(newsletters))


def stopped_before_replies() -> None:
    """Some replies did not arrive before the stop; a copy whose content may have left is uncertain."""
    log.warning("stopped before everything in flight was answered; look for uncertain copies")


def waits_for_replies(copies: int, seconds: float) -> None:
    """A stop waits for replies to contents that have begun to leave."""
    log.warning("stopping: %d copies are leaving; their answers are waited for %.0f seconds at most", copies, seconds)


def abandoned(deliveries: Collection[int]) -> None:
    """A stop did not wait longer for the replies to these deliveries."""
    named = ", ".join(map(str, sorted(deliveries)[:MOST_NAMED]))
    more = f" and {len(deliveries) - MOST_NAMED} more" if len(deliveries) > MOST_NAMED else ""
    line = f"stopped before the relay answered to deliveries {named}{more}: they are uncertain, since they may have arrived"
    log.warning(
        "%s; look for their Message-IDs in its log, then settle them",
        advise(line, Action.SHOW_COPY.of(min(deliveries))),
    )


def stopped_before_reports() -> None:
    """A way in did not end in time; no copy was in flight."""
    log.warning("stopped before all mails that came back were read; no copy was in flight, and they are read later")


def clock_doubted(doubt: Note) -> None:
    """The clock is far behind the ledger, so nothing is done."""
    log.error("%s", sentence(doubt))


def clock_believed(now: datetime) -> None:
    """The clock is no longer behind the ledger."""
    log.warning("the clock says %s, which may be right; everything goes on", _utc(now))


def clock_set(expected: datetime, now: datetime) -> None:
    """The clock jumped while the daemon ran."""
    way = "forward" if now > expected else "back"
    log.warning("the clock was set %s, from %s to %s; what is under way goes on", way, _utc(expected), _utc(now))


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def opened(version: str, engine: str, *, loses_commits: bool) -> None:
    """The service begins, with this version and this database: the first line of its log."""
    log.info("Club Mailer %s with %s", version, engine)
    if loses_commits:
        log.warning(
            "this version of SQLite may lose a commit (the WAL-reset bug): the database is written without a write-ahead log, "
            "which is slower; `pip install 'pysqlite3>=0.6.1'` brings a version that does not"
        )


def started(newsletters: list[str], service: str = "daemon") -> None:
    """The daemon, or a worker, has started."""
    log.info("%s started for %s", service, ", ".join(newsletters) or "no newsletter: schedules/ is empty")


def stopped(service: str = "daemon") -> None:
    """The daemon has stopped; every reply has arrived."""
    log.info("%s stopped; nothing is in flight", service)
