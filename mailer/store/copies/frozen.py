"""Writes what a plan freezes: a decision about each person, and a delivery for each copy."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

from sqlalchemy import Connection, func, select, text

from mailer.domain.circulation import Copy, Judged
from mailer.domain.delivery import State
from mailer.domain.families import family_of
from mailer.store.inserts import insert_rows
from mailer.store.schema import deliveries, exclusions, recipients

# In the order of the tables.
_EXCLUSION = ("mailing", "person", "reason", "rule", "evidence")
_RECIPIENT = ("mailing", "person", "membership", "reason", "rule", "evidence", "address", "editions", "paid_until")
_COPY = (
    *("id", "mailing", "first_mailing", "person", "language", "variant", "copy_number", "address", "family", "name"),
    *("salutation", "paid_until", "message_id", "judged_by", "state", "epoch"),
)


def add_decisions(connection: Connection, mailing: int, people: Iterable[Judged]) -> None:
    """Write every Recipient and every Exclusion of a mailing."""
    received: list[tuple[str | int | None, ...]] = []
    excluded: list[tuple[str | int | None, ...]] = []
    for judged in people:
        answer = judged.entitlement
        why = (answer.reason.value, answer.rule, _as_json(answer.evidence))
        if not answer.receives:
            excluded.append((mailing, judged.person, *why))
            continue
        address = judged.candidate.seat.address
        assert address is not None, "rule 3 excludes people without an address"
        until = str(answer.paid_until) if answer.paid_until is not None else None
        membership, editions = judged.candidate.membership.id, _as_json(answer.editions)
        received.append((mailing, judged.person, membership, *why, address.wire, editions, until))
    insert_rows(connection, recipients, _RECIPIENT, received)
    insert_rows(connection, exclusions, _EXCLUSION, excluded)


def add_copies(
    connection: Connection,
    mailing: int,
    first_mailing: int,
    copies: Sequence[Copy],
    *,
    message_id: Callable[[int], str],
    judged_by: str,
) -> Collection[int]:
    """Write each copy's delivery as `pending`; returns their ids in the same order. `message_id` is that of an id."""
    ids = _next_ids(connection, len(copies))
    rows = [
        (
            identity,
            mailing,
            first_mailing,
            copy.person,
            copy.language,
            copy.variant.name,
            copy.copy_number,
            copy.address.wire,
            family_of(copy.address.domain),
            copy.name,
            copy.salutation,
            str(copy.paid_until) if copy.paid_until is not None else None,
            message_id(identity),
            judged_by,
            State.PENDING.value,
            0,
        )
        for identity, copy in zip(ids, copies, strict=True)
    ]
    insert_rows(connection, deliveries, _COPY, rows)
    return ids


def _next_ids(connection: Connection, number: int) -> Collection[int]:
    """So many ids that no delivery has had, or will have: a Message-ID needs its own before the row is written."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(deliveries.name, "id")
        each = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
        return connection.execute(each).scalars().all()
    parameters = {"table": deliveries.name, "number": number}
    raised = connection.execute(text("UPDATE sqlite_sequence SET seq = seq + :number WHERE name = :table"), parameters)
    if not raised.rowcount:  # the first copies at all
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)"), parameters)
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    last: int = connection.execute(query, parameters).scalar_one()
    return range(last - number + 1, last + 1)


@lru_cache(maxsize=4096)
def _as_json(words: tuple[str, ...]) -> str:
    """A list as the column keeps it; thousands of people have the same evidence."""
    return json.dumps(list(words))
