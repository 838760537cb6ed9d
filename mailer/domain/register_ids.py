"""Refuses ids that look like known ones and are others, as 42 and 0042: each would make a second person."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from mailer.domain.circulation import Register
from mailer.domain.lookalikes import alphabet_of, as_latin, said_of
from mailer.domain.register_rows import BadRow, MemberRow, PaymentRow, RegisterTable

_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")

Row = TypeVar("Row", MemberRow, PaymentRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """The ids in one column of a file, compared with those that are known."""

    name: str
    registered: Collection[str]
    ids: Mapping[int, str]  # by row
    may_be_new: bool = True

    def faults(self) -> dict[int, str]:
        """Why rows are bad, by row: a new id that looks like a known one, or new ids that look alike."""
        new = {row: (name, _appearance(name)) for row, name in self.ids.items() if name not in self.registered}
        registered = {_appearance(name): name for name in self.registered} if new else {}
        rows_of: dict[str, dict[str, int]] = defaultdict(dict)
        for row, (name, appearance) in new.items():
            rows_of[appearance].setdefault(name, row)
        faults = dict[int, str]()
        for row, (name, appearance) in new.items():
            twin = registered.get(appearance)
            other = next((other for other in rows_of[appearance] if other != name), None)
            if twin:
                likeness = f"{_likeness(name, twin)}, which is known"
                faults[row] = (
                    f"{likeness}; write {twin}, or another new id" if self.may_be_new else f"{likeness}; write {twin}"
                )
            elif other and self.may_be_new:
                where = rows_of[appearance][other]
                faults[row] = f"{_likeness(name, other)} in row {where}; write both the same, or one clearly otherwise"
        return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIds:
    """The ids of the register, with which new ones are compared."""

    memberships: Collection[str]
    people: Collection[str]

    @classmethod
    def of(cls, register: Register) -> "KnownIds":
        """The ids that are in this register, or this part of it."""
        return cls(memberships=register.memberships, people={seat.person for seat in register.seats})


def following_id(name: str) -> str:
    """The id after this one, as P043 after P042; empty where it does not end in digits."""
    match = re.fullmatch(r"(?P<head>.*?)(?P<number>[0-9]+)", name)
    return f"{match['head']}{int(match['number']) + 1:0{len(match['number'])}}" if match else ""


def members_without_twins(known_ids: KnownIds, table: RegisterTable[MemberRow]) -> RegisterTable[MemberRow]:
    """The table, in which rows are bad that would add a membership or person beside one whose id looks the same."""
    columns = (
        _Column(
            name="membership", registered=known_ids.memberships, ids={row.row: row.membership for row in table.rows}
        ),
        _Column(
            name="person",
            registered=known_ids.people,
            ids={row.row: row.person for row in table.rows},
        ),
    )
    return _without(table, columns)


def payments_without_twins(
    known_ids: KnownIds, members: RegisterTable[MemberRow] | None, table: RegisterTable[PaymentRow]
) -> RegisterTable[PaymentRow]:
    """The table, in which rows are bad whose membership is known with other zeros or letters only."""
    registered = {*known_ids.memberships, *(row.membership for row in (members.rows if members else ()))}
    column = _Column(
        name="membership",
        registered=registered,
        ids={row.row: row.payment.membership for row in table.rows},
        may_be_new=False,
    )
    return _without(table, [column])


def _without(table: RegisterTable[Row], columns: Iterable[_Column]) -> RegisterTable[Row]:
    faults = {(row, column.name): reason for column in columns for row, reason in column.faults().items()}
    if not faults:
        return table
    rows = {row.row: row for row in table.rows}
    # It is in doubt whose row it is, so no person counts as listed because of it.
    bad: tuple[BadRow, ...] = tuple(
        replace(rows[row].bad(column, reason), key=None) for (row, column), reason in faults.items()
    )
    refused = {fault.row for fault in bad}
    return replace(table, rows=tuple(row for row in table.rows if row.row not in refused), bad=(*table.bad, *bad))


def _appearance(name: str) -> str:
    """What an id looks like when zeros, capitals and alphabets are overlooked."""
    return _LEADING_ZEROS.sub("", as_latin(name))


def _likeness(name: str, twin: str) -> str:
    if as_latin(name) != as_latin(twin):
        return f"{name} differs only by leading zeros from {twin}"
    if name.casefold() == twin.casefold():
        return f"{name} differs only by capital letters from {twin}"
    pairs = zip(name, twin, strict=False)
    foreign = [letter for letter, other in pairs if alphabet_of(letter) not in {None, alphabet_of(other)}]
    letters = ", ".join(map(said_of, dict.fromkeys(foreign)))
    return f"{name} ({letters}) looks like {twin}" if letters else f"{name} looks like {twin}"
