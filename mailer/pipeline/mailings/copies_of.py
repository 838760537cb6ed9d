"""Looks into the ledger: the copies of an issue, and one copy with all its attempts."""

from dataclasses import dataclass

from mailer.domain.delivery import Attempt, Delivery, State
from mailer.domain.hold import Failure
from mailer.domain.report import Report
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.settle import find
from mailer.store import failures, history, mailings, reports
from mailer.store.copies import deliveries
from mailer.store.history import Entry


def listing(context: Context, name: IssueName, state: State | None) -> list[Delivery]:
    """The copies of an issue over all its mailings, in one state or in any; NotFound for an unknown issue."""
    with context.store.reading() as connection:
        find_revision(connection, name)
        return deliveries.listing(connection, name.newsletter, name.serial, state)


def failed(context: Context, name: IssueName) -> dict[int, Failure]:
    """Why copies of an issue did not arrive, by delivery: what failed last of each."""
    with context.store.reading() as connection:
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        return failures.of_mailings(connection, [one.id for one in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One copy with its attempts, the reports about it, and what people and policies decided; each the oldest first."""

    copy: Delivery
    attempts: tuple[Attempt, ...]
    reports: tuple[Report, ...]
    decisions: tuple[Entry, ...]


def story(context: Context, identity: int) -> Story:
    """All that happened to one copy."""
    with context.store.reading() as connection:
        return Story(
            copy=find(connection, identity),
            attempts=tuple(deliveries.attempts_of(connection, identity)),
            reports=tuple(reports.listing(connection, delivery=identity)),
            decisions=tuple(history.entries(connection, f"delivery {identity}")),
        )
