"""Payments of a membership: record one after seeing what it comes to, reverse one, and be offered the issues missed."""

from collections.abc import Mapping
from datetime import date

from mailer.domain.access import Right
from mailer.domain.errors import NotFound, Refused
from mailer.domain.membership import Payment, Period
from mailer.domain.payment_effect import reversal_of
from mailer.domain.register_columns import cell_text, cells_of
from mailer.domain.register_entry import RowsRefused
from mailer.domain.remedy import Action
from mailer.formats.dates_and_money import amount
from mailer.formats.register.cells import parse_date_or_none
from mailer.formats.register.files import parse_payment
from mailer.pipeline.mailings.missed import missed_issues
from mailer.pipeline.register.browse import standings_on
from mailer.pipeline.register.import_export import add_payment, preview_payment
from mailer.pipeline.register.people import payments_of
from mailer.web.answers import Answer, go, show
from mailer.web.console.memberships import membership_of, page_of
from mailer.web.dates import day
from mailer.web.register_form import PAYMENT_FIELDS, RegisterForm, fields_of, plan_lines, show_form
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def _form(visit: Visit, values: Mapping[str, str]) -> RegisterForm:
    identity = membership_of(visit)
    account = payments_of(visit.context, identity)
    return RegisterForm(
        title=visit.text("Record a payment for {membership} {owner}", membership=identity, owner=account.owner),
        lede=visit.text("Nothing is recorded before you have seen what it comes to."),
        button=visit.text("Continue"),
        back=page_of(identity),
        names=PAYMENT_FIELDS,
        values=values,
    )


def payment_form(visit: Visit) -> Answer:
    """Show the form for a payment, filled in for the next fee."""
    standings_on(visit.context, membership_of(visit))
    return show_form(visit, _form(visit, _usual(visit)))


def _usual(visit: Visit) -> dict[str, str]:
    """The period and the currency of this year's season, and today."""
    today = visit.context.clock.now().date()
    season = visit.context.fees.season(today.year)
    values = {"paid_on": today.isoformat()}
    if season is None or not season.options:
        return values
    account = payments_of(visit.context, membership_of(visit))
    option = season.options[0]
    return values | {
        "period_from": option.period.first.isoformat(),
        "period_to": option.period.last.isoformat(),
        "amount": cell_text(option.fee(account.membership.kind)),
        "currency": season.currency,
    }


def reverse_form(visit: Visit) -> Answer:
    """Show the form filled in with the reversal of a payment."""
    account = payments_of(visit.context, membership_of(visit))
    number = int(visit.params["number"])
    if not 1 <= number <= len(account.payments):
        raise NotFound(f"{account.membership.id} has no payment {number}", Action.LIST_PEOPLE.of())
    reversal = reversal_of(account.payments[number - 1], number, visit.context.clock.now().date())
    values = {name: cell_text(cell) for name, cell in cells_of(reversal).items()}
    return show_form(visit, _form(visit, values))


def record(visit: Visit) -> Answer:
    """Show what the payment comes to; once that was seen, enter it and offer the issues missed."""
    typed = {name: visit.form[name] for name in PAYMENT_FIELDS}
    form = _form(visit, typed)
    try:
        payment = parse_payment({**typed, "membership": membership_of(visit)})
        effect = preview_payment(visit.context, payment)
        if visit.form["seen"] != "yes":
            return show(
                "register/payment.html",
                form=form,
                fields=fields_of(visit, PAYMENT_FIELDS, typed, {}),
                effect=effect,
                warnings=[visit.texts.sentence(warning) for warning in effect.warnings],
            )
        add_payment(visit.context, payment)
    except RowsRefused as refused:
        errors = {fault.column: visit.texts.sentence(fault.reason) for fault in refused.bad}
        problem = visit.text("Nothing was entered: correct what is marked.")
        return show_form(visit, form, status=422, errors=errors, problem=problem)
    except Refused as refused:
        return show_form(visit, form, status=409, problem=visit.sentence(refused))
    until = day(effect.paid_until_after, visit.language) or "—"
    figure = f"{amount(payment.amount, visit.language)} {payment.currency}, {payment.reference}".removesuffix(", ")
    done = visit.text("The payment is recorded: {figure}. Paid until: {until}", figure=figure, until=until)
    notice = "\n".join([done, *plan_lines(visit)])
    return go(f"{page_of(payment.membership)}/missed?{_query(payment)}", notice)


def _query(payment: Payment) -> str:
    return f"from={payment.period.first}&until={payment.period.last}"


def missed(visit: Visit) -> Answer:
    """Show the issues of a period that the membership's people are owed now."""
    identity = membership_of(visit)
    people = standings_on(visit.context, identity)
    first, last = (parse_date_or_none(visit.query[name]) for name in ("from", "until"))
    period = Period(first=first or date.min, last=last or date.max)
    issues = missed_issues(visit.context, {each.seat.person for each in people}, period)
    return show(
        "register/missed.html",
        membership=identity,
        issues=issues,
        first=first,
        last=last,
        may_send=visit.may(Right.SEND),
    )


_PAYMENTS = "/register/memberships/{membership:path}/payments"
ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{_PAYMENTS}/add", payment_form, Right.EDIT_REGISTER),
    Deed(f"{_PAYMENTS}/add", record, Right.EDIT_REGISTER),
    Page(f"{_PAYMENTS}/{{number:int}}/reverse", reverse_form, Right.EDIT_REGISTER),
    Deed(f"{_PAYMENTS}/{{number:int}}/reverse", record, Right.EDIT_REGISTER),
    Page("/register/memberships/{membership:path}/missed", missed, Right.SEE_REGISTER),
)
