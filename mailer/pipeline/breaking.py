"""Pauses a mailing that is refused again and again with the same words: a person must look before all of it is spent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.bounce import Phase, Scope
from mailer.domain.delivery import Rejected, Reply, State
from mailer.domain.mailing import MailingState, Step, take
from mailer.formats.report import classify
from mailer.pipeline import maillog
from mailer.pipeline.press import Press
from mailer.store import Connection, deliveries, history, mailings
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
    tried: Counter[int] = Counter()
    refused: Counter[tuple[int, int, str]] = Counter()
    for one in results:
        if one.outcome is not None:
            tried[one.claim.mailing] += 1
            reply = one.outcome.reply
            if isinstance(one.outcome, Rejected) and reply is not None and not _about_the_reader(reply, one):
                refused[one.claim.mailing, reply.code, reply.status] += 1
    for (mailing, code, status), number in refused.items():
        # The share of all of them can only come to the limit with results that are at the limit themselves.
        if number >= breaker.share * tried[mailing]:
            _look(connection, press, breaker, mailing, code, status)


def _look(connection: Connection, press: Press, breaker: Breaker, mailing: int, code: int, status: str) -> None:
    counts = deliveries.counts(connection, [mailing])
    tried = sum(counts[state] for state in ("accepted", "rejected", "uncertain", "bounced"))
    refused = deliveries.refused_with(connection, mailing, code, status)
    found = mailings.mailing(connection, mailing)
    if refused < breaker.at_least or refused < breaker.share * tried or found.state is not MailingState.SENDING:
        return
    said = f"{refused} of {tried} copies were refused with {code} {status}".rstrip()
    if mailings.move(connection, found, take(found.state, Step.PAUSE)):
        now = press.clock.now()
        history.record(connection, at=now, who=press.who, verb=Step.PAUSE, subject=found.issue, detail=said)
        maillog.paused(found.issue, f"{said}; `mailer resume {found.issue}` goes on when that is mended")


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
