"""The log, in the words of the domain: no content, no secret, and no full address at INFO."""

import logging
from collections.abc import Collection, Mapping

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.delivery import Outcome, State
from mailer.domain.errors import CannotRender, MailerError
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action, Remedy
from mailer.domain.trouble import Trouble
from mailer.pipeline import events
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
        events.info(
            "delivery %(delivery)d %(outcome)s code=%(code)s queue_id=%(queue_id)s",
            delivery=delivery,
            outcome=word,
            code=code or "-",
            queue_id=queue_id or "-",
        )


def no_room() -> None:
    """No copy is claimed, since the disk has no room to write down what becomes of more."""
    troubles.failed("sending", Trouble.NEARLY_FULL)


def relay_down(reason: str) -> None:
    """The relay cannot be used; no copy's attempt is used up."""
    events.warn("relay down: %(reason)s", reason=reason)


def connection_broke(delivery: int, reason: str) -> None:
    """A connection broke before a copy's content could leave; its attempt is not used up."""
    events.warn(
        "a connection broke at delivery %(delivery)d, which is tried again: %(reason)s",
        delivery=delivery,
        reason=reason,
    )


def claim_lost(delivery: int) -> None:
    """A claimed copy may not leave after all."""
    events.warn(
        "delivery %(delivery)d may not leave now: its mailing was paused, or its lease ended; nothing of it was sent",
        delivery=delivery,
    )


def relay_slowed(relay: str, words: str) -> None:
    """A relay asks us to slow down; no copy's attempt is used up."""
    events.warn("the relay %(relay)s asks us to slow down: %(words)s", relay=relay, words=words)


def provider_throttled(family: str, seconds: float, reason: str) -> None:
    """A provider asked us to slow down and gets nothing for a while."""
    events.warn(
        "%(family)s asks us to slow down; nothing is sent there for %(seconds)d s: %(reason)s",
        family=family,
        seconds=seconds,
        reason=reason,
    )


def too_many_failures(issue: str, reason: str, *remedies: Remedy, paused: bool) -> None:
    """Too many copies of a mailing failed; `paused`: the breaker has paused it for that, until the remedies have helped."""
    line = advise(f"it is paused: {reason}", *remedies, Action.RESUME.of(issue)) if paused else reason
    events.error("mailing %(issue)s: %(line)s", issue=issue, line=line)


def failed_for_sender(issue: str, reason: str) -> None:
    """A copy failed because of the sender or the text. The server's words are left out: they may hold an address."""
    events.warn(
        "a copy of %(issue)s failed for a reason that no member can mend: %(reason)s", issue=issue, reason=reason
    )


def address_held(delivery: int, reason: str) -> None:
    """The address of a copy is held; `mailer delivery show` tells whose it is."""
    events.warn("the address of delivery %(delivery)d is held: %(reason)s", delivery=delivery, reason=reason)


def hold_withdrawn(delivery: int | None) -> None:
    """A hold is lifted, since it rested on failures of a mailing that the breaker has paused."""
    events.warn(
        "the address of delivery %(delivery)s is no longer held: too many copies of its mailing failed",
        delivery=delivery or "-",
    )


def unsubscribed(delivery: int) -> None:
    """The reader of a copy unsubscribed."""
    events.info("the reader of delivery %(delivery)d wants no more copies", delivery=delivery)


def report_read(mail: int | None, kind: str, reason: str, delivery: int | None) -> None:
    """One report in a mail that came in: what it says, and about which copy."""
    events.info(
        "mail %(mail)s came back: %(kind)s %(reason)s, delivery %(delivery)s",
        mail=mail,
        kind=kind,
        reason=reason,
        delivery=delivery if delivery is not None else "-",
    )


def fetched(way: str, new: int, duplicates: int, failed: int) -> None:
    """An inbox was looked into."""
    level = logging.INFO if new or duplicates or failed else logging.DEBUG
    events.say(
        level,
        "reports by %(way)s: %(new)d new, %(duplicates)d known already, %(failed)d unreadable",
        way=way,
        new=new,
        duplicates=duplicates,
        failed=failed,
    )


def mail_unreadable(way: str, why: str) -> None:
    """A mail in an inbox cannot be read; it was put aside for a person."""
    events.warn("a mail that came by %(way)s cannot be read and lies aside: %(why)s", way=way, why=why)


def mail_not_fetched(way: str, why: str) -> None:
    """A mail in an inbox could not be fetched now; it waits there."""
    events.warn("a mail that came by %(way)s could not be fetched and waits: %(why)s", way=way, why=why)


def mails_unmoved(way: str, count: int, why: str) -> None:
    """Mails that were taken in stay in their inbox."""
    events.warn("%(count)d mails that were taken in by %(way)s cannot be moved: %(why)s", count=count, way=way, why=why)


def sign_in_failed() -> None:
    """An attempt to sign in to the console failed; what was typed as a name may be a password."""
    events.info("an attempt to sign in to the console failed")


def copies_freed(pending: int, uncertain: int) -> None:
    """The copies of a sender that died, or is frozen or cut off, are free for others."""
    events.warn(
        "freed the copies of a sender that ended, or that renews its leases no more: %(pending)d pending, %(uncertain)d uncertain",
        pending=pending,
        uncertain=uncertain,
    )


def copies_settled_by_journal(states: Mapping[State, int]) -> None:
    """The journal of a sender, which died or was cut off, has settled copies that were uncertain since their leases ended."""
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    events.warn(
        "the journal of their sender tells what became of copies that were uncertain: %(counts)s", counts=counts
    )


def copies_returned(pending: int, uncertain: int) -> None:
    """The copies that this sender had claimed are returned when it stops."""
    level = logging.WARNING if uncertain else logging.DEBUG
    events.say(
        level,
        "copies claimed when sending stopped: %(pending)d pending again, %(uncertain)d uncertain",
        pending=pending,
        uncertain=uncertain,
    )


def cannot_render(delivery: int, reason: str) -> None:
    """A copy that could be made at approval cannot be made now; it is held."""
    events.error("delivery %(delivery)d is held: %(reason)s", delivery=delivery, reason=reason)


def mailing_moved(issue: str, what: str) -> None:
    """A step in the life of a mailing."""
    events.info("mailing %(issue)s %(what)s", issue=issue, what=what)


def plan_differs(change: CirculationChange) -> None:
    """The register says otherwise than a plan; people stand with their ids, as everywhere in the log."""
    people = "; ".join(f"{each.kind} {each.person} ({', '.join(each.reasons)})" for each in change.people[:MOST_NAMED])
    more = f" and {len(change.people) - MOST_NAMED} more" if len(change.people) > MOST_NAMED else ""
    goes = "is planned again" if change.state is MailingState.PLANNED else f"goes as it is, {change.state}"
    events.warn(
        "the register differs from the plan of %(issue)s, which %(fate)s: %(people)s%(more)s",
        issue=change.issue,
        fate=goes,
        people=people,
        more=more,
    )


def letter(kind: str, what: str, *remedies: Remedy) -> None:
    """A letter to the secretary, the operator or an editor. A server's words are left out: they may hold an address."""
    events.info("the %(kind)s %(what)s", kind=kind, what=advise(what, *remedies))


def pulled(newsletter: str, line: str, *remedies: Remedy) -> None:
    """One folder of a source, as a pull found it."""
    events.info("pull %(newsletter)s: %(line)s", newsletter=newsletter, line=advise(line, *remedies))


def pull_noted(newsletter: str, note: str) -> None:
    """What looks wrong in a folder or an issue, though it was taken."""
    events.info("pull %(newsletter)s: note: %(note)s", newsletter=newsletter, note=note)


def failed(what: str, error: Exception) -> None:
    """A job failed; the daemon tries it again. A trouble of the machine is said once, whatever fails by it."""
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            failed(what, inner)
    elif (trouble := trouble_of(error)) is Trouble.AWAY:
        events.say(logging.DEBUG, "%(what)s waits for the database", what=what)  # which has said so itself
    elif trouble is not None:
        troubles.failed(what, trouble)
    elif isinstance(error, CannotRender):
        events.error("%(what)s failed: %(error)s", what=what, error=error.unnamed)
    elif isinstance(error, MailerError):
        events.error("%(what)s failed: %(error)s", what=what, error=sentence(error))
    else:
        events.error("%(what)s failed: %(error)s", what=what, error=type(error).__name__, exc_info=error)


def database_damaged(problems: Collection[str]) -> None:
    """The nightly check has found damage. SQLite names tables and pages, never what stands in them."""
    line = advise(f"the database is damaged: {next(iter(problems))}", Action.CHECK_DATABASE.of())
    events.error("%(line)s", line=line)


def abandoned(deliveries: Collection[int]) -> None:
    """A stop did not wait longer for the replies to these deliveries."""
    named = ", ".join(map(str, sorted(deliveries)[:MOST_NAMED]))
    more = f" and {len(deliveries) - MOST_NAMED} more" if len(deliveries) > MOST_NAMED else ""
    line = f"stopped before the relay answered to deliveries {named}{more}: they are uncertain, since they may have arrived"
    events.warn(
        "%(line)s; look for their Message-IDs in its log, then settle them",
        line=advise(line, Action.SHOW_COPY.of(min(deliveries))),
    )
