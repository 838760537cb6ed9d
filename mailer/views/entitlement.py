"""Says in a sentence why a person may have an issue, or may not: the facts, the dates and the sum that is missing."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from mailer.domain.entitlement import EntitlementReason
from mailer.domain.explanation import Explanation, Shortfall
from mailer.domain.membership import MembershipKind, Period
from mailer.views.local_time import plain_day
from mailer.views.plain_words import counted


def decision_sentence(explanation: Explanation) -> str:
    """Why the register gives the issue to the person now, or does not."""
    reason = explanation.now.entitlement.reason
    return _SENTENCES[reason](explanation)


def shortfall_sentence(shortfall: Shortfall) -> str:
    """What was paid of a fee, and what is missing: `20 000 of 50 000 RUB for 2026; 30 000 are missing`."""
    paid = " + ".join(f"{spaced(total)} {currency}" for currency, total in shortfall.sums if total > 0)
    period = period_name(shortfall.period)
    if shortfall.fee is None or shortfall.missing is None:
        return f"{paid} for {period}, which the fee schedule does not have, and no payment says that it is in full"
    if not shortfall.paid:
        return f"{paid} for {period}, but the fee is {spaced(shortfall.fee)} {shortfall.currency}"
    return (
        f"{spaced(shortfall.paid)} of {spaced(shortfall.fee)} {shortfall.currency} for {period}; "
        f"{spaced(shortfall.missing)} {'is' if shortfall.missing == 1 else 'are'} missing"
    )


def shortfall_document(shortfall: Shortfall) -> dict[str, object]:
    """The same for programs."""
    return {
        "from": shortfall.period.first,
        "to": shortfall.period.last,
        "paid": dict(shortfall.sums),
        "fee": shortfall.fee,
        "currency": shortfall.currency,
        "missing": shortfall.missing,
    }


def spaced(amount: Decimal) -> str:
    """An amount in a sentence, with its thousands apart: `50 000`, `50 000.50`."""
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f}".replace(",", " ") if whole else f"{amount:,.2f}".replace(",", " ")


def period_name(period: Period) -> str:
    """The years of a period of whole years, else its dates."""
    if (period.first.month, period.first.day, period.last.month, period.last.day) != (1, 1, 12, 31):
        return f"{plain_day(period.first)} to {plain_day(period.last)}"
    first, last = period.first.year, period.last.year
    return str(first) if first == last else f"{first} to {last}"


def _paid(explanation: Explanation) -> str:
    until = explanation.now.entitlement.paid_until
    covering = [paid for paid in explanation.periods if paid.full and paid.period.covers(explanation.date)]
    periods = ", ".join(period_name(paid.period) for paid in covering)
    later = until is not None and all(until > paid.period.last for paid in covering)
    return f"paid for {periods}" + (f", and until {plain_day(until)}" if until is not None and later else "")


def _grace(explanation: Explanation) -> str:
    until = explanation.now.entitlement.paid_until
    assert until is not None, "grace follows a paid period"
    days = counted((explanation.date - until).days, "day", "days")
    return f"the paid time ended on {plain_day(until)}, {days} before, which the days of grace allow"


def _free(explanation: Explanation) -> str:
    membership = explanation.now.candidate.membership
    end = f"until {plain_day(membership.free_until)}" if membership.free_until else "without an end"
    return f"{_an(membership.kind)}, {end}"


def _expired(explanation: Explanation) -> str:
    membership = explanation.now.candidate.membership
    if not membership.kind.pays and membership.free_until:
        return f"{_an(membership.kind)}, but only until {plain_day(membership.free_until)}"
    ended = [paid.period.last for paid in explanation.periods if paid.full and paid.period.last < explanation.date]
    return f"the paid time ended on {plain_day(max(ended))}"


def _not_yet_started(explanation: Explanation) -> str:
    begins = [paid.period.first for paid in explanation.periods if paid.full and paid.period.first > explanation.date]
    return f"the paid time begins on {plain_day(min(begins))}"


def _unpaid(explanation: Explanation) -> str:
    if explanation.periods:
        return "what was paid is for another time, or was paid back"
    return "nothing was paid"


def _paused(explanation: Explanation) -> str:
    candidate = explanation.now.candidate
    pause = candidate.seat.pause
    if not pause.covers(explanation.date):
        own = candidate.own_pause
        assert own is not None, "paused by the register or by the reader"
        assert own.first is not None, "it begins on a day"
        if own.last is None:
            return f"the reader wants no more, and gets no issue from {plain_day(own.first)} on"
        return f"the reader has paused from {plain_day(own.first)} until {plain_day(own.last)}"
    first = f" from {plain_day(pause.first)}" if pause.first else ""
    last = f" until {plain_day(pause.last)}" if pause.last else ", until further notice"
    return f"copies are paused{first}{last}"


def _ended(explanation: Explanation) -> str:
    ended_on = explanation.now.candidate.seat.ended_on
    assert ended_on is not None, "the rule has looked at it"
    return f"the membership ended for this person on {plain_day(ended_on)}"


def _no_edition(explanation: Explanation) -> str:
    return explanation.now.entitlement.evidence[0]


def _no_seat(explanation: Explanation) -> str:
    membership = explanation.now.candidate.membership
    return f"the {membership.kind.seats} seats of membership {membership.id} are taken by others"


def _not_in_circulation(explanation: Explanation) -> str:
    circle = explanation.now.candidate.membership.circle
    if not circle:
        return "the membership belongs to no circle"
    return f"the membership belongs to the circle “{circle}”, which this newsletter does not go to"


def _address_held(explanation: Explanation) -> str:
    address = explanation.now.candidate.seat.address
    return f"we do not write to {address} for now; `mailer hold list` shows why"


def _underpaid(explanation: Explanation) -> str:
    return "; ".join(map(shortfall_sentence, explanation.shortfalls))


def _no_address(explanation: Explanation) -> str:
    covered = any(paid.full and paid.period.covers(explanation.date) for paid in explanation.periods)
    return "the register has no e-mail address" + (", though the fee is paid" if covered else "")


def _an(kind: MembershipKind) -> str:
    return f"{'an' if kind is MembershipKind.HONORARY else 'a'} {kind} membership"


_SENTENCES: Mapping[EntitlementReason, Callable[[Explanation], str]] = {
    EntitlementReason.HONORARY: _free,
    EntitlementReason.COMPLIMENTARY: _free,
    EntitlementReason.PAID: _paid,
    EntitlementReason.GRACE: _grace,
    EntitlementReason.NOT_IN_CIRCULATION: _not_in_circulation,
    EntitlementReason.ENDED: _ended,
    EntitlementReason.NO_ADDRESS: _no_address,
    EntitlementReason.NO_SEAT: _no_seat,
    EntitlementReason.UNDERPAID: _underpaid,
    EntitlementReason.EXPIRED: _expired,
    EntitlementReason.NOT_YET_STARTED: _not_yet_started,
    EntitlementReason.UNPAID: _unpaid,
    EntitlementReason.PAUSED: _paused,
    EntitlementReason.ADDRESS_HELD: _address_held,
    EntitlementReason.NO_EDITION: _no_edition,
}
