"""Adds up the attempts of the whole ledger; those that ended a while ago are counted once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.metric import Distribution
from mailer.store import Store
from mailer.store.ledger.attempt_figures import (
    BOUNDS,
    PARTS,
    AttemptFigures,
    attempt_figures,
    last_attempt,
    last_before,
)

# No transaction that writes attempts lasts so long: on PostgreSQL a lower id may appear after a higher one.
SETTLED = timedelta(minutes=1)
# So many ids are counted in one transaction, which holds up SQLite's journal meanwhile.
AT_ONCE = 100_000


@dataclass(slots=True)
class AttemptSums:
    """What a set of attempts comes to."""

    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)  # by relay and outcome
    places: dict[tuple[str, int], int] = field(default_factory=dict)  # by relay and how long they took
    parts: dict[str, int] = field(default_factory=dict)  # of a second that they took, by relay
    accepted: dict[str, datetime] = field(default_factory=dict)  # by newsletter: the last one

    def add(self, figures: Iterable[AttemptFigures]) -> None:
        """Add these attempts."""
        for each in figures:
            outcome, place = (each.relay, each.outcome), (each.relay, each.place)
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + each.number
            self.places[place] = self.places.get(place, 0) + each.number
            self.parts[each.relay] = self.parts.get(each.relay, 0) + each.parts
            if each.outcome == "accepted":
                self.accepted[each.newsletter] = max(each.last, self.accepted.get(each.newsletter, each.last))

    def and_more(self, figures: Iterable[AttemptFigures]) -> "AttemptSums":
        """These and more attempts, as another set."""
        sums = AttemptSums(
            outcomes=dict(self.outcomes),
            places=dict(self.places),
            parts=dict(self.parts),
            accepted=dict(self.accepted),
        )
        sums.add(figures)
        return sums

    def durations(self) -> dict[str, Distribution]:
        """How long they took, by relay."""
        return {relay: self._durations_of(relay) for relay in self.parts}

    def _durations_of(self, relay: str) -> Distribution:
        numbers = [self.places.get((relay, place), 0) for place in range(len(BOUNDS) + 1)]
        at_most = {bound: sum(numbers[: place + 1]) for place, bound in enumerate(BOUNDS)}
        return Distribution(at_most=at_most, number=sum(numbers), total=self.parts[relay] / PARTS)


@dataclass(slots=True)
class AttemptTally:
    """The attempts counted so far: all with ids up to `counted`."""

    counted: int = 0
    sums: AttemptSums = field(default_factory=AttemptSums)

    def read(self, store: Store, now: datetime) -> AttemptSums:
        """What all attempts of the ledger come to."""
        with store.reading() as connection:
            settled = last_before(connection, now - SETTLED)
        while self.counted < settled:
            up_to = min(self.counted + AT_ONCE, settled)
            with store.reading() as connection:
                self.sums.add(attempt_figures(connection, self.counted, up_to))
            self.counted = up_to
        with store.reading() as connection:
            return self.sums.and_more(attempt_figures(connection, self.counted, last_attempt(connection)))
