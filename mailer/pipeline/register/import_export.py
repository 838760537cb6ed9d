"""Imports and exports the register; an import is applied completely or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mailer.domain.circulation import Register
from mailer.domain.errors import BadInput, Refused
from mailer.domain.lookalikes import mixed_cells
from mailer.domain.member_doubts import member_doubts, member_remarks
from mailer.domain.membership import Payment
from mailer.domain.payment_doubts import payment_doubts
from mailer.domain.payment_effect import PaymentEffect, payment_effect
from mailer.domain.register_change import difference
from mailer.domain.register_columns import PAYMENT_COLUMNS
from mailer.domain.register_difference import Difference
from mailer.domain.register_ids import KnownIds, members_without_twins, payments_without_twins
from mailer.domain.register_rows import MemberRow, PaymentRow, RegisterTable
from mailer.domain.remedy import Action
from mailer.formats.address import doubts
from mailer.pipeline.context import Context
from mailer.pipeline.register.usage import usage_of
from mailer.store import Connection, members

# How the history counts what an import did.
COUNTED = {
    "memberships_added": "{0} memberships added",
    "memberships_changed": "{0} memberships changed",
    "people_added": "{0} people added",
    "people_changed": "{0} people changed",
    "people_ended": "{0} people ended",
    "people_absent": "{0} people absent",
    "payments_added": "{0} payments added",
    "bad_rows": "{0} bad rows",
}

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
    with context.store.reading() as connection:
        register = members.load_register(connection)
    return compare_with(context, register, members_table, payments_table, end_missing)


def import_register(
    context: Context,
    *,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end_missing: date | None,
    skip_bad: bool,
    shown: Difference | None = None,
) -> Difference:
    """Apply the tables to the register in one transaction; returns what changed, and raises as `import_within`."""
    with context.store.transaction() as connection:
        return import_within(
            connection,
            context,
            members_table=members_table,
            payments_table=payments_table,
            end_missing=end_missing,
            skip_bad=skip_bad,
            shown=shown,
        )


def import_within(
    connection: Connection,
    context: Context,
    *,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end_missing: date | None,
    skip_bad: bool,
    version: int | None = None,
    shown: Difference | None = None,
) -> Difference:
    """Apply the tables to the register, with an entry in the history; returns what changed.

    A bad row in either table stops both, since payments depend on members: raises BadInput. With `skip_bad`, only the
    bad rows are left out. Importing the same tables again changes nothing. Refused when the register has not this
    version any more: another person has changed it since the difference was shown. What was `shown` of the register's
    version of now is applied as it is, so that other writers wait for no comparison.
    """
    members.lock_register(connection)
    change = shown
    if change is None or change.version != members.register_version(connection):
        change = _difference(context, connection, members_table, payments_table, end_missing)
    if version is not None and change.version != version:
        raise Refused("the register has changed since you saw the difference; nothing was applied: look at it again")
    if change.bad and not skip_bad:
        more = f" (and {len(change.bad) - 1} more)" if len(change.bad) > 1 else ""
        raise BadInput(f"{change.bad[0]}{more}; nothing was imported: correct the rows", Action.LEAVE_OUT_BAD_ROWS.of())
    members.apply(connection, change)
    context.record(connection, "import", "register", _summary(change))
    return change


def export_register(context: Context) -> Register:
    """The register, for `formats.register.files` to write; the history records who exported it."""
    with context.store.transaction() as connection:
        register = members.load_register(connection)
        context.record(connection, "export", "register", f"{len(register.seats)} people")
    return register


def preview_payment(context: Context, payment: Payment) -> PaymentEffect:
    """What entering this payment would change, with a warning for what looks wrong; raises Refused as `add_payment` does."""
    with context.store.reading() as connection:
        register = members.membership_register(connection, payment.membership)
        change = _with_doubts(context, register, _payment_change(connection, register, payment))
    effect = payment_effect(register, payment, context.fees, context.clock.now().date())
    return replace(effect, warnings=change.warnings)


def add_payment(context: Context, payment: Payment) -> None:
    """Enter the payment in the ledger, with an entry in the history.

    Raises Refused for a payment that is there already, an unknown membership, a known reference with other figures, or
    an impossible period or amount.
    """
    with context.store.transaction() as connection:
        members.lock_register(connection)
        change = _payment_change(connection, members.membership_register(connection, payment.membership), payment)
        members.apply(connection, change)
        context.record(connection, "payment", payment.membership, "1 payment added")


def _payment_change(connection: Connection, register: Register, payment: Payment) -> Difference:
    columns = frozenset(column.name for column in PAYMENT_COLUMNS)
    row = PaymentRow(file="payment", row=1, payment=payment, columns=columns)
    known_ids = KnownIds.of(register) if register.memberships else members.known_ids(connection)
    change = difference(register, None, payments_without_twins(known_ids, None, RegisterTable(rows=(row,))))
    if change.bad:
        raise Refused(f"The payment was not entered: {change.bad[0].reason}.")
    if change.changes_nothing:
        raise Refused("The same payment is there already; give a second instalment a reference of its own.")
    return change


def _difference(
    context: Context,
    connection: Connection,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end: date | None,
) -> Difference:
    return compare_with(context, members.load_register(connection), members_table, payments_table, end)


def compare_with(
    context: Context,
    register: Register,
    members_table: MembersTable | None,
    payments_table: PaymentsTable | None,
    end: date | None,
    known_ids: KnownIds | None = None,
) -> Difference:
    """What these tables would change in this register, with bad rows, warnings and remarks.

    Of a part of the register, `known_ids` has the ids of the whole.
    """
    known_ids = known_ids or KnownIds.of(register)
    if members_table is not None:
        members_table = members_without_twins(known_ids, members_table)
    if payments_table is not None:
        payments_table = payments_without_twins(known_ids, members_table, payments_table)
    change = difference(register, members_table, payments_table, end_missing=end)
    return _with_doubts(context, register, change)


def _with_doubts(context: Context, register: Register, change: Difference) -> Difference:
    """The difference with a warning for each thing in it that looks like a slip, and remarks on what may surprise."""
    usage = usage_of(context)
    warnings = (
        *change.warnings,
        *_doubts(change),
        *member_doubts(change, usage),
        *payment_doubts(register, change, usage),
    )
    return replace(change, warnings=warnings, remarks=(*change.remarks, *member_remarks(change, usage)))


def _doubts(change: Difference) -> Iterator[str]:
    """A warning for each new or changed address, name or organisation that looks mistyped."""
    for membership in change.memberships:
        for doubt in mixed_cells(membership.before, membership.after):
            yield f"{membership.after.id}, {doubt}"
    for seat in change.seats:
        address, before = seat.after.address, seat.before.address if seat.before else None
        problems = doubts(address) if address and address != before else ()
        for doubt in (*mixed_cells(seat.before, seat.after), *problems):
            yield f"{seat.after.label}: {doubt}"


def _summary(change: Difference) -> str:
    return ", ".join(COUNTED[name].format(count) for name, count in change.counts.items() if count) or "nothing changed"
