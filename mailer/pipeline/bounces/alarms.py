"""Tells the operator, at once and once, of what no member can mend: the alarm is written down with what caused it."""

from collections.abc import Mapping

from mailer.domain.bounce import FailureReason
from mailer.domain.mailing import Mailing
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, letters

ALARM = "alarm"


def broken(
    connection: Connection, context: Context, issue: str, *, what: str, failed: int, copies: int, paused: bool
) -> None:
    """The breaker has stopped an issue; each time is told. `paused`: it was still being sent.

    `what` is "unwanted", "dead", or the one reply that so many of so many copies had.
    """
    about = f"{issue} breaker {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    facts = {"cause": "breaker", "issue": issue, "what": what, "failed": failed, "copies": copies, "paused": paused}
    _alarm(connection, context, about, facts)


def unwanted(connection: Connection, context: Context, found: Mailing, reason: FailureReason, said: str) -> None:
    """A copy of the mailing failed for a reason that is not the reader's; of each mailing and reason it is told once.

    `said` are the server's own words. The log has a line for each copy, whether there is an operator or not.
    """
    maillog.unwanted(found.issue, reason)
    facts = {"cause": "failure", "issue": found.issue, "reason": reason.value, "said": said}
    # A supplement that fails again says that what was wrong is not mended.
    _alarm(connection, context, f"{found.issue}#{found.supplement} {reason}", facts)


def _alarm(connection: Connection, context: Context, about: str, facts: Mapping[str, object]) -> None:
    if context.operator:
        now = context.clock.now()
        letters.add(connection, kind=ALARM, about=about, recipient=context.operator, facts=facts, now=now)
