"""Pauses a mailing that is refused again and again with the same words: a person must look before all of it is spent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.delivery import Rejected, Reply
from mailer.domain.mailing import MailingState, Step, take
from mailer.pipeline import maillog
from mailer.pipeline.press import Press
from mailer.store import Connection, deliveries, history, mailings
from mailer.store.results import Result

# RFC 3463 §3.2, §3.3: the refusal is about the one address or mailbox; 5.1.7 and 5.1.8 are about the sender's.
_OURS = frozenset({"5.1.7", "5.1.8"})


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
            if isinstance(one.outcome, Rejected) and reply is not None and not _about_the_address(reply):
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


def _about_the_address(reply: Reply) -> bool:
    return reply.status.startswith(("5.1.", "5.2.")) and reply.status not in _OURS


def why_paused(entries: Sequence[history.Entry]) -> str:
    """The last reason that history gives for a pause; empty when a person gave none."""
    return next((one.detail for one in reversed(entries) if one.verb == Step.PAUSE), "")
