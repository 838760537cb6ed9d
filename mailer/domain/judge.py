"""Judges many rows of the register for one issue, and each kind of them once."""

from mailer.domain.entitlement import Audience, Candidate, Entitlement, entitlement
from mailer.domain.membership import FeeSchedule


class Judge:
    """Judges rows of the register for one issue, and remembers its answers: thousands of people have paid the same."""

    def __init__(self, audience: Audience, fees: FeeSchedule) -> None:
        """Begin with no answers."""
        self._audience, self._fees = audience, fees
        self._answers: dict[tuple[object, ...], Entitlement] = {}

    def entitlement(self, candidate: Candidate) -> Entitlement:
        """The same as `entitlement`: it depends on nothing else of a candidate than the key here."""
        membership, seat = candidate.membership, candidate.seat
        key = (
            membership.kind,
            membership.circle,
            membership.free_until,
            seat.ended_on,
            seat.address is None,
            seat.languages,
            seat.pause,
            candidate.own_pause,
            candidate.address_held,
            candidate.seated or membership.id,  # the evidence names it
            *[(payment.period, payment.amount, payment.currency, payment.in_full) for payment in candidate.payments],
        )
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = entitlement(candidate, self._audience, self._fees)
        return answer
