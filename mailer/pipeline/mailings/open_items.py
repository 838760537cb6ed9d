"""Gathers what waits for the secretary: reports to settle, copies that need a person, addresses that are held."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.domain.address import Address
from mailer.domain.hold import Hold
from mailer.domain.matter import Matter
from mailer.domain.membership import Seat
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.open_copies import OpenCopies, list_open_copies, owed_by_a_stop
from mailer.store import Connection, holds, members, reports
from mailer.store.copies import deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """What copies and addresses leave to do. `holds` are those on addresses that the register has, each with the seats that use it.

    A copy that came back from a held address is no item of its own: `held_reports` are the ids of the reports about it,
    by address. Nor is one that came back for what stopped its mailing: its issue is owed.
    """

    reports: tuple[Report, ...]
    copies: OpenCopies
    holds: tuple[tuple[Hold, list[Seat]], ...]
    held_reports: Mapping[str, list[int]]

    @property
    def count(self) -> int:
        """How many items there are; an issue of which copies are owed is one."""
        copies = self.copies
        return sum(map(len, (self.reports, copies.failed, copies.held, copies.uncertain, copies.owed, self.holds)))


def gather(connection: Connection, context: Context) -> OpenItems:
    """Everything that is open, over all issues."""
    held = holds.listing(connection)
    seats = members.seated_at_each(connection, {hold.address for hold in held})
    # The hold on an address that is no longer in the register needs nothing.
    in_register = tuple((hold, seats[hold.address]) for hold in held if hold.address in seats)
    addresses = {hold.address for hold, _ in in_register}
    unsettled = reports.listing(connection, unsettled=True)
    came_back = deliveries.deliveries_with(
        connection,
        [report.delivery for report in unsettled if report.delivery is not None and report.matter is Matter.BOUNCED],
    )
    owed = owed_by_a_stop(connection, context, came_back.values())
    copies = list_open_copies(connection, context)
    copies.reported.difference_update(owed)
    for report in unsettled:
        if report.delivery in owed:
            copies.owed.setdefault(report.issue, set()).add(report.delivery)
    separate: list[Report] = []
    held_reports: dict[str, list[int]] = {}
    for report in unsettled:
        if report.matter is Matter.BOUNCED and report.delivery in owed:
            continue
        address = Address.from_wire(report.address).normal if report.address else ""
        if report.matter is Matter.BOUNCED and address in addresses:
            held_reports.setdefault(address, []).append(report.id)
        else:
            separate.append(report)
    return OpenItems(
        reports=tuple(separate),
        copies=copies,
        holds=in_register,
        held_reports=held_reports,
    )
