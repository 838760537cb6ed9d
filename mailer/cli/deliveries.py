"""Commands about single copies: list, show, settle, release."""

from pathlib import Path
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
    from mailer.pipeline.mailings.deliveries import corrections_of_issue, each_delivery
    from mailer.views.copies import COLUMNS, copy_document, copy_row
    from mailer.views.lazy_list import LazyList

    if state is not None and state not in set(State):
        raise typer.BadParameter(f"{state!r} is none of {', '.join(State)}", param_hint="--state")
    context, name = console.open_context(), console.parse_issue(issue)
    copies = LazyList(each_delivery(context, name, State(state) if state else None))
    if console.invocation.as_json:
        console.say(LazyList(map(copy_document, copies)))
        return
    corrections = corrections_of_issue(context, name)
    rows = (
        copy_row(copy, corrections.failures.get(copy.id), owed=bool(corrections.owed_among([copy]))) for copy in copies
    )
    none = f"no copy of {issue} {f'is {state}' if state else 'is planned'}"
    console.show(None, COLUMNS, rows, *([] if copies else [none]))


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
    chosen: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="as `mailer delivery list` shows them, or ISSUE with --all-uncertain"),
    ],
    as_: Annotated[
        str | None, typer.Option("--as", metavar="accepted|resend", help="it arrived, or it goes out once more")
    ] = None,
    all_uncertain: Annotated[bool, typer.Option("--all-uncertain", help="every uncertain copy of this issue")] = False,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", metavar="FILE", help="the relay's log: copies that it accepted count as accepted"),
    ] = None,
) -> None:
    """Record what became of uncertain copies.

    Example: mailer delivery settle 17 --as accepted
    """
    if as_ not in {"accepted", "resend", None}:
        raise typer.BadParameter("it must be accepted or resend", param_hint="--as")
    if as_ is None and not log:
        raise typer.BadParameter("say what became of them, or give the relay's --log", param_hint="--as")
    if all_uncertain and len(chosen) != 1:
        raise typer.BadParameter("name one issue", param_hint="--all-uncertain")
    if not all_uncertain and not all(word.isascii() and word.isdecimal() for word in chosen):
        raise typer.BadParameter("name copies by number, or an issue with --all-uncertain", param_hint="ID")
    if not all_uncertain and len(chosen) == 1 and not log:
        _settle_alone(int(chosen[0]), accepted=as_ == "accepted")
    else:
        _settle_together(chosen, as_, log, all_uncertain=all_uncertain)


def _settle_alone(identity: int, *, accepted: bool) -> None:
    from mailer.pipeline.mailings.deliveries import delivery_history
    from mailer.pipeline.mailings.settle import settle_delivery
    from mailer.views.copies import settled_sentence

    context = console.open_context()
    delivery = delivery_history(context, identity).delivery
    if not accepted:
        console.confirm(f"Delivery {identity} may have arrived; {delivery.label} may get it twice.")
    name, state = settle_delivery(context, identity, accepted=accepted)
    document = {"id": identity, "settled": "accepted" if accepted else "resend", "state": state}
    console.say(document, settled_sentence(name, delivery, state))


def _settle_together(chosen: list[str], as_: str | None, log: list[Path] | None, *, all_uncertain: bool) -> None:
    from mailer.app.relay_log import read_logs
    from mailer.domain.settlement import SettleAs
    from mailer.pipeline.mailings.settle import review_settlement, settle_together
    from mailer.views.settlement import settlement_document, settlement_lines, settlement_question

    context = console.open_context()
    copies = console.parse_issue(chosen[0]) if all_uncertain else [int(word) for word in chosen]
    decided = SettleAs(as_) if as_ is not None else None
    logs = read_logs(log, context.clock.now()) if log else None
    console.confirm(settlement_question(review_settlement(context, copies, decided, logs)))
    settlement = settle_together(context, copies, decided, logs)
    console.say(settlement_document(settlement), *settlement_lines(settlement))


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
