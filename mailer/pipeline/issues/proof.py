"""Proves a mailing: makes every copy once before the first is sent, and names those that cannot be made."""

from collections.abc import Callable

from mailer.domain.errors import CannotRender
from mailer.domain.mailing import Mailing
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.pipeline.issues.size import refuse_too_large
from mailer.store import Connection
from mailer.store.copies.waiting import PendingCopy, waiting

# How many copies that cannot be made are named in one message.
NAMED = 20


def prove(context: Context, mailing: Mailing) -> int:
    """Make every pending copy of a mailing once and discard it; returns how many there are.

    Copies are read a chunk at a time, in short transactions, and made outside of them. Raises CannotRender naming the
    copies that cannot be made, and Refused when no relay takes a copy of their size.
    """

    def read(after: int) -> list[PendingCopy]:
        with context.store.reading() as connection:
            return waiting(connection, mailing, after=after)

    with context.store.reading() as connection:
        bench = workbench(connection, context, mailing)
        refuse_too_large(connection, context, mailing.issue, bench.largest)
    return _make_each(bench, read)


def prove_within(connection: Connection, context: Context, mailing: Mailing) -> int:
    """The same in one transaction, for a mailing of few copies that is written and begun in it."""
    bench = workbench(connection, context, mailing)
    refuse_too_large(connection, context, mailing.issue, bench.largest)
    return _make_each(bench, lambda after: waiting(connection, mailing, after=after))


def _make_each(bench: Workbench, read: Callable[[int], list[PendingCopy]]) -> int:
    proved, failed, errors, after = 0, 0, list[CannotRender](), 0
    while copies := read(after):
        after = copies[-1].copy.copy_number
        proved += len(copies)
        for pending in copies:
            try:
                bench.make(pending.copy, pending.message_id, delivery=pending.id, sign=False)
            except CannotRender as error:
                failed += 1
                if failed <= NAMED:
                    errors.append(error)
    if failed:
        named, unnamed = list(map(str, errors)), [error.unnamed for error in errors]
        remedies = {remedy for error in errors for remedy in error.remedies}
        raise CannotRender(
            "\n".join(shortened(named, failed)),
            *(remedies if len(remedies) == 1 else [Action.LIST_PEOPLE.of()]),
            unnamed="\n".join(shortened(unnamed, failed)),
        )
    return proved


def shortened(lines: list[str], number: int) -> list[str]:
    """The lines, and one more that counts those left out when there are `number` in all."""
    return [*lines, f"… and {number - len(lines)} more"] if number > len(lines) else lines
