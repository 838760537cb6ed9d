"""Import and export of the register: the difference first, then all of it or nothing."""

from dataclasses import replace
from datetime import date, datetime

from mailer.domain.circulation import Register
from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import Payment
from mailer.domain.register_change import Difference, SeatChange, difference
from mailer.domain.register_columns import PAYMENT_COLUMNS
from mailer.domain.register_rows import MemberRow, PaymentRow, RegisterTable
from mailer.formats.address import doubts
from mailer.store import Connection, Store, history, members

MembersTable = RegisterTable[MemberRow]
PaymentsTable = RegisterTable[PaymentRow]


def compare(
    store: Store, *, members_table: MembersTable | None, payments_table: PaymentsTable | None, end_missing: date | None
) -> Difference:
    """What importing these tables would change; nothing is changed.

    `end_missing` is the day on which people absent from the members table end; None leaves them. The warnings name
    addresses that look mistyped, rows that say the same twice, and why nobody was ended.
    """
    with store.transaction() as connection:
        return _difference(connection, members_table, payments_table, end_missing)


def import_register(
    store: Store,
    *,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end_missing: date | None,
    skip_bad: bool,
    who: str,
    now: datetime,
) -> Difference:
    """The register is as the tables say, in one transaction, with a line in the history; returns what changed.

    With bad rows in either table nothing of both is applied, since payments lean on members: raises BadInput. With
    `skip_bad` the bad rows alone are left out. The same tables again change nothing.
    """
    with store.transaction() as connection:
        members.lock_register(connection)
        found = _difference(connection, members_table, payments_table, end_missing)
        if found.bad and not skip_bad:
            more = f" (and {len(found.bad) - 1} more)" if len(found.bad) > 1 else ""
            raise BadInput(
                f"{found.bad[0]}{more}. Nothing was imported; mend the rows, or leave them out with --skip-bad."
            )
        members.apply(connection, found)
        _record(connection, who, now, "import", "register", _counted(found))
    return found


def export_register(store: Store, *, who: str, now: datetime) -> Register:
    """The register, for `formats.register` to write; the history says who took it out."""
    with store.transaction() as connection:
        register = members.load_register(connection)
        _record(connection, who, now, "export", "register", f"{len(register.seats)} people")
    return register


def add_payment(store: Store, payment: Payment, *, who: str, now: datetime) -> None:
    """The payment is in the ledger, with a line in the history.

    Raises Refused for a payment that is there already, an unknown membership, a known reference with other figures, or an impossible period or amount.
    """
    columns = frozenset(column.name for column in PAYMENT_COLUMNS)
    row = PaymentRow(file="payment", row=1, payment=payment, columns=columns)
    with store.transaction() as connection:
        members.lock_register(connection)
        found = difference(members.load_register(connection), None, RegisterTable(rows=(row,)))
        if found.bad:
            raise Refused(f"The payment was not entered: {found.bad[0].reason}.")
        if found.changes_nothing:
            raise Refused("The same payment is there already; a second instalment needs a --reference of its own.")
        members.apply(connection, found)
        _record(connection, who, now, "payment", payment.membership, "1 payment added")


def _difference(
    connection: Connection, members_table: MembersTable | None, payments_table: PaymentsTable | None, end: date | None
) -> Difference:
    found = difference(members.load_register(connection), members_table, payments_table, end_missing=end)
    doubtful = (warning for change in found.seats for warning in _doubts(change))
    return replace(found, warnings=(*found.warnings, *doubtful))


def _doubts(change: SeatChange) -> list[str]:
    address = change.after.address
    if address is None or (change.before and change.before.address == address):
        return []
    return [f"{change.after.membership}, {change.after.person}: {doubt}" for doubt in doubts(address)]


def _counted(found: Difference) -> str:
    said = [f"{count} {what.replace('_', ' ')}" for what, count in found.counts.items() if count]
    return ", ".join(said) or "nothing changed"


def _record(connection: Connection, who: str, now: datetime, verb: str, subject: str, detail: str) -> None:
    history.record(connection, at=now, who=who, verb=verb, subject=subject, detail=detail)
