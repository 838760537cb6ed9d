"""The log, in the words of the domain: no content, no secret, and no full address at INFO."""

import logging

from mailer.domain.delivery import Outcome
from mailer.domain.errors import MailerError
from mailer.domain.remedy import Action, Remedy
from mailer.views.remedies import advise, sentence

log = logging.getLogger("mailer")


def handed_over(delivery: int, outcome: Outcome) -> None:
    """One attempt and what came of it."""
    if log.isEnabledFor(logging.INFO):
        reply, word = outcome.reply, type(outcome).__name__.lower()
        code, queue_id = (reply.code, reply.queue_id) if reply else (None, "")
        log.info("delivery %d %s code=%s queue_id=%s", delivery, word, code or "-", queue_id or "-")


def relay_down(reason: str) -> None:
    """The relay cannot be used; nobody's attempt was used up."""
    log.warning("relay down: %s", reason)


def broke_off(delivery: int, reason: str) -> None:
    """A connection ended before a copy's content was asked for; nobody's attempt was used up."""
    log.warning("a connection broke at delivery %d, which is tried again: %s", delivery, reason)


def claim_lost(delivery: int) -> None:
    """A copy in hand may not leave after all: its mailing was paused, or its lease is over. Nothing of it was sent."""
    log.warning(
        "delivery %d may not leave now: its mailing was paused or its lease is over; nothing of it left", delivery
    )


def slowed_down(family: str, seconds: float, reason: str) -> None:
    """A provider asked us to slow down."""
    log.warning("%s asks us to slow down, it gets nothing for %d s: %s", family, seconds, reason)


def broken(issue: str, reason: str, *, paused: bool) -> None:
    """Too much of a mailing failed, and a person must look; `paused`: it has been stopped for that."""
    line = advise(f"it is paused: {reason}", Action.RESUME.of(issue)) if paused else reason
    log.error("mailing %s: %s", issue, line)


def unwanted(issue: str, reason: str) -> None:
    """A copy failed for our sake; the server's words are not repeated, since an address may stand in them."""
    log.warning("a copy of %s failed for a reason that no member can mend: %s", issue, reason)


def held(delivery: int, reason: str) -> None:
    """The address of a copy is held; whose it is the ledger tells."""
    log.warning("the address of delivery %d is held: %s", delivery, reason)


def withdrawn(delivery: int | None) -> None:
    """A hold rested on failures of a mailing that the breaker has stopped: there is none any more."""
    log.warning("the address of delivery %s is held no more: too much of its mailing failed", delivery or "-")


def unsubscribed(delivery: int) -> None:
    """The reader of a copy wants no more."""
    log.info("the reader of delivery %d wants no more copies", delivery)


def came_back(mail: int | None, kind: str, reason: str, delivery: int | None) -> None:
    """A mail came in, and what one report in it is about."""
    log.info("mail %s came back: %s %s, delivery %s", mail, kind, reason, delivery if delivery is not None else "-")


def listening(where: str) -> None:
    """Reports may come by SMTP now."""
    log.info("listening for return paths at %s", where)


def fetched(way: str, new: int, known: int, failed: int) -> None:
    """A mailbox or Maildir was looked into."""
    level = logging.INFO if new or known or failed else logging.DEBUG
    log.log(level, "reports by %s: %d new, %d known already, %d unreadable", way, new, known, failed)


def unreadable(way: str, why: str) -> None:
    """A mail that waited cannot be read; it lies aside for a person."""
    log.warning("a mail that came by %s cannot be read and lies aside: %s", way, why)


def taken_over(pending: int, uncertain: int) -> None:
    """The copies of a dead process have been freed."""
    log.warning("freed the copies of a sender that ended: %d pending, %d uncertain", pending, uncertain)


def let_go(pending: int, uncertain: int) -> None:
    """Copies that we had in hand have gone back."""
    level = logging.WARNING if uncertain else logging.DEBUG
    log.log(level, "copies in hand when sending stopped: %d wait, %d uncertain", pending, uncertain)


def cannot_render(delivery: int, reason: str) -> None:
    """A copy that was proved before cannot be made now; it is held."""
    log.error("delivery %d is held: %s", delivery, reason)


def mailing(issue: str, what: str) -> None:
    """A mailing has moved on."""
    log.info("mailing %s %s", issue, what)


def letter(kind: str, what: str, *remedies: Remedy) -> None:
    """A letter to secretary or operator: no address and no server's words, which may hold one."""
    log.info("the %s %s", kind, advise(what, *remedies))


def pulled(newsletter: str, line: str, *remedies: Remedy) -> None:
    """What a pull found."""
    log.info("pull %s: %s", newsletter, advise(line, *remedies))


def failed(what: str, error: Exception) -> None:
    """A job of the daemon failed; it is tried again."""
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            failed(what, inner)
    elif isinstance(error, MailerError):
        log.error("%s failed: %s", what, sentence(error))
    else:
        log.error("%s failed: %s", what, type(error).__name__, exc_info=error)


def reloaded(newsletters: list[str]) -> None:
    """schedules/ was read again."""
    log.info("reloaded schedules/: %s", ", ".join(newsletters))


def stopped_hard() -> None:
    """What was in flight did not end in time; its copies are uncertain if their content may have left."""
    log.warning("stopped before everything in flight was answered; look for uncertain copies")


def started(newsletters: list[str]) -> None:
    """The daemon works."""
    log.info("daemon started for %s", ", ".join(newsletters) or "no newsletter: schedules/ is empty")


def stopped() -> None:
    """The daemon has ended, and nothing is in flight."""
    log.info("daemon stopped; nothing is in flight")
