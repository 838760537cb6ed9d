"""Proves a mailing: makes every copy once before the first is sent, and names those that cannot be made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mailer.domain.errors import CannotRender
from mailer.domain.mailing import Mailing
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.pipeline.issues.size import refuse_too_large
from mailer.store import Connection, mailings
from mailer.store.copies.waiting import PendingCopy, copy_numbers, waiting

# How many copies that cannot be made are named in one message.
NAMED = 20
# How many copies another process makes between two words to the one that waits for it: a moment's work.
TOLD_EVERY = 1_000
# Reads the next pending copies with numbers above the first number, up to the second.
_Read = Callable[[int, int], list[PendingCopy]]


def prove(context: Context, mailing: Mailing) -> int:
    """Make every pending copy of a mailing once and discard it; returns how many there are.

    Copies are read a chunk at a time, in short transactions, and made outside of them. What another process has not
    proved is made here. Raises CannotRender naming the copies that cannot be made, and Refused when no relay takes a copy
    of their size.
    """
    with context.store.reading() as connection:
        bench = workbench(connection, context, mailing)
        refuse_too_large(connection, context, mailing.issue, bench.largest)
        numbers = copy_numbers(connection, mailing)
    proof, read = _Proof(bench=bench), _reader(context, mailing)
    with context.proof_parts(context, mailing, numbers) as parts:
        for part in parts:
            copies = part.proved()
            if copies is None:
                proof.make_each(_pending(read, part.numbers))
            else:
                proof.copies += copies
    return proof.concluded()


def prove_part(context: Context, identity: int, numbers: range, tell: Callable[[int], None]) -> int:
    """Make the pending copies of a mailing with these numbers, for another process; returns how many they are.

    `tell` is called with how many are made so far, so that the process which waits for this one sees that it works. Raises
    CannotRender at the first that cannot be made: that process names all of them.
    """
    with context.store.reading() as connection:
        mailing = mailings.mailing(connection, identity)
        bench = workbench(connection, context, mailing)
    copies = 0
    for pending in _pending(_reader(context, mailing), numbers):
        _make(bench, pending)
        copies += 1
        if copies % TOLD_EVERY == 0:
            tell(copies)
    return copies


def prove_within(connection: Connection, context: Context, mailing: Mailing) -> int:
    """The same as `prove` in one transaction, for a mailing of few copies that is written and begun in it."""
    bench = workbench(connection, context, mailing)
    refuse_too_large(connection, context, mailing.issue, bench.largest)
    proof = _Proof(bench=bench)
    numbers = copy_numbers(connection, mailing)
    proof.make_each(_pending(lambda after, up_to: waiting(connection, mailing, after=after, up_to=up_to), numbers))
    return proof.concluded()


@dataclass(slots=True, kw_only=True)
class _Proof:
    """How many copies there are, how many of them cannot be made, and why the first of these cannot."""

    bench: Workbench
    copies: int = 0
    failed: int = 0
    errors: list[CannotRender] = field(default_factory=list)

    def make_each(self, copies: Iterator[PendingCopy]) -> None:
        """Make these copies, too."""
        for pending in copies:
            self.copies += 1
            try:
                _make(self.bench, pending)
            except CannotRender as error:
                self.failed += 1
                if self.failed <= NAMED:
                    self.errors.append(error)

    def concluded(self) -> int:
        """How many copies there are. Raises CannotRender naming those that cannot be made."""
        if self.failed:
            named, unnamed = list(map(str, self.errors)), [error.unnamed for error in self.errors]
            remedies = {remedy for error in self.errors for remedy in error.remedies}
            raise CannotRender(
                "\n".join(shortened(named, self.failed)),
                *(remedies if len(remedies) == 1 else [Action.LIST_PEOPLE.of()]),
                unnamed="\n".join(shortened(unnamed, self.failed)),
            )
        return self.copies


def _reader(context: Context, mailing: Mailing) -> _Read:
    def read(after: int, up_to: int) -> list[PendingCopy]:
        with context.store.reading() as connection:
            return waiting(connection, mailing, after=after, up_to=up_to)

    return read


def _pending(read: _Read, numbers: range) -> Iterator[PendingCopy]:
    after, up_to = numbers.start - 1, numbers.stop - 1
    while copies := read(after, up_to):
        yield from copies
        after = copies[-1].copy.copy_number


def _make(bench: Workbench, pending: PendingCopy) -> None:
    bench.make(pending.copy, pending.message_id, delivery=pending.id, sign=False)


def shortened(lines: list[str], number: int) -> list[str]:
    """The lines, and one more that counts those left out when there are `number` in all."""
    return [*lines, f"… and {number - len(lines)} more"] if number > len(lines) else lines
