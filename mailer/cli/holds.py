"""Commands about the addresses that nothing is written to for now: list, set and lift them."""

from shlex import quote
from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import addresses as addresses_of
from mailer.cli.arguments import one_address
from mailer.cli.plan_changes import note_plan_changes


def list_(
    every: Annotated[bool, typer.Option("--all", help="those that were lifted, too")] = False,
) -> None:
    """List the addresses that nothing is written to for now: whose they are, why, and what to do.

    Example: mailer hold list
    """
    from mailer.pipeline.bounces.holds import listing
    from mailer.views.holds import hold_document, hold_lines

    holds = listing(console.open_context(), lifted=every)
    lines = [line for hold, seats in holds for line in hold_lines(hold, seats)]
    console.say([hold_document(hold, seats) for hold, seats in holds], *(lines or ["no address is held"]))


def lift(
    addresses: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS…", help="as `mailer hold list` shows them, or whose they are", callback=addresses_of
        ),
    ],
    why: Annotated[
        str, typer.Option("--why", metavar="WORDS", help="the reason, kept in the history for good: without names")
    ] = "",
) -> None:
    """Write to an address again, because it has proved right. This sends nothing by itself.

    Example: mailer hold lift anna@members.example
    """
    from mailer.pipeline.bounces.holds import lift

    context, was_held = console.open_context(), dict[str, bool]()
    try:
        for address in addresses:
            was_held[address] = lift(context, address, why)
    finally:  # those before one that is refused are lifted all the same
        if was_held:
            console.say(
                [{"address": address, "was_held": held} for address, held in was_held.items()],
                *(
                    f"{address} {'is not held any more' if held else 'was not held; what failed there counts no more'}; "
                    "`mailer unsent ISSUE` shows what is owed"
                    for address, held in was_held.items()
                ),
            )
            note_plan_changes(context)


def set_(
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="a member's, as the register has it, or whose", callback=one_address),
    ],
    why: Annotated[str, typer.Option("--why", metavar="WORDS", help="the reason, for who looks at it later")],
) -> None:
    """Write nothing to an address until the hold is lifted; the membership stays.

    Example: mailer hold set anna@members.example --why "she left the embassy"
    """
    from mailer.pipeline.bounces.holds import hold_by_hand

    context = console.open_context()
    seats = hold_by_hand(context, address, why)
    plans = note_plan_changes(context)
    people = [{"person": seat.person, "name": seat.any_name, "membership": seat.membership} for seat in seats]
    owners = ", ".join(seat.label for seat in seats)
    console.say(
        {"address": address, "why": why, "people": people, "plans": plans},
        f"{address} of {owners} is held; `mailer hold lift {quote(address)}` ends it",
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Addresses not written to for now. Example: mailer hold list")
    group.command("list")(list_)
    group.command("set")(set_)
    group.command("lift")(lift)
    app.add_typer(group, name="hold")
