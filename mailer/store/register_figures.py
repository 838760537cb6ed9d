"""Counts the people of the register, those without an address, and those whose address not every relay can take."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, LargeBinary, cast, func, select

from mailer.store.schema import seats


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFigures:
    """How many people there are, and for how many of them there is no address, or one beyond ASCII (RFC 6531)."""

    persons: int
    without_address: int
    beyond_ascii: int


def register_figures(connection: Connection) -> RegisterFigures:
    """The people who have not left."""
    address = seats.c.address
    in_octets: ColumnElement[int] = (
        func.length(cast(address, LargeBinary)) if connection.dialect.name == "sqlite" else func.octet_length(address)
    )
    row = connection.execute(
        select(
            func.count(seats.c.person.distinct()),
            func.count(seats.c.person.distinct()).filter(address.is_(None) | (address == "")),
            func.count(seats.c.person.distinct()).filter(in_octets != func.length(address)),
        ).where(seats.c.ended_on.is_(None))
    ).one()
    return RegisterFigures(persons=row[0], without_address=row[1], beyond_ascii=row[2])
