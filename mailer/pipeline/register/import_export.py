"""Imports and exports the register; an import is applied completely or not at all."""

from dataclasses import replace
from datetime import date

from mailer.domain.circulation import Register
from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import Payment
from mailer.domain.register_change import Difference, SeatChange, difference
from mailer.domain.register_columns import PAYMENT_COLUMNS
from mailer.domain.register_rows import MemberRow, PaymentRow, RegisterTable
from mailer.formats.address import doubts
from mailer.pipeline.context import Context
from mailer.store import Connection, members

MembersTable = RegisterTable[MemberRow]
PaymentsTable = RegisterTable[PaymentRow]


def compare(
    context: Context,
    *,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end_missing: date | None,
) -> Difference:
    """What importing these tables would change; the register stays as it is.

    `end_missing` is the `ended_on` for people who are not in the members table; None leaves them. The warnings name
    addresses that look mistyped, duplicate rows, and why no person was ended.
    """
    with context.store.transaction() as connection:
        return _difference(connection, members_table, payments_table, end_missing)


def import_register(
    context: Context,
    *,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end_missing: date | None,
    skip_bad: bool,
) -> Difference:
    """Apply the tables to the register in one transaction, with an entry in the history; returns what changed.

    A bad row in either table stops both, since payments depend on members: raises BadInput. With `skip_bad`, only the
    bad rows are left out. Importing the same tables again changes nothing.
    """
    with context.store.transaction() as connection:
        members.lock_register(connection)
        change = _difference(connection, members_table, payments_table, end_missing)
        if change.bad and not skip_bad:
            more = f" (and {len(change.bad) - 1} more)" if len(change.bad) > 1 else ""
            raise BadInput(
                f"{change.bad[0]}{more}. Nothing was imported; correct the rows, or leave them out with --skip-bad."
            )
        members.apply(connection, change)
        context.record(connection, "import", "register", _summary(change))
    return change


def export_register(context: Context) -> Register:
    """The register, for `formats.register.files` to write; the history records who exported it."""
    with context.store.transaction() as connection:
        register = members.load_register(connection)
        context.record(connection, "export", "register", f"{len(register.seats)} people")
    return register


def add_payment(context: Context, payment: Payment) -> None:
    """Enter the payment in the ledger, with an entry in the history.

    Raises Refused for a payment that is there already, an unknown membership, a known reference with other figures, or
    an impossible period or amount.
    """
    columns = frozenset(column.name for column in PAYMENT_COLUMNS)
    row = PaymentRow(file="payment", row=1, payment=payment, columns=columns)
    with context.store.transaction() as connection:
        members.lock_register(connection)
        change = difference(members.load_register(connection), None, RegisterTable(rows=(row,)))
        if change.bad:
            raise Refused(f"The payment was not entered: {change.bad[0].reason}.")
        if change.changes_nothing:
            raise Refused("The same payment is there already; a second instalment needs a --reference of its own.")
        members.apply(connection, change)
        context.record(connection, "payment", payment.membership, "1 payment added")


def _difference(
    connection: Connection, members_table: MembersTable | None, payments_table: PaymentsTable | None, end: date | None
) -> Difference:
    change = difference(members.load_register(connection), members_table, payments_table, end_missing=end)
    doubts_of_addresses = (warning for seat in change.seats for warning in _doubts(seat))
    return replace(change, warnings=(*change.warnings, *doubts_of_addresses))


def _doubts(change: SeatChange) -> list[str]:
    address = change.after.address
    if address is None or (change.before and change.before.address == address):
        return []
    return [f"{change.after.membership}, {change.after.person}: {doubt}" for doubt in doubts(address)]


def _summary(change: Difference) -> str:
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in change.counts.items() if count]
    return ", ".join(counts) or "nothing changed"
