"""Writes a plan in chunks to a draft that nothing else sees; one small commit then makes it the plan of its issue."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from mailer.domain.circulation import Judged, Register
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import inputs_hash
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.entitle import judge_register, judged_by
from mailer.pipeline.mailings.freeze import Draft, Freezing, row_of
from mailer.pipeline.mailings.steps import cancelled
from mailer.store import Connection, mailings, members, people_in_order, plans
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries

# So many people are named by one query; only those of a chunk are read whole.
_NAMED = 20 * CHUNK


class Moved(Exception):
    """What a plan is made from has changed while it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that a plan is made from: with another basis it would be another plan.

    `mailings` are the issue's, each with its state and approval; `rules` hold the register's version.
    """

    content_hash: str
    inputs_hash: str
    rules: str
    mailings: tuple[tuple[int, MailingState, str | None], ...]


def basis_of(connection: Connection, context: Context, name: IssueName) -> Basis:
    """The basis as it is now; in a writing transaction the register is locked until its end."""
    revision = find_revision(connection, name)
    return Basis(
        content_hash=revision.content_hash,
        inputs_hash=inputs_hash(context, context.newsletter(name.newsletter)),
        rules=judged_by(connection, context, revision),
        mailings=tuple(
            (mailing.id, mailing.state, mailing.approved_hash)
            for mailing in mailings.mailings_of(connection, name.newsletter, name.serial)
        ),
    )


def write_draft(context: Context, draft: Draft, basis: Basis, *, chunk: int = CHUNK) -> Freezing:
    """Write everybody, `chunk` people in a transaction, to a draft. Raises Moved, and leaves no draft, when the basis moves.

    People are read and judged between the transactions, so that other writers come in between; each transaction asks
    whether that still holds. A hold that is set later finds the copy in the draft.
    """
    with context.store.transaction() as connection:
        identity = plans.add_draft(connection, row_of(context, draft))
        mailings.add_editions(connection, identity, draft.editions)
    freezing = Freezing(context, draft, basis.rules, mailing=identity, first_mailing=identity)
    try:
        with closing(_parts(context, draft, chunk)) as parts:
            for part in parts:
                _write_part(context, draft, basis, freezing, part)
    except BaseException:
        give_up(context, identity)
        raise
    return freezing


def _people(context: Context, chunk: int) -> Iterator[frozenset[str]]:
    """Every person of the register once, in the order of code points, so many at a time."""
    last = ""
    while True:
        with context.store.reading() as connection:
            people = people_in_order.people_after(connection, last, max(chunk, _NAMED))
        if not people:
            return
        for begin in range(0, len(people), chunk):
            yield frozenset(people[begin : begin + chunk])
        last = people[-1]


class _Part(NamedTuple):
    """Some people: their decisions, and the part of the register by which they were made."""

    people: list[Judged]
    register: Register


def _parts(context: Context, draft: Draft, chunk: int) -> Generator[_Part]:
    """Everybody, so many people at a time. A server reads the next part while this one is written; SQLite takes turns."""

    def read(persons: frozenset[str]) -> _Part:
        with context.store.reading() as connection:
            return _part(connection, context, draft, persons)

    if not context.store.is_served:
        yield from map(read, _people(context, chunk))
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="register") as reader:
        coming = deque[Future[_Part]]()
        for persons in _people(context, chunk):
            coming.append(reader.submit(read, persons))
            if len(coming) > 1:
                yield coming.popleft().result()
        for part in coming:
            yield part.result()


def _part(connection: Connection, context: Context, draft: Draft, persons: frozenset[str]) -> _Part:
    register = members.register_of(connection, persons)
    return _Part(list(judge_register(context, draft.revision, register, persons).values()), register)


def _write_part(context: Context, draft: Draft, basis: Basis, freezing: Freezing, part: _Part) -> None:
    persons = frozenset(judged.person for judged in part.people)
    copies = freezing.copies_for(part.people)
    with context.store.transaction() as connection:
        if judged_by(connection, context, draft.revision) != basis.rules:
            raise Moved
        if not members.holds_as(connection, part.register, persons):
            part = _part(connection, context, draft, persons)
            copies = freezing.copies_for(part.people)
        if not plans.goes_on(connection, freezing.frozen.mailing, context.clock.now()):
            raise Moved  # another plan of the issue was ready first
        freezing.write(connection, part.people, copies)
    freezing.count(part.people, copies)


def publish(
    connection: Connection, context: Context, name: IssueName, basis: Basis, freezing: Freezing
) -> list[Mailing]:
    """Make the draft the plan of its issue within the transaction given; returns the mailings that it has replaced.

    Raises Moved when the basis is another by now, Refused when a copy of the old plan may have left, or is in hand.
    """
    mailings.lock(connection, name.newsletter, name.serial)
    if basis_of(connection, context, name) != basis:
        raise Moved
    old = mailings.mailings_of(connection, name.newsletter, name.serial)
    refuse_if_begun(old)
    refuse_in_hand(connection, name, old)
    for mailing in old:
        plans.discard(connection, mailing.id)
    values = {**freezing.hashes(), "planned_at": context.clock.now()}
    if old and old[0].stopped_at is not None:  # another plan does not make it leave by itself
        values["stopped_at"] = old[0].stopped_at
    if not plans.publish(connection, freezing.frozen.mailing, name.newsletter, name.serial, values):
        raise Moved
    return old


def refuse_if_begun(every: list[Mailing]) -> None:
    """Refused when a message of the issue may have left, or it was cancelled. Until then a plan may be replaced."""
    for mailing in every:
        if mailing.state is MailingState.CANCELLED:
            raise cancelled(mailing)
        if mailing.has_begun:
            raise Refused(f"{mailing.issue} is already {mailing.state}", Action.LIST_UNSENT.of(mailing.issue))


def refuse_in_hand(connection: Connection, name: IssueName, every: list[Mailing]) -> None:
    """Refused while a sender has a copy of a plan in hand.

    It must not find a copy of the new one under its id; and a copy that a dead sender held may have left, which the next
    sender reads in its journal.
    """
    if any(deliveries.in_hand(connection, mailing.id) for mailing in every):
        raise Refused(
            f"a copy of {name} is being sent, or was when its sender ended: the next one finds out whether it left",
            Action.SEND_HERE.of(name),
        )


def give_up(context: Context, draft: int) -> None:
    """Discard a draft that has not become a plan."""
    with context.store.transaction() as connection:
        plans.discard_draft(connection, draft)
