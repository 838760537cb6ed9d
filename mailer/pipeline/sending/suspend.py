"""Suspends sending to a domain, and to its whole provider, by hand: with a reason and an end, until it is lifted."""

from datetime import datetime

from mailer.domain.errors import NotFound, Refused
from mailer.domain.families import family_of
from mailer.domain.pacing import Throttle
from mailer.domain.remedy import Action
from mailer.formats.address import parse
from mailer.pipeline.context import Context
from mailer.store.ledger import limits


def listing(context: Context) -> list[Throttle]:
    """Every provider that gets nothing now, by name: suspended by a person, or throttled by the sender."""
    with context.store.reading() as connection:
        return limits.current_throttles(connection, context.clock.now())


def suspend(context: Context, domain: str, *, until: datetime | None, reason: str) -> Throttle:
    """Send nothing to the domain's provider until then (None: until it is lifted); its copies use up no attempt.

    Raises BadInput for an invalid domain, Refused for an end that has passed or without a reason.
    """
    family, now = _family(domain), context.clock.now()
    if until is not None and until <= now:
        raise Refused(f"{until:%Y-%m-%d %H:%M} UTC has passed: name a later time")
    if not reason.strip():
        raise Refused(f"{family} is suspended only with a reason, for those who come after you")
    throttle = Throttle(family=family, failures=0, until=until, reason=reason.strip(), set_at=now, set_by=context.who)
    with context.store.transaction() as connection:
        limits.set_throttle(connection, throttle)
        context.record(connection, "suspend", f"domain {family}", f"“{throttle.reason}”")
    return throttle


def lift(context: Context, domain: str) -> str:
    """Send to the domain's provider again; returns its name. NotFound when it was not suspended."""
    family = _family(domain)
    with context.store.transaction() as connection:
        if not limits.lift_throttles(connection, [family]):
            raise NotFound(f"{family} is not suspended", Action.LIST_SUSPENSIONS.of())
        context.record(connection, "lift", f"domain {family}")
    return family


def _family(domain: str) -> str:
    return family_of(parse(f"postmaster@{domain}").domain)
