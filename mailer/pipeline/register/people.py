"""Finds people in the register, with their payments, their copies, and what prevents new copies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.domain.circulation import Register
from mailer.domain.errors import NotFound
from mailer.domain.history import HistoryEntry
from mailer.domain.hold import OwnPause
from mailer.domain.membership import Seat
from mailer.domain.names import any_name
from mailer.domain.payment_effect import PaidMembership, paid_membership
from mailer.domain.person import PersonRecord, RegisterEntry, ReportSubject
from mailer.domain.remedy import Action
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.store import history, holds, members, register_pages, reports
from mailer.store.copies import deliveries, readers
from mailer.store.members import membership_register, register_of


def each_entry(context: Context) -> Iterator[RegisterEntry]:
    """Every entry of the register, by person and membership, read in chunks while they are used."""
    with context.store.reading() as connection:
        pauses = holds.pauses(connection)
        for seat, membership in register_pages.entries(connection):
            yield RegisterEntry(seat=seat, membership=membership, own_pauses=pauses.get(seat.person, ()))


def find_person(context: Context, person: str) -> PersonRecord:
    """The person's record; NotFound for a person who is not in the register."""
    with context.store.reading() as connection:
        register = register_of(connection, [person])
        seats = [seat for seat in register.seats if seat.person == person]
        seats.sort(key=lambda seat: seat.membership)
        if not seats:
            raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
        pauses = holds.pauses(connection, [person])
        addresses = sorted({seat.address.normal for seat in seats if seat.address})
        return PersonRecord(
            person=person,
            entries=tuple(_entry(register, seat, pauses) for seat in seats),
            payments=register.payments,
            copies=tuple(readers.of_person(connection, person)),
            own_pauses=pauses.get(person, ()),
            holds=tuple(hold for address in addresses if (hold := holds.hold_on(connection, address))),
            reports=tuple(report for report in reports.listing(connection, unsettled=True) if report.person == person),
        )


def _entry(register: Register, seat: Seat, pauses: Mapping[str, tuple[OwnPause, ...]]) -> RegisterEntry:
    membership = register.memberships[seat.membership]
    return RegisterEntry(seat=seat, membership=membership, own_pauses=pauses.get(seat.person, ()))


def history_of(context: Context, subject: str) -> list[HistoryEntry]:
    """What was done to the person or the membership with this id, the newest first."""
    with context.store.reading() as connection:
        return history.entries(connection, subject)[::-1]


def payments_of(context: Context, membership: str) -> PaidMembership:
    """What was paid for a membership of the register, in the order of entry, and until when that lasts.

    NotFound for an unknown membership.
    """
    with context.store.reading() as connection:
        register = membership_register(connection, membership)
    refuse_unknown_membership(register, membership)
    return paid_membership(register, membership, context.fees, context.clock.now().date())


def refuse_unknown_membership(register: Register, membership: str) -> None:
    """Raise NotFound for a membership that is not in the register."""
    if membership not in register.memberships:
        raise NotFound(f"{membership} is not in the register", Action.LIST_PEOPLE.of())


def names_of(context: Context, people: Iterable[str]) -> dict[str, str]:
    """The name that the register has of each of these people; who is not there is left out."""
    with context.store.reading() as connection:
        return {person: any_name(names) for person, names in members.names_of(connection, set(people)).items()}


def subjects_of(context: Context, listed: Sequence[Report]) -> dict[int, ReportSubject]:
    """The person whom each report is about, by the report's id."""
    from mailer.pipeline.mailings.open_copies import owed_by_a_stop  # a look at people needs no rules of entitlement

    with context.store.reading() as connection:
        seats: dict[str, list[Seat]] = {}
        for seat in register_of(connection, {report.person for report in listed if report.person}).seats:
            seats.setdefault(seat.person, []).append(seat)
        copies = deliveries.deliveries_with(
            connection, [report.delivery for report in listed if report.delivery is not None]
        )
        owed = owed_by_a_stop(connection, context, copies.values())
    return {
        report.id: replace(
            _subject(
                seats.get(report.person, []), copies[report.delivery].copy.name if report.delivery is not None else ""
            ),
            owed=report.delivery in owed,
        )
        for report in listed
    }


def _subject(seats: Sequence[Seat], name_on_copy: str) -> ReportSubject:
    return ReportSubject(
        name=next((seat.any_name for seat in seats if seat.any_name), name_on_copy),
        in_register=bool(seats),
        addresses=frozenset(seat.address.normal for seat in seats if seat.address),
    )
