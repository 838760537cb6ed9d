"""Which payments an import adds to the ledger: entries are added and never altered; a reversal corrects a mistake."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mailer.domain.membership import Payment
from mailer.domain.register_columns import Cell, cell_text, cells_of
from mailer.domain.register_rows import BadRow, PaymentRow

# More than any club sees in any currency, and well within the 64 bits in which hundredths are stored.
MAX_AMOUNT = Decimal(10) ** 13
_HUNDREDTH = Decimal("0.01")

_CellsOfPayment = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayments:
    """What a payments table adds, in its order; its bad rows; warnings that a person should read."""

    added: tuple[Payment, ...]
    bad: tuple[BadRow, ...]
    warnings: tuple[str, ...]


def new_payments(
    ledger: Iterable[Payment],
    memberships: Collection[str],
    rows: Iterable[PaymentRow],
    refused: Mapping[str, BadRow],
) -> NewPayments:
    """The payments that are not in the ledger yet; `refused` has the first bad row of memberships in the same import.

    A payment is identified by its membership and reference or, without a reference, by the columns that the file has.
    Bad rows: an unknown membership, a period that ends before it begins, more than two decimals, a reference already
    in the ledger with other figures.
    """
    entries = _Entries(ledger)
    added, bad, warnings = list[Payment](), list[BadRow](), list[str]()
    row_of: dict[Payment, int] = {}
    for row in rows:
        if fault := _fault(row, memberships, refused):
            bad.append(fault)
            continue
        entry = entries.matching(row)
        if entry is None:
            added.append(row.payment)
            entries.add(row.payment)
            row_of[row.payment] = row.row
        elif column := _first_difference(row, entry):
            value = cell_text(cells_of(entry)[column]) or "nothing"
            reason = f"{entry.reference} is known on {entry.membership} with {value}; to correct it, enter a reversal"
            bad.append(row.bad(column, reason))
        elif entry in row_of:
            warnings.append(
                f"{row.file}, row {row.row} is the same as row {row_of[entry]} and was imported once; "
                "if there were two payments, give each its own reference."
            )
    return NewPayments(added=tuple(added), bad=tuple(bad), warnings=tuple(warnings))


class _Entries:
    """The entries of the ledger, indexed by reference and by the columns that files have."""

    def __init__(self, ledger: Iterable[Payment]) -> None:
        self.all = list[Payment]()
        self.by_reference: dict[tuple[str, str], Payment] = {}
        self.by_cells: dict[frozenset[str], dict[_CellsOfPayment, Payment]] = {}
        for payment in ledger:
            self.add(payment)

    def add(self, payment: Payment) -> None:
        self.all.append(payment)
        self.by_reference.setdefault((payment.membership, payment.reference), payment)
        for columns, index in self.by_cells.items():
            index.setdefault(_cells(payment, columns), payment)

    def matching(self, row: PaymentRow) -> Payment | None:
        """The first entry that the row stands for; the first row with a set of columns builds their index."""
        if row.payment.reference:
            return self.by_reference.get((row.payment.membership, row.payment.reference))
        if row.columns not in self.by_cells:
            index = self.by_cells[row.columns] = {}
            for payment in self.all:
                index.setdefault(_cells(payment, row.columns), payment)
        return self.by_cells[row.columns].get(_cells(row.payment, row.columns))


def _fault(row: PaymentRow, memberships: Collection[str], refused: Mapping[str, BadRow]) -> BadRow | None:
    payment = row.payment
    if payment.membership not in memberships and (bad := refused.get(payment.membership)):
        return row.bad(
            "membership",
            f"{payment.membership} is not in the register, because {bad.file}, row {bad.row} is bad; correct that",
        )
    if payment.membership not in memberships:
        return row.bad("membership", f"{payment.membership} is not in the register; import its members first")
    if payment.period.first > payment.period.last:
        return row.bad("period_to", f"{payment.period.last} is before {payment.period.first}; correct one of the two")
    if abs(payment.amount) >= MAX_AMOUNT:
        return row.bad("amount", f"{payment.amount} is more than a payment can be; correct the amount")
    if payment.amount != payment.amount.quantize(_HUNDREDTH):
        return row.bad("amount", f"{payment.amount} has more than two decimals; write 50000 or 50000.50")
    return None


def _first_difference(row: PaymentRow, payment: Payment) -> str | None:
    """The first column of the file in which the row differs from the entry in the ledger."""
    if row.payment == payment:
        return None
    cells, others = cells_of(row.payment), cells_of(payment)
    return next((column for column in cells if column in row.columns and cells[column] != others[column]), None)


def _cells(payment: Payment, columns: frozenset[str]) -> _CellsOfPayment:
    return tuple(cell for column, cell in cells_of(payment).items() if column in columns)
