"""Looks into the ledger: the copies of an issue, and one copy with all that happened to it."""

from collections.abc import Iterator

from mailer.domain.delivery import Delivery, State
from mailer.domain.errors import NotFound
from mailer.domain.history import DeliveryHistory
from mailer.domain.remedy import Action
from mailer.domain.search import ROWS, CopySearch, Slice
from mailer.domain.supplement import Corrections
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.store import Connection, history, mailings, reports
from mailer.store.copies import deliveries, pages


def list_deliveries(context: Context, name: IssueName, state: State | None) -> list[Delivery]:
    """The copies of an issue over all its mailings, in one state or in any; NotFound for an unknown issue."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        return deliveries.listing(connection, name.newsletter, name.serial, state)


def each_delivery(context: Context, name: IssueName, state: State | None) -> Iterator[Delivery]:
    """The same, read in chunks while they are used, all from one state of the ledger."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        yield from pages.every(connection, name.newsletter, name.serial, CopySearch(state=state))


def copies_page(context: Context, name: IssueName, search: CopySearch, *, after: int = 0) -> Slice[Delivery]:
    """The next copies of an issue that fit, by copy number, with numbers above `after`; NotFound for an unknown issue."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        return Slice.of(pages.page(connection, name.newsletter, name.serial, search, after=after, limit=ROWS + 1))


def count_states(context: Context, name: IssueName) -> dict[str, int]:
    """How many copies of an issue are in each state, over all its mailings; every state is named."""
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        return deliveries.counts(connection, [mailing.id for mailing in every])


def issue_of_copy(context: Context, identity: int) -> IssueName:
    """The issue of a delivery; NotFound for an unknown one."""
    with context.store.reading() as connection:
        return IssueName.parse(mailings.mailing(connection, find_delivery(connection, identity).mailing).issue)


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
