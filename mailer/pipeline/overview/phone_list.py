"""Makes the telephone list: the people to whom mail does not get through, to be asked for another address."""

from collections.abc import Iterator
from datetime import datetime

from mailer.domain.hold import HoldReason
from mailer.domain.matter import Matter
from mailer.domain.membership import Seat
from mailer.domain.names import name_in
from mailer.domain.phone_list import PhoneEntry
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.open_items import OpenItems, gather
from mailer.store.members import register_of


def phone_list(context: Context) -> list[PhoneEntry]:
    """Everybody in the register whose address is held, or whose copy came back or was refused, by name, once each."""
    with context.store.reading() as connection:
        items = gather(connection, context)
        persons = {report.person for report in items.reports if report.person}
        persons |= {failed.copy.person for failed in items.copies.failed}
        seats = {seat.person: seat for seat in register_of(connection, persons).seats if seat.person in persons}
    entries: dict[str, PhoneEntry] = {}
    for entry in (*_held(context, items), *_failed(context, items, seats)):
        entries.setdefault(entry.person, entry)
    return sorted(entries.values(), key=lambda entry: (entry.name.casefold(), entry.person))


def _held(context: Context, items: OpenItems) -> Iterator[PhoneEntry]:
    for hold, seats in items.holds:
        if hold.reason is HoldReason.BY_HAND and hold.address not in items.held_reports:
            continue  # nothing came back from there
        issue = max(hold.evidence, key=lambda failure: failure.at).issue if hold.evidence else ""
        for seat in seats:
            reason = hold.reason or ""
            yield PhoneEntry(
                person=seat.person,
                name=name_in(seat.names, _language(context, seat)),
                phone=seat.phone,
                language=_language(context, seat),
                address=hold.address,
                is_held=True,
                reason=reason,
                since=hold.since,
                issue=issue,
            )


def _failed(context: Context, items: OpenItems, seats: dict[str, Seat]) -> Iterator[PhoneEntry]:
    for report in items.reports:
        if report.matter is Matter.BOUNCED and report.person in seats:
            yield _entry(context, seats[report.person], report.address, report.reason, report.issue, report.arrived_at)
    for failed in items.copies.failed:
        copy, failure = failed.copy, failed.failure
        if copy.person in seats and failure is not None:
            yield _entry(context, seats[copy.person], copy.address, failure.reason, failed.issue, failure.at)


def _entry(context: Context, seat: Seat, address: str, reason: str, issue: str, since: datetime) -> PhoneEntry:
    return PhoneEntry(
        person=seat.person,
        name=name_in(seat.names, _language(context, seat)),
        phone=seat.phone,
        language=_language(context, seat),
        address=address,
        is_held=False,
        reason=reason,
        since=since,
        issue=issue,
    )


def _language(context: Context, seat: Seat) -> str:
    """The person's first language; that of the club's letters where the register has none."""
    return seat.languages[0] if seat.languages else context.language
