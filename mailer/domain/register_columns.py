"""The columns of the register's two tables, members and payments: the one place where a column is added.

A new column takes a line here and a field in `domain/membership.py`; import, export, comparison and `person show`
follow. To keep it, the database needs a column: `store/schema/register.py` with a migration, and `store/members.py`.
A new type of cell needs a parser in `formats/register/cells.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from mailer.domain.address import Address
from mailer.domain.membership import Membership, MembershipKind, Payment, Seat


class CellType(StrEnum):
    """What the cells of a column hold."""

    ID = "id"  # text that must not be empty
    TEXT = "text"
    KIND = "kind"
    SEAT = "seat"
    ADDRESS = "address"
    LANGUAGES = "languages"
    DATE = "date"
    OPTIONAL_DATE = "optional date"
    AMOUNT = "amount"
    CURRENCY = "currency"
    YES_NO = "yes or no"


# A cell as read from a file, and a cell as written to one; None is an empty cell.
CellValue = str | int | date | Decimal | MembershipKind | Address | tuple[str, ...] | None
Cell = str | int | date | Decimal | None

Record = TypeVar("Record", Membership, Seat, Payment)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, the field it is kept in, and what its cells hold.

    A dot in `field` leads into a Pause or Period. A file must have the `required` columns. A `per_language` column
    stands in files once for each language, as name_en and name_ru; its field maps languages to texts.
    """

    name: str
    record: type[Membership | Seat | Payment]
    field: str
    type: CellType
    required: bool = False
    per_language: bool = False

    def language(self, name: str) -> str | None:
        """The language in the name of a column in a file, as `en` in name_en; None if the name is not this column's."""
        if not self.per_language or not name.startswith(f"{self.name}_"):
            return None
        language = name.removeprefix(f"{self.name}_")
        return language if len(language) == 2 and language.isascii() and language.isalpha() else None


# In the order in which files have them.
MEMBER_COLUMNS = (
    Column("membership", Membership, "id", CellType.ID, required=True),
    Column("kind", Membership, "kind", CellType.KIND, required=True),
    Column("organisation", Membership, "organisation", CellType.TEXT),
    Column("circulation", Membership, "circle", CellType.TEXT),
    Column("person", Seat, "person", CellType.ID, required=True),
    Column("seat", Seat, "number", CellType.SEAT),
    Column("name", Seat, "names", CellType.TEXT, per_language=True),
    Column("salutation", Seat, "salutations", CellType.TEXT, per_language=True),
    Column("email", Seat, "address", CellType.ADDRESS),
    Column("languages", Seat, "languages", CellType.LANGUAGES),
    Column("free_until", Membership, "free_until", CellType.OPTIONAL_DATE),
    Column("ended_on", Seat, "ended_on", CellType.OPTIONAL_DATE),
    Column("pause_from", Seat, "pause.first", CellType.OPTIONAL_DATE),
    Column("pause_until", Seat, "pause.last", CellType.OPTIONAL_DATE),
    Column("phone", Seat, "phone", CellType.TEXT),
)
PAYMENT_COLUMNS = (
    Column("membership", Payment, "membership", CellType.ID, required=True),
    Column("period_from", Payment, "period.first", CellType.DATE, required=True),
    Column("period_to", Payment, "period.last", CellType.DATE, required=True),
    Column("amount", Payment, "amount", CellType.AMOUNT, required=True),
    Column("currency", Payment, "currency", CellType.CURRENCY, required=True),
    Column("paid_on", Payment, "paid_on", CellType.OPTIONAL_DATE),
    Column("in_full", Payment, "in_full", CellType.YES_NO),
    Column("reference", Payment, "reference", CellType.TEXT),
)

_FIELDS = {
    record: tuple(
        (column, attrgetter(column.field)) for column in (*MEMBER_COLUMNS, *PAYMENT_COLUMNS) if column.record is record
    )
    for record in (Membership, Seat, Payment)
}


def cells_of(record: Membership | Seat | Payment) -> dict[str, Cell]:
    """The record's cells by column. A language without a text has no cell."""
    cells: dict[str, Cell] = {}
    for column, read in _FIELDS[type(record)]:
        value = read(record)
        if column.per_language:
            for language, text in sorted(value.items()):
                cells[f"{column.name}_{language}"] = text
        else:
            write = _WRITTEN.get(type(value))
            cells[column.name] = write(value) if write else value
    return cells


# How values are written that are no cells themselves.
_WRITTEN: Mapping[type, Callable[[Any], Cell]] = {
    bool: lambda yes: "yes" if yes else None,
    MembershipKind: lambda kind: kind.value,
    Address: lambda address: address.wire,
    tuple: "+".join,
}


def cell_text(cell: Cell) -> str:
    """The cell as files and people read it: dates as 2018-12-31, amounts as 50000 or 50000.50."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".removesuffix(".00")
    return str(cell)


def with_cells(record: Record, cells: Mapping[str, CellValue]) -> Record:
    """The record with these cells, by column; columns that are absent, or belong to another record, change nothing.

    An empty text removes its language.
    """
    places = _places(type(record).__name__, tuple(cells))
    changes: dict[str, Any] = {field: cells[name] for name, field in places.whole}
    for field, languages in places.languages.items():
        merged = {**getattr(record, field), **{language: cells[name] for name, language in languages}}
        changes[field] = {language: text for language, text in merged.items() if text}
    for field, parts in places.parts.items():
        changes[field] = replace(getattr(record, field), **{part: cells[name] for name, part in parts})
    return replace(record, **changes) if changes else record


@dataclass(frozen=True, slots=True, kw_only=True)
class _CellPlaces:
    """Where cells belong in a record: in whole fields, and by field in its languages and in the parts of a Pause or Period."""

    whole: tuple[tuple[str, str], ...]
    languages: Mapping[str, list[tuple[str, str]]]
    parts: Mapping[str, list[tuple[str, str]]]


@lru_cache(maxsize=100)  # the tables that are read meanwhile
def _places(record: str, names: tuple[str, ...]) -> _CellPlaces:
    whole = list[tuple[str, str]]()
    languages, parts = dict[str, list[tuple[str, str]]](), dict[str, list[tuple[str, str]]]()
    for column in (column for column in (*MEMBER_COLUMNS, *PAYMENT_COLUMNS) if column.record.__name__ == record):
        field, _, part = column.field.partition(".")
        if column.per_language:
            languages[field] = [(name, language) for name in names if (language := column.language(name))]
        elif column.name in names and part:
            parts.setdefault(field, []).append((column.name, part))
        elif column.name in names:
            whole.append((column.name, field))
    return _CellPlaces(whole=tuple(whole), languages=languages, parts=parts)
