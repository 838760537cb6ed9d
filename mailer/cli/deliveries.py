"""Commands about single copies: list, show, settle, release."""

from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Issue

Identity = Annotated[int, typer.Argument(metavar="ID", help="as `mailer delivery list` shows it")]


def list_(
    issue: Issue,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="only copies in this state")] = None,
) -> None:
    """List every copy of an issue.

    Example: mailer delivery list russia-confidential/253 --state uncertain
    """
    from mailer.domain.delivery import State
    from mailer.pipeline.mailings.deliveries import failures_of_issue, list_deliveries
    from mailer.views.copies import COLUMNS, copy_document, copy_row

    if state is not None and state not in set(State):
        raise typer.BadParameter(f"{state!r} is none of {', '.join(State)}", param_hint="--state")
    context, name = console.open_context(), console.parse_issue(issue)
    copies = list_deliveries(context, name, State(state) if state else None)
    failures = failures_of_issue(context, name)
    console.show(
        list(map(copy_document, copies)),
        COLUMNS,
        [copy_row(copy, failures.get(copy.id)) for copy in copies],
        *([] if copies else [f"no copy of {issue} {f'is {state}' if state else 'is planned'}"]),
    )


def show(identity: Identity) -> None:
    """Show one copy with all that happened to it: attempts, reports, decisions.

    Example: mailer delivery show 17
    """
    from mailer.pipeline.mailings.deliveries import delivery_history
    from mailer.views.delivery_history import (
        COLUMNS,
        delivery_history_document,
        delivery_history_lines,
        delivery_history_rows,
    )

    history = delivery_history(console.open_context(), identity)
    console.show(
        delivery_history_document(history),
        COLUMNS,
        delivery_history_rows(history),
        *delivery_history_lines(history),
    )


def settle(
    identity: Identity,
    as_: Annotated[str, typer.Option("--as", metavar="accepted|resend", help="it arrived, or it goes out once more")],
) -> None:
    """Record what became of an uncertain copy.

    Example: mailer delivery settle 17 --as accepted
    """
    from mailer.pipeline.mailings.deliveries import delivery_history
    from mailer.pipeline.mailings.settle import settle_delivery
    from mailer.views.copies import settled_sentence

    if as_ not in {"accepted", "resend"}:
        raise typer.BadParameter("it must be accepted or resend", param_hint="--as")
    context = console.open_context()
    delivery = delivery_history(context, identity).delivery
    if as_ == "resend":
        console.confirm(f"Delivery {identity} may have arrived; {delivery.label} may get it twice.")
    name, state = settle_delivery(context, identity, accepted=as_ == "accepted")
    console.say({"id": identity, "settled": as_, "state": state}, settled_sentence(name, delivery, state))


def release(identity: Identity) -> None:
    """Send a held copy after all.

    Example: mailer delivery release 17
    """
    from mailer.pipeline.mailings.deliveries import delivery_history
    from mailer.pipeline.mailings.settle import release_delivery

    context = console.open_context()
    delivery = delivery_history(context, identity).delivery
    console.confirm(f"Delivery {identity} goes to {delivery.label} after all.")
    address = release_delivery(context, identity)
    console.say({"id": identity, "state": "pending", "address": address}, f"delivery {identity} goes to {address}")


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Copies. Example: mailer delivery list russia-confidential/253")
    for name, command in (("list", list_), ("show", show), ("settle", settle), ("release", release)):
        group.command(name)(command)
    app.add_typer(group, name="delivery")
