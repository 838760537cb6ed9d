"""Pauses a mailing that is refused again and again with the same words: a person must look before all of it is spent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.bounce import Phase, Scope
from mailer.domain.delivery import Rejected, Reply, State
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.formats.reports.classify import classify
from mailer.pipeline import maillog
from mailer.pipeline.press import Press
from mailer.store import Connection, history, mailings, tallies
from mailer.store.deliveries import Delivery
from mailer.store.results import Result

# Refusals that are about the one reader, and no reason to stop for the others.
_THE_READERS = frozenset({Scope.ADDRESS, Scope.MAILBOX})


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A mailing is paused when so large a share of the copies tried, and at least so many, had one and the same refusal."""

    share: float = 0.5
    at_least: int = 10


def break_off(connection: Connection, press: Press, breaker: Breaker, results: Iterable[Result]) -> None:
    """Pause each mailing of these results of which too many copies were refused for good with the same code and status.

    Refusals of an address do not count: half of a register may be old, and that is no reason to stop.
    """
    refused: set[tuple[int, int, str]] = set()
    for one in results:
        reply = one.outcome.reply if isinstance(one.outcome, Rejected) else None
        if reply is not None and not _about_the_reader(reply, one):
            refused.add((one.claim.mailing, reply.code, reply.status))
    for mailing, code, status in sorted(refused):
        _look(connection, press, breaker, mailing, code, status)


def _look(connection: Connection, press: Press, breaker: Breaker, mailing: int, code: int, status: str) -> None:
    found = mailings.mailing(connection, mailing)
    refused = tallies.refused_with(connection, mailing, code, status)
    if found.state is not MailingState.SENDING or refused < _at_least(press, breaker, found):
        return
    # Not all of a large mailing is counted: so many that the share is too small are enough.
    tried = tallies.done_up_to(connection, mailing, int(refused / breaker.share) + 1)
    if refused < breaker.share * tried:
        return
    said = f"{refused} of {tried} copies were refused with {code} {status}".rstrip()
    if mailings.move(connection, found, take(found.state, Step.PAUSE)):
        now = press.clock.now()
        history.record(connection, at=now, who=press.who, verb=Step.PAUSE, subject=found.issue, detail=said)
        maillog.paused(found.issue, f"{said}; `mailer resume {found.issue}` goes on when that is mended")


def _at_least(press: Press, breaker: Breaker, found: Mailing) -> int:
    """How many refusals are enough: in a canary wave no more than it has copies, or the rest would follow."""
    known = press.newsletters.get(found.newsletter)
    canary = known.schedule.canary if known is not None and not found.supplement else 0
    in_wave = canary and (found.rest_at is None or press.clock.now() < found.rest_at)
    return min(breaker.at_least, canary) if in_wave else breaker.at_least


def _about_the_reader(reply: Reply, result: Result) -> bool:
    phase = Phase.CONTENT if result.begun else Phase.RCPT
    return classify(reply.code, reply.status or None, reply.text, phase).scope in _THE_READERS


def why_paused(entries: Sequence[history.Entry]) -> str:
    """The last reason that history gives for a pause; empty when a person gave none."""
    return next((one.detail for one in reversed(entries) if one.verb == Step.PAUSE), "")


def refused_for_us(copy: Delivery) -> bool:
    """Whether a copy was refused for good for the sender's or the text's sake: its reader can have it when that is mended."""
    if copy.state is not State.REJECTED or copy.last_code is None or copy.last_code // 100 != 5:
        return False
    return classify(copy.last_code, copy.last_status or None, copy.last_text or "").scope not in _THE_READERS
