"""Enters what was typed about a person or a membership, by the rules by which a file is imported."""

from collections.abc import Callable, Mapping, Sequence

from mailer.domain.circulation import Register
from mailer.domain.errors import NotFound, Refused
from mailer.domain.membership import Membership, Seat
from mailer.domain.register_columns import MEMBER_COLUMNS
from mailer.domain.register_difference import Difference
from mailer.domain.register_entry import Doubtful, Outdated, RowsRefused, fingerprint
from mailer.domain.register_ids import KnownIds
from mailer.domain.register_rows import BadRow
from mailer.formats.register.files import parse_members
from mailer.pipeline.context import Context
from mailer.pipeline.register.import_export import MembersTable, compare_with
from mailer.store import Connection, members

# Typed cells, named as the columns of the members table.
Cells = Mapping[str, str]
_NO_IDS: Cells = {"membership": "", "person": ""}
_NAME = "name_"  # with a language
_MEMBERSHIP_COLUMNS = frozenset(column.name for column in MEMBER_COLUMNS if column.record is Membership)


def add_person(context: Context, cells: Cells, *, accepted: str = "") -> Difference:
    """Put a person on a membership, which is a new one where the register does not have it.

    Raises RowsRefused, Doubtful, and Outdated for a person who is on the membership already. These verbs enter all or
    nothing, with an entry in the history for each person and membership. `accepted` is the digest of the warnings that
    a person has seen.
    """
    row = {**_NO_IDS, **cells}
    return _enter(context, lambda _: [row], {(row["membership"], row["person"]): fingerprint(None)}, accepted)


def edit_person(
    context: Context, membership: str, person: str, cells: Cells, *, version: str, accepted: str = ""
) -> Difference:
    """Change cells of a person on a membership; raises as `add_person`, and Outdated for another version."""
    row = {**cells, "membership": membership, "person": person}
    return _enter(context, lambda _: [row], {(membership, person): version}, accepted)


def end_seat(
    context: Context, membership: str, person: str, day: str, *, version: str, accepted: str = ""
) -> Difference:
    """End a person's seat on that day; raises as `edit_person`, and RowsRefused for no day."""
    row = {"membership": membership, "person": person, "ended_on": _needed(day)}
    return _enter(context, lambda _: [row], {(membership, person): version}, accepted)


def hand_over(
    context: Context, membership: str, person: str, day: str, successor: Cells, *, version: str, accepted: str = ""
) -> Difference:
    """End a person's seat on that day, and give it to the successor; raises as `end_seat`."""

    def rows(register: Register) -> list[Cells]:
        seat = _seat(register, membership, person)
        number = str(seat.number) if seat and seat.number else ""
        leaving = {"membership": membership, "person": person, "ended_on": _needed(day)}
        return [leaving, {**_NO_IDS, **successor, "membership": membership, "seat": number}]

    coming = (membership, successor.get("person", ""))
    return _enter(context, rows, {(membership, person): version, coming: fingerprint(None)}, accepted)


def edit_membership(context: Context, membership: str, cells: Cells, *, version: str, accepted: str = "") -> Difference:
    """Change cells of a membership; raises as `edit_person`."""
    own = {name: text for name, text in cells.items() if name in _MEMBERSHIP_COLUMNS}

    def rows(register: Register) -> list[Cells]:
        seated = [seat for seat in register.seats if seat.membership == membership]
        if not seated:
            raise Refused(f"{membership} has no people; add a person to it first")
        return [{**own, "membership": membership, "person": seat.person} for seat in seated]

    return _enter(context, rows, {(membership, None): version}, accepted)


def _enter(
    context: Context,
    rows: Callable[[Register], Sequence[Cells]],
    versions: Mapping[tuple[str, str | None], str],
    accepted: str,
) -> Difference:
    """Apply these rows of one membership, if what they are about still has these versions; without a person: itself."""
    with context.store.transaction() as connection:
        members.lock_register(connection)
        register = members.membership_register(connection, next(iter(versions))[0])
        for (membership, person), version in versions.items():
            _refuse_outdated(register, membership, person, version)
        typed = rows(register)
        for row in typed:
            _refuse_nameless(row)
        table = parse_members([_with_kind(register, row) for row in typed])
        change = compare_with(context, register, table, None, None, _known_ids(connection, register, table))
        if change.bad:
            raise RowsRefused(change.bad)
        doubts = Doubtful(change.warnings)
        if change.warnings and doubts.digest != accepted:
            raise doubts
        members.apply(connection, change)
        _record(connection, context, change)
    return change


def _refuse_nameless(row: Cells) -> None:
    """A form that was sent by a slip would else put a person into the register whom no list can name."""
    names = [column for column in row if column.startswith(_NAME)]
    if names and not any(row[column].strip() for column in names):
        raise RowsRefused([BadRow(file="", row=0, column=names[0], reason=_name_fault())])


def _name_fault() -> str:
    return "the name is missing; write it in at least one language"


def _needed(day: str) -> str:
    """The last day of a seat, which an empty cell would leave open."""
    if not day.strip():
        raise RowsRefused([BadRow(file="", row=0, column="ended_on", reason=_day_fault())])
    return day


def _day_fault() -> str:
    return "the day is missing; write the last day of the seat"


def _known_ids(connection: Connection, register: Register, table: MembersTable) -> KnownIds:
    """The ids with which the table's are compared: those of the whole register as soon as one is new here."""
    known_ids = KnownIds.of(register)
    is_new = any(
        row.membership not in known_ids.memberships or row.person not in known_ids.people for row in table.rows
    )
    return members.known_ids(connection) if is_new else known_ids


def _with_kind(register: Register, row: Cells) -> Cells:
    """The row with the kind that the register has, since every row of a table has one."""
    membership = register.memberships.get(row["membership"])
    return row if "kind" in row or membership is None else {**row, "kind": membership.kind.value}


def _seat(register: Register, membership: str, person: str) -> Seat | None:
    seats = (seat for seat in register.seats if (seat.membership, seat.person) == (membership, person))
    return next(seats, None)


def _refuse_outdated(register: Register, membership: str, person: str | None, version: str) -> None:
    now = register.memberships.get(membership) if person is None else _seat(register, membership, person)
    if version == fingerprint(now):
        return
    subject = membership if person is None else f"{person} on {membership}"
    if version == fingerprint(None):
        raise Outdated(f"{person} is on {membership} already", now)
    if now is None:
        raise NotFound(f"{subject} is not in the register any more")
    raise Outdated(
        f"another person has changed {subject} since you opened this form; nothing of yours was entered", now
    )


def _record(connection: Connection, context: Context, change: Difference) -> None:
    """An entry in the history for each membership and person: ids and names of columns, never what they hold."""
    for contract in change.memberships:
        fields = ", ".join(field.field for field in contract.fields)
        context.record(connection, "edit" if contract.before else "add", contract.after.id, fields)
    for seat in change.seats:
        verb = "add" if seat.before is None else "end" if seat.ends else "edit"
        fields = ", ".join(field.field for field in seat.fields)
        detail = f"on {seat.after.membership}" + (f": {fields}" if fields else "")
        context.record(connection, verb, seat.after.person, detail)
