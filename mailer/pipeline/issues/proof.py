"""Makes every copy of a mailing once before the first is sent, and throws them away: what cannot be made is named."""

from collections.abc import Callable

from mailer.domain.errors import CannotRender
from mailer.domain.mailing import Mailing
from mailer.pipeline.context import Context
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.store import Connection
from mailer.store.copies.waiting import PendingCopy, waiting

# How many of the copies that cannot be made are named in one message.
NAMED = 20


def prove(context: Context, mailing: Mailing) -> int:
    """Make every pending copy of a mailing once and throw it away; returns how many there are.

    They are read a chunk at a time, each in a transaction of its own, and made outside of any. Raises CannotRender
    naming those that cannot be made.
    """

    def read(after: int) -> list[PendingCopy]:
        with context.store.reading() as connection:
            return waiting(connection, mailing, after=after)

    with context.store.reading() as connection:
        bench = workbench(connection, context, mailing)
    return _make_each(bench, read)


def prove_within(connection: Connection, context: Context, mailing: Mailing) -> int:
    """The same in the transaction given: for the few copies of a mailing that is written and begun in one."""
    bench = workbench(connection, context, mailing)
    return _make_each(bench, lambda after: waiting(connection, mailing, after=after))


def _make_each(bench: Workbench, read: Callable[[int], list[PendingCopy]]) -> int:
    made, failed, named, after = 0, 0, list[str](), 0
    while copies := read(after):
        after = copies[-1].copy.copy_number
        made += len(copies)
        for pending in copies:
            try:
                bench.make(pending.copy, pending.message_id, delivery=pending.id, sign=False)
            except CannotRender as error:
                failed += 1
                if failed <= NAMED:
                    named.append(str(error))
    if failed:
        raise CannotRender("\n".join(shortened(named, failed)))
    return made


def shortened(named: list[str], number: int) -> list[str]:
    """The lines that are told of so many, the last one with how many are not."""
    return [*named, f"… and {number - len(named)} more"] if number > len(named) else named
