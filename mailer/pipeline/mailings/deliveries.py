"""Looks into the ledger: the copies of an issue, and one copy with all that happened to it."""

from mailer.domain.delivery import Delivery, State
from mailer.domain.errors import NotFound
from mailer.domain.history import DeliveryHistory
from mailer.domain.remedy import Action
from mailer.domain.supplement import Corrections
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.store import Connection, history, reports
from mailer.store.copies import deliveries


def list_deliveries(context: Context, name: IssueName, state: State | None) -> list[Delivery]:
    """The copies of an issue over all its mailings, in one state or in any; NotFound for an unknown issue."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        return deliveries.listing(connection, name.newsletter, name.serial, state)


def corrections_of_issue(context: Context, name: IssueName) -> Corrections:
    """Why copies of an issue did not arrive, and what was corrected since."""
    with context.store.reading() as connection:
        return corrections_since(connection, name.newsletter, name.serial)


def find_delivery(connection: Connection, identity: int) -> Delivery:
    """The delivery with this id; NotFound says how to list them."""
    delivery = deliveries.delivery(connection, identity)
    if delivery is None:
        raise NotFound(f"there is no delivery {identity}", Action.LIST_COPIES.of("ISSUE"))
    return delivery


def delivery_history(context: Context, identity: int) -> DeliveryHistory:
    """All that happened to one copy."""
    with context.store.reading() as connection:
        return DeliveryHistory(
            delivery=find_delivery(connection, identity),
            attempts=tuple(deliveries.attempts_of(connection, identity)),
            reports=tuple(reports.listing(connection, delivery=identity)),
            decisions=tuple(history.entries(connection, f"delivery {identity}")),
        )
