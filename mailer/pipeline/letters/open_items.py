"""Gathers what waits for the secretary: reports to settle, copies that need a person, addresses that are held."""

from dataclasses import dataclass

from mailer.domain.hold import Hold
from mailer.domain.membership import Seat
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.open_copies import OpenCopies, list_open_copies
from mailer.store import Connection, holds, members, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """What is open. `holds` are those on addresses that the register has, each with the seats that use it."""

    reports: tuple[Report, ...]
    copies: OpenCopies
    holds: tuple[tuple[Hold, list[Seat]], ...]

    @property
    def count(self) -> int:
        """How many items there are; an issue of which copies are owed is one."""
        copies = self.copies
        return sum(map(len, (self.reports, copies.failed, copies.held, copies.uncertain, copies.owed, self.holds)))


def gather(connection: Connection, context: Context) -> OpenItems:
    """Everything that is open, over all issues."""
    held = holds.listing(connection)
    seats = members.seated_at_each(connection, {hold.address for hold in held})
    return OpenItems(
        reports=tuple(reports.listing(connection, unsettled=True)),
        copies=list_open_copies(connection, context),
        # The hold on an address that is no longer in the register needs nothing.
        holds=tuple((hold, seats[hold.address]) for hold in held if hold.address in seats),
    )
