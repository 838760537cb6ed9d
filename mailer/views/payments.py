"""Shows payments: what entering one comes to, and the list of a membership's."""

from mailer.domain.entitlement import PaidPeriod
from mailer.domain.membership import Payment, figure
from mailer.domain.names import label
from mailer.domain.payment_effect import PaidMembership, PaymentEffect
from mailer.domain.register_columns import cell_text, cells_of

Document = dict[str, object]


def effect_document(effect: PaymentEffect) -> Document:
    """An entered payment with what it comes to, for programs."""
    payment = effect.payment
    return {
        "membership": payment.membership,
        "name": effect.owner,
        "kind": effect.membership.kind.value,
        "organisation": effect.membership.organisation,
        "people": [{"person": seat.person, "name": seat.any_name} for seat in effect.seats],
        "from": payment.period.first,
        "to": payment.period.last,
        "amount": cell_text(payment.amount),
        "currency": payment.currency,
        "paid_on": payment.paid_on,
        "in_full": payment.in_full,
        "reference": payment.reference,
        "period_paid": effect.period.full,
        "paid_until": effect.paid_until_after,
        "paid_until_before": effect.paid_until_before,
        "warnings": list(effect.warnings),
    }


def effect_lines(effect: PaymentEffect) -> list[str]:
    """What entering the payment comes to, for people, before they are asked."""
    payment, membership = effect.payment, effect.membership
    facts = [
        *([f"paid on {payment.paid_on}"] if payment.paid_on else []),
        *(["in full"] if payment.in_full else []),
    ]
    before = f" (now: {effect.paid_until_before or 'not paid'})"
    return [
        f"{label(membership.id, membership.organisation)}, {membership.kind}: "
        + (", ".join(seat.label for seat in effect.seats) or "no person"),
        "  " + ", ".join([f"{payment.figure} for {payment.period}", *facts]),
        f"  {_period_line(effect)}",
        f"  paid until {effect.paid_until_after or 'no day'}{before}"
        if effect.paid_until_after != effect.paid_until_before
        else f"  paid until {effect.paid_until_after}, as now"
        if effect.paid_until_after
        else "  the present time stays unpaid",
    ]


def entered_line(effect: PaymentEffect) -> str:
    """That the payment was entered, and for whom."""
    whose = label(effect.membership.id, effect.owner)
    until = f"; paid until {effect.paid_until_after}" if effect.paid_until_after else ""
    return f"{effect.payment.figure} entered for {whose}, {effect.payment.period}{until}"


def _period_line(effect: PaymentEffect) -> str:
    if not effect.membership.kind.pays:
        return f"a {effect.membership.kind} membership needs no payment"
    fees = (
        f"the fee is {' or '.join(figure(*fee) for fee in effect.fees)}"
        if effect.fees
        else "it is not in the fee schedule"
    )
    return f"the period then has {_sums(effect.period)}: {'paid in full' if effect.period.full else 'not paid in full'} ({fees})"


def _sums(paid: PaidPeriod) -> str:
    return " + ".join(figure(total, currency) for currency, total in paid.sums)


COLUMNS = ("from", "to", "amount", "currency", "paid on", "in full", "reference")


def payment_document(payment: Payment, name: str) -> Document:
    """One payment of the list, for programs; empty cells are left out, as in `person show`."""
    cells = {column: cell_text(cell) for column, cell in cells_of(payment).items() if cell not in {None, ""}}
    return {"membership": payment.membership, "name": name, **cells}


def payments_line(account: PaidMembership) -> str:
    """Whose membership it is, and until when it is paid."""
    whose = f"{label(account.membership.id, account.owner)}, {account.membership.kind}"
    if not account.membership.kind.pays:
        return f"{whose}: needs no payment"
    until = f"paid until {account.paid_until}" if account.paid_until else "no period is paid in full by now"
    return f"{whose}: {until}" if account.payments else f"{whose}: nothing was paid"


def payment_row(payment: Payment) -> list[object]:
    """The same as a row of a table with these columns, under the line that says whose it is."""
    return [cell_text(cell) for column, cell in cells_of(payment).items() if column != "membership"]
