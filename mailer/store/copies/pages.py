"""The copies of an issue a page at a time, by copy number, as a person filters them."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, false, func, or_, select

from mailer.domain.delivery import Delivery, State
from mailer.domain.register_search import first_words
from mailer.domain.search import CopySearch, forms_of
from mailer.store.columns import CHUNK
from mailer.store.copies.deliveries import deliveries_with
from mailer.store.copies.rows import of_issue
from mailer.store.schema import deliveries, is_asking


def page(
    connection: Connection, newsletter: str, serial: int, search: CopySearch, *, after: int, limit: int
) -> list[Delivery]:
    """The next copies that fit, with numbers above `after`, over all mailings of the issue.

    Ids first: the attempts are read of these copies alone.
    """
    query = select(deliveries.c.id).where(of_issue(newsletter, serial), _fits(search), deliveries.c.copy_number > after)
    chosen = list(connection.execute(query.order_by(deliveries.c.copy_number).limit(limit)).scalars())
    copies = deliveries_with(connection, chosen)
    return [copies[identity] for identity in chosen]


def every(connection: Connection, newsletter: str, serial: int, search: CopySearch) -> Iterator[Delivery]:
    """All copies that fit, by copy number, read in chunks."""
    after = 0
    while chunk := page(connection, newsletter, serial, search, after=after, limit=CHUNK):
        yield from chunk
        after = chunk[-1].copy_number


def count(connection: Connection, newsletter: str, serial: int, search: CopySearch) -> int:
    """How many copies fit."""
    query = select(func.count()).select_from(deliveries).where(of_issue(newsletter, serial), _fits(search))
    return connection.execute(query).scalar_one()


def _fits(search: CopySearch) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [_has_word(word) for word in first_words(search.words.split())]
    if search.state is not None:
        conditions.append(deliveries.c.state == search.state)
        if search.state in {State.HELD, State.UNCERTAIN}:
            conditions.append(is_asking)  # the index of the few that wait for a person
    if search.language:
        conditions.append(deliveries.c.language == search.language)
    return and_(*conditions) if conditions else ~false()


def _has_word(word: str) -> ColumnElement[bool]:
    columns = (deliveries.c.name, deliveries.c.person, deliveries.c.address)
    return or_(
        *(column.contains(form, autoescape=True) for form in sorted(forms_of(word)) for column in columns),
        cast(deliveries.c.copy_number, Text) == word,
    )
