"""Watches the register for the daemon: each plan is compared with each state of the register once."""

from dataclasses import dataclass, field

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.mailing import Mailing
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.changes import circulation_change, unbegun_mailings
from mailer.store.members import register_version


@dataclass(slots=True)
class PlanWatch:
    """Which plans were compared with which register and rules, by mailing; a restart compares each once more."""

    _compared: dict[int, object] = field(default_factory=dict)

    def unseen(self, context: Context) -> list[tuple[Mailing, object]]:
        """The mailings to compare, each with the state of the register; while nothing changes, this reads two rows."""
        with context.store.reading() as connection:
            unbegun = unbegun_mailings(connection, context)
            version = register_version(connection)
        states = [(mailing, (version, context.fees, context.newsletters[mailing.newsletter])) for mailing in unbegun]
        self._compared = {mailing.id: self._compared.get(mailing.id) for mailing, _ in states}
        return [(mailing, state) for mailing, state in states if self._compared.get(mailing.id) != state]

    def compare(self, context: Context, mailing: Mailing) -> CirculationChange | None:
        """How the mailing's plan differs from the register now; None when it does not, or has begun meanwhile."""
        with context.store.reading() as connection:
            unbegun = {each.id: each for each in unbegun_mailings(connection, context)}
            return circulation_change(connection, context, unbegun[mailing.id]) if mailing.id in unbegun else None

    def has_seen(self, mailing: Mailing, state: object) -> None:
        """The difference, if any, was dealt with."""
        self._compared[mailing.id] = state
