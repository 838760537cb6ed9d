"""Which copies may need a person: those that are uncertain or held, or failed without a later copy in their place."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, false, or_, select, union_all

from mailer.domain.delivery import State
from mailer.domain.matter import Matter
from mailer.domain.open_items import may_need_a_person, replaces
from mailer.store.schema import deliveries, is_asking, is_failed, is_pending, is_sending, mailings, reports


def is_replaced() -> ColumnElement[bool]:
    """Whether a later copy stands in the place of a copy."""
    later = deliveries.alias("later")
    same = [later.c[name] == deliveries.c[name] for name in ("first_mailing", "person", "language")]
    standing = later.c.state.not_in([state for state in State if not replaces(state)])
    return select(later.c.id).where(*same, later.c.id > deliveries.c.id, standing).exists()


def may_be_open() -> ColumnElement[bool]:
    """Whether a copy can need a person, by its state, its report and the copies after it."""
    always = [state for state in State if may_need_a_person(state, done=True)]
    unless_done = [state for state in State if may_need_a_person(state, done=False) and state not in always]
    is_settled = _has_report(settled=True) & ~_has_report(settled=False)
    return or_(deliveries.c.state.in_(always), deliveries.c.state.in_(unless_done) & ~is_replaced() & ~is_settled)


def candidates(connection: Connection, mailings: Sequence[int], most: int | None = None) -> dict[int, bool]:
    """The copies of these mailings that can need a person: whether a report about it waits to be settled, by id.

    At most so many, those without a report first.
    """
    reported = _has_report(settled=False).label("reported")
    # Each part is found by an index of its own.
    parts = (
        select(deliveries.c.id, reported).where(part, deliveries.c.mailing.in_(mailings), may_be_open())
        for part in (is_asking, is_failed)
    )
    every = union_all(*parts).subquery()
    query = select(every).order_by(every.c.reported, every.c.id).limit(most)
    return {row.id: bool(row.reported) for row in connection.execute(query)}


def unaccepted(connection: Connection, mailings: Sequence[int]) -> dict[int, bool]:
    """The copies of these mailings that no relay has accepted, or that came back, without the cancelled, by copy number.

    Whether one failed and a later copy stands in its place, by id.
    """
    columns = deliveries.c.id, deliveries.c.copy_number
    # Each part is found by an index of its own.
    parts = (
        select(*columns, replaced.label("replaced")).where(
            part, deliveries.c.mailing.in_(mailings), deliveries.c.state != State.CANCELLED
        )
        for part, replaced in (
            (is_pending, false()),
            (is_sending, false()),
            (is_asking, false()),
            (is_failed, is_replaced()),
        )
    )
    every = union_all(*parts).subquery()
    rows = connection.execute(select(every).order_by(every.c.copy_number))
    return {row.id: bool(row.replaced) for row in rows}


def uncertain(connection: Connection) -> dict[int, str]:
    """The copies that wait for a person to settle them, the oldest first: the issue's name by delivery."""
    query = select(deliveries.c.id, mailings.c.newsletter, mailings.c.serial).join(
        mailings, deliveries.c.mailing == mailings.c.id
    )
    query = query.where(is_asking, deliveries.c.state == State.UNCERTAIN).order_by(deliveries.c.id)
    return {row.id: f"{row.newsletter}/{row.serial}" for row in connection.execute(query)}


def held(connection: Connection, mailings: Collection[int]) -> list[int]:
    """The copies of these mailings that are held."""
    query = select(deliveries.c.id).where(
        is_asking, deliveries.c.state == State.HELD, deliveries.c.mailing.in_(mailings)
    )
    return list(connection.execute(query.order_by(deliveries.c.id)).scalars())


def _has_report(*, settled: bool) -> ColumnElement[bool]:
    """Whether a report that a copy came back has been settled, or waits for it."""
    about = [reports.c.delivery == deliveries.c.id, reports.c.matter == Matter.BOUNCED]
    return select(reports.c.id).where(*about, reports.c.settled_at.is_not(None) == settled).exists()
