"""The ledger of payments: lines are added and never altered; what was wrong is put right by a reversal."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from mailer.domain.membership import Payment
from mailer.domain.register_rows import BadRow, Cell, PaymentRow, cell_text, payment_cells, told

# More than any club will see in any currency, and well within the 64 bits in which hundredths are stored.
LARGEST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChange:
    """What a payments table adds, in its order; which of its rows are wrong; which ones a person should look at."""

    added: tuple[Payment, ...]
    bad: tuple[BadRow, ...]
    warnings: tuple[str, ...]


def added_payments(ledger: Iterable[Payment], memberships: Collection[str], rows: Iterable[PaymentRow]) -> LedgerChange:
    """The payments that are not in the ledger yet.

    A payment is known by its membership and reference, without a reference by all its columns. A column that the file
    does not have is not compared. Bad: an unknown membership, dates the wrong way round, fractions of a hundredth,
    a known reference with other figures.
    """
    lines = _Lines(ledger)
    added, bad, warnings = list[Payment](), list[BadRow](), list[str]()
    taken: dict[Payment, int] = {}
    for row in rows:
        if fault := _fault(row, memberships):
            bad.append(fault)
            continue
        known = lines.known_by(row)
        if known is None:
            added.append(row.payment)
            lines.add(row.payment)
            taken[row.payment] = row.row
        elif column := _differing(row, known):
            was = cell_text(payment_cells(known)[column]) or "nothing"
            reason = f"{known.reference} is known on {row.membership} with {was}; to correct it, enter a reversal"
            bad.append(row.bad(column, reason))
        elif known in taken:
            warnings.append(
                f"{row.file}, row {row.row} says the same as row {taken[known]} and was taken once; "
                "if two payments were made, give each a reference of its own."
            )
    return LedgerChange(added=tuple(added), bad=tuple(bad), warnings=tuple(warnings))


class _Lines:
    """The lines of the ledger, the first of each kind, found by their reference or by the columns that a row has."""

    def __init__(self, ledger: Iterable[Payment]) -> None:
        self.all = list[Payment]()
        self.by_reference: dict[tuple[str, str], Payment] = {}
        self.by_columns: dict[frozenset[str], dict[_Columns, Payment]] = {}
        for line in ledger:
            self.add(line)

    def add(self, line: Payment) -> None:
        self.all.append(line)
        self.by_reference.setdefault((line.membership, line.reference), line)
        for absent, index in self.by_columns.items():
            index.setdefault(_columns(line, absent), line)

    def known_by(self, row: PaymentRow) -> Payment | None:
        """The line that the row speaks of; an index is made when the first row with its columns asks."""
        if reference := told(row.reference, ""):
            return self.by_reference.get((row.membership, reference))
        absent = _absent(row)
        if absent not in self.by_columns:
            index = self.by_columns[absent] = {}
            for line in self.all:
                index.setdefault(_columns(line, absent), line)
        return self.by_columns[absent].get(_columns(row.payment, absent))


_Columns = tuple[Cell, ...]


def _fault(row: PaymentRow, memberships: Collection[str]) -> BadRow | None:
    if row.membership not in memberships:
        return row.bad("membership", f"{row.membership} is not in the register; import its members first")
    if row.period.first > row.period.last:
        return row.bad("period_to", f"{row.period.last} is before {row.period.first}; mend one of the two dates")
    if abs(row.amount) >= LARGEST:
        return row.bad("amount", f"{row.amount} is more than anybody pays; write the amount anew")
    if row.amount != row.amount.quantize(Decimal("0.01")):
        return row.bad("amount", f"{row.amount} has more than two decimals; write 50000 or 50000.50")
    return None


def _differing(row: PaymentRow, line: Payment) -> str | None:
    """The first column in which the row says something else than the line of the ledger."""
    cells, known, absent = payment_cells(row.payment), payment_cells(line), _absent(row)
    return next((column for column in cells if column not in absent and cells[column] != known[column]), None)


def _absent(row: PaymentRow) -> frozenset[str]:
    """The columns that the row's file does not have."""
    given = (("paid_on", row.paid_on), ("in_full", row.in_full), ("reference", row.reference))
    return frozenset(column for column, cell in given if cell is None)


def _columns(payment: Payment, absent: frozenset[str]) -> _Columns:
    return tuple(cell for column, cell in payment_cells(payment).items() if column not in absent)
