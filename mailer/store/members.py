"""The register in the database: who is a member, who sits on which seat, what was paid."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from mailer.domain.address import Address
from mailer.domain.circulation import Register
from mailer.domain.membership import Membership, MembershipKind, Seat
from mailer.domain.person_match import KnownPerson
from mailer.domain.register_difference import Difference
from mailer.domain.register_ids import KnownIds
from mailer.domain.register_search import search_words
from mailer.store import holds
from mailer.store.columns import by_code_point, insert_into
from mailer.store.ledger.batches import listed, packed
from mailer.store.register_rows import (
    MEMBERSHIP,
    PAYMENT,
    SEAT,
    membership_of,
    membership_row,
    payment_of,
    payment_row,
    seat_of,
    seat_row,
)
from mailer.store.schema import memberships, payments, register_state, seats


def register_version(connection: Connection) -> int:
    """The number that grows with every change of the register, locked until a writing transaction ends."""
    # A reading transaction sees one state anyway, and locks nothing.
    reading = connection.get_execution_options().get("reading", False)
    return connection.execute(_VERSION if reading else _VERSION_LOCKED).scalar() or 0


# Built once: a sender asks it at every turn.
_VERSION = select(register_state.c.version)
_VERSION_LOCKED = _VERSION.with_for_update(read=True)


def load_register(connection: Connection) -> Register:
    """The whole register at one moment, locked until this transaction ends.

    Memberships and seats are in the order of their ids and numbers, payments in the order of entry.
    """
    version = register_version(connection)
    every_membership = sorted(_memberships(connection, select(*MEMBERSHIP)).items())
    every_seat = list(map(seat_of, connection.execute(select(*SEAT))))
    every_seat.sort(key=lambda seat: (seat.membership, seat.number or 0, seat.person))
    return Register(
        memberships=dict(every_membership),
        seats=tuple(every_seat),
        payments=tuple(map(payment_of, connection.execute(select(*PAYMENT).order_by(payments.c.id)))),
        version=version,
        held=frozenset(hold.address for hold in holds.listing(connection)),
        own_pauses=holds.own_days(connection),
    )


def holds_as(connection: Connection, register: Register, persons: Collection[str]) -> bool:
    """Whether holds and own pauses are still those with which this part of the register was read; they have no version."""
    addresses = {seat.address.normal for seat in register.seats if seat.address}
    return register.held == holds.held_among(connection, addresses) and register.own_pauses == holds.own_days(
        connection, persons
    )


def register_of(connection: Connection, persons: Collection[str]) -> Register:
    """What decides about these people: their seats, their memberships with the payments, and who shares those.

    Others are included only where seats are limited, since only there can they take a seat from these people. The
    register is locked until this transaction ends.
    """
    version, chosen = register_version(connection), {"values": packed(persons)}
    of_people, beside, contracts, paid = _register_of(connection.dialect.name)
    seated = [seat_of(row) for query in (of_people, beside) for row in connection.execute(query, chosen).all()]
    return Register(
        memberships=_memberships(connection, contracts, chosen),
        seats=tuple(seated),
        payments=tuple(map(payment_of, connection.execute(paid, chosen).all())),
        version=version,
        held=holds.held_among(connection, {seat.address.normal for seat in seated if seat.address}),
        own_pauses=holds.own_days(connection, persons),
    )


@cache
def _register_of(dialect: str) -> tuple[Select[Any], Select[Any], Select[Any], Select[Any]]:
    """The queries of `register_of`, for the people in the parameter `values`: their seats, those beside them, memberships
    and payments. Kept, and with one parameter: five hundred took as long as reading their rows.
    """
    theirs = seats.c.person.in_(listed(dialect, str))
    joined = select(seats.c.membership).where(theirs)
    limited = seats.c.kind.in_([kind.value for kind in MembershipKind if kind.seats is not None])
    return (
        select(*SEAT).where(theirs),
        select(*SEAT).where(seats.c.membership.in_(joined), limited, ~theirs),
        select(*MEMBERSHIP).where(memberships.c.id.in_(joined)),
        select(*PAYMENT).where(payments.c.membership.in_(joined)).order_by(payments.c.id),
    )


def membership_register(connection: Connection, membership: str) -> Register:
    """The part of the register that is about one membership: its people and its payments."""
    own = connection.execute(
        select(*SEAT).where(seats.c.membership == membership).order_by(seats.c.number, seats.c.person)
    )
    paid = connection.execute(select(*PAYMENT).where(payments.c.membership == membership).order_by(payments.c.id))
    return Register(
        memberships=_memberships(connection, select(*MEMBERSHIP).where(memberships.c.id == membership)),
        seats=tuple(map(seat_of, own)),
        payments=tuple(map(payment_of, paid)),
    )


def lock_register(connection: Connection) -> None:
    """Lock the register for changing it, before it is loaded; other transactions that read or change it wait."""
    # The first to lock it creates the one row; two may be the first at once.
    first = insert_into(connection, register_state).values(id=1, version=0)
    connection.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    connection.execute(select(register_state.c.version).with_for_update())


def raise_version(connection: Connection) -> None:
    """Count a change that decides who receives, so that copies that wait are judged again; the register is locked."""
    connection.execute(update(register_state).values(version=register_state.c.version + 1))


def seated_at(connection: Connection, address: str) -> list[Seat]:
    """The seats that have this address (normal form), by person."""
    return seated_at_each(connection, [address]).get(address, [])


def seated_at_each(connection: Connection, addresses: Collection[str]) -> dict[str, list[Seat]]:
    """The seats that have these addresses (normal forms), by address; each by person."""
    seated: dict[str, list[Seat]] = {}
    query = select(seats.c.mailbox, *SEAT).where(_is_listed(connection, seats.c.mailbox)).order_by(seats.c.person)
    for mailbox, *row in connection.execute(query, {"values": packed(addresses)}):
        seated.setdefault(mailbox, []).append(seat_of(row))
    return seated


def is_seated(connection: Connection, person: str) -> bool:
    """Whether the register has a person with exactly this id."""
    return connection.execute(select(seats.c.person).where(seats.c.person == person).limit(1)).first() is not None


def known_ids(connection: Connection) -> KnownIds:
    """The ids of all memberships and people."""
    persons = connection.execute(select(seats.c.person).distinct()).scalars()
    return KnownIds(memberships=set(connection.execute(select(memberships.c.id)).scalars()), people=set(persons))


def known_people(
    connection: Connection, persons: Collection[str] | None = None, *, parts: Sequence[str] = ()
) -> list[KnownPerson]:
    """These people of the register, or all, with names, addresses, memberships and organisations, in the order of ids.

    With `parts`, only those who have all of them in the search words of a seat.
    """
    columns = (seats.c.person, seats.c.names, seats.c.address, seats.c.membership, memberships.c.organisation)
    query = select(*columns).join(memberships, memberships.c.id == seats.c.membership)
    chosen = {} if persons is None else {"values": packed(persons)}
    if chosen:
        query = query.where(_is_listed(connection, seats.c.person))
    if parts:
        has_all = and_(*(seats.c.searched.contains(part, autoescape=True) for part in parts))
        query = query.where(seats.c.person.in_(select(seats.c.person).where(has_all)))
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(query.order_by(by_code_point(connection, seats.c.membership)), chosen):
        rows.setdefault(row.person, []).append(row)
    return [_known_person(person, rows[person]) for person in sorted(rows)]


def _known_person(person: str, rows: Sequence[Any]) -> KnownPerson:
    addresses = (text for row in rows if row.address for text in Address.from_wire(row.address).spellings)
    return KnownPerson(
        person=person,
        names=tuple(dict.fromkeys(name for row in rows for name in row.names.values() if name)),
        addresses=tuple(dict.fromkeys(addresses)),
        memberships=tuple(sorted({row.membership for row in rows})),
        organisations=tuple(sorted({row.organisation for row in rows if row.organisation})),
    )


def membership_names(connection: Connection) -> dict[str, str]:
    """Every membership with its organisation's name, else those of its people."""
    people: dict[str, list[str]] = {}
    for row in connection.execute(select(seats.c.membership, seats.c.names).order_by(seats.c.person)):
        people.setdefault(row.membership, []).extend(list(row.names.values())[:1])
    query = select(memberships.c.id, memberships.c.organisation).order_by(memberships.c.id)
    return {row.id: row.organisation or ", ".join(people.get(row.id, [])) for row in connection.execute(query)}


def names_of(connection: Connection, persons: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of these people on the first of their memberships, by language, without people the register lacks."""
    query = select(seats.c.person, seats.c.names).where(_is_listed(connection, seats.c.person))
    query = query.order_by(by_code_point(connection, seats.c.membership).desc())  # the first comes last, and stays
    return {person: dict(names) for person, names in connection.execute(query, {"values": packed(persons)})}


def apply(connection: Connection, difference: Difference) -> None:
    """Apply the difference to the register, and raise its version by one if that changes anything.

    The caller has locked the register, and made the difference from what it loaded afterwards.
    """
    if difference.changes_nothing:
        return
    # Seats that change are deleted and inserted again. So two people can swap, and a successor can come in the same
    # import, without two people on one seat in between; and no seat prevents a change of its membership's kind.
    leaving = [
        {"m": change.before.membership, "p": change.before.person} for change in difference.seats if change.before
    ]
    if leaving:
        connection.execute(
            delete(seats).where(seats.c.membership == bindparam("m"), seats.c.person == bindparam("p")), leaving
        )
    changed = [membership_row(change.after) for change in difference.memberships if change.before]
    if changed:
        connection.execute(
            update(memberships).where(memberships.c.id == bindparam("key")),
            [{"key": row["id"], **row} for row in changed],
        )
    _insert(
        connection,
        memberships,
        [membership_row(change.after) for change in difference.memberships if not change.before],
    )
    coming = [change.after for change in difference.seats]
    contracts = _contracts(connection, {seat.membership for seat in coming})
    _insert(connection, seats, [seat_row(seat, contracts[seat.membership]) for seat in coming])
    _rename(connection, [change.after for change in difference.memberships if change.renames])
    _insert(connection, payments, [payment_row(payment) for payment in difference.payments])
    raise_version(connection)


def change_seats(connection: Connection, changed: Sequence[Seat]) -> None:
    """Write these seats, which are in the register, anew, and raise its version; the caller has locked the register."""
    contracts = _contracts(connection, {seat.membership for seat in changed})
    for seat in changed:
        own = (seats.c.membership == seat.membership) & (seats.c.person == seat.person)
        connection.execute(update(seats).where(own).values(seat_row(seat, contracts[seat.membership])))
    raise_version(connection)


def seats_of(connection: Connection, person: str) -> list[Seat]:
    """A person's seats, by membership."""
    query = select(*SEAT).where(seats.c.person == person)
    query = query.order_by(by_code_point(connection, seats.c.membership))
    return list(map(seat_of, connection.execute(query)))


def _contracts(connection: Connection, ids: Collection[str]) -> dict[str, Membership]:
    query = select(*MEMBERSHIP).where(_is_listed(connection, memberships.c.id))
    return _memberships(connection, query, {"values": packed(ids)})


def _is_listed(connection: Connection, column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the column has one of the parameter `values`, which may be any number."""
    return column.in_(listed(connection.dialect.name, str))


def _memberships(
    connection: Connection, query: Select[Any], parameters: Mapping[str, object] | None = None
) -> dict[str, Membership]:
    rows = connection.execute(query, parameters)
    return {membership.id: membership for membership in map(membership_of, rows.all())}


def _rename(connection: Connection, renamed: Sequence[Membership]) -> None:
    """Let people be found by the new names of their organisations."""
    contracts = {membership.id: membership for membership in renamed}
    query = select(*SEAT).where(_is_listed(connection, seats.c.membership))
    renamed_seats = map(seat_of, connection.execute(query, {"values": packed(contracts)}))
    words = [
        {"m": seat.membership, "p": seat.person, "words": search_words(seat, contracts[seat.membership])}
        for seat in renamed_seats
    ]
    if words:
        own = (seats.c.membership == bindparam("m")) & (seats.c.person == bindparam("p"))
        connection.execute(update(seats).where(own).values(searched=bindparam("words")), words)


def _insert(connection: Connection, table: Any, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
