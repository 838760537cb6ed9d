"""Looks into the ledger: the copies of an issue, and one copy with all its attempts."""

from mailer.domain.delivery import Delivery, State
from mailer.domain.history import DeliveryHistory
from mailer.domain.hold import Failure
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.settle import find
from mailer.store import failures, history, mailings, reports
from mailer.store.copies import deliveries


def listing(context: Context, name: IssueName, state: State | None) -> list[Delivery]:
    """The copies of an issue over all its mailings, in one state or in any; NotFound for an unknown issue."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        return deliveries.listing(connection, name.newsletter, name.serial, state)


def failed(context: Context, name: IssueName) -> dict[int, Failure]:
    """Why copies of an issue did not arrive, by delivery: the last failure of each."""
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        return failures.of_mailings(connection, [mailing.id for mailing in every])


def story(context: Context, identity: int) -> DeliveryHistory:
    """All that happened to one copy."""
    with context.store.reading() as connection:
        return DeliveryHistory(
            delivery=find(connection, identity),
            attempts=tuple(deliveries.attempts_of(connection, identity)),
            reports=tuple(reports.listing(connection, delivery=identity)),
            decisions=tuple(history.entries(connection, f"delivery {identity}")),
        )
