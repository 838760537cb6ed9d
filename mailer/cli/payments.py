"""Commands about payments: add and list."""

from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Membership
from mailer.cli.plan_changes import note_plan_changes


def add(
    membership: Membership,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="first day paid for")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="last day paid for")],
    amount: Annotated[str, typer.Option("--amount", metavar="N", help="negative for money paid back")],
    currency: Annotated[str, typer.Option("--currency", metavar="RUB")] = "RUB",
    paid_on: Annotated[str, typer.Option("--paid-on", metavar="DATE")] = "",
    in_full: Annotated[bool, typer.Option("--in-full", help="this pays the whole period, whatever the fee")] = False,
    reference: Annotated[str, typer.Option("--reference", metavar="R")] = "",
) -> None:
    """Enter a payment, after showing whose it is and until when it pays.

    Example: mailer payment add M001 --from 2018-01-01 --to 2018-12-31 --amount 50000
    """
    from mailer.formats.register.files import parse_payment
    from mailer.pipeline.register import import_export
    from mailer.views.payments import effect_document, effect_lines, entered_line

    payment = parse_payment(
        {
            "membership": membership,
            "period_from": first,
            "period_to": last,
            "amount": amount,
            "currency": currency,
            "paid_on": paid_on,
            "in_full": "yes" if in_full else "",
            "reference": reference,
        }
    )
    context = console.open_context()
    effect = import_export.preview_payment(context, payment)
    console.warn(effect.warnings)
    console.confirm("\n".join([*effect_lines(effect), "Enter this payment?"]))
    import_export.add_payment(context, payment)
    plans = note_plan_changes(context)
    console.say(effect_document(effect) | {"plans": plans}, entered_line(effect))


def list_(membership: Membership) -> None:
    """List what was paid for a membership, and until when it is paid.

    Example: mailer payment list M001
    """
    from mailer.pipeline.register.people import payments_of
    from mailer.views.payments import COLUMNS, payment_document, payment_row, payments_line

    account = payments_of(console.open_context(), membership)
    console.show(
        [payment_document(payment, account.owner) for payment in account.payments],
        COLUMNS,
        [payment_row(payment) for payment in account.payments],
        payments_line(account),
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Payments. Example: mailer payment list M001")
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="payment")
