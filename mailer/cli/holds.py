"""Commands about the addresses that nothing is written to for now: list them, lift one."""

from shlex import quote
from typing import Annotated

import typer

from mailer.cli import console
from mailer.domain.hold import Hold, HoldReason
from mailer.domain.membership import Seat
from mailer.pipeline.bounces import holds
from mailer.views.plain_words import FAILURES, HOLDS


def list_(
    every: Annotated[bool, typer.Option("--all", help="those that were lifted, too")] = False,
) -> None:
    """The addresses that nothing is written to for now, whose they are, why, and what to do.

    Example: mailer hold list
    """
    found = holds.listing(console.context(), lifted=every)
    lines = [line for hold, seats in found for line in _lines(hold, seats)]
    console.say([_facts(hold, seats) for hold, seats in found], *(lines or ["no address is held"]))


def lift(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS…", help="as `mailer hold list` shows them")],
) -> None:
    """Write to an address again: somebody has found out that it is right. Nothing is sent by that.

    Example: mailer hold lift anna@members.example
    """
    context, held = console.context(), dict[str, bool]()
    try:
        for address in addresses:
            held[address] = holds.lift(context, address)
    finally:  # those before one that is refused are lifted all the same
        if held:
            console.say(
                [{"address": address, "was_held": was} for address, was in held.items()],
                *(
                    f"{address} {'is not held any more' if was else 'was not held; what failed there counts no more'}; "
                    "`mailer unsent ISSUE` shows what is owed"
                    for address, was in held.items()
                ),
            )


def _facts(hold: Hold, seats: list[Seat]) -> dict[str, object]:
    return {
        "address": hold.address,
        "reason": hold.reason,
        "since": hold.since,
        "set_by": hold.set_by,
        "people": [{"person": seat.person, "membership": seat.membership, "names": dict(seat.names)} for seat in seats],
        "evidence": [
            {"issue": one.issue, "at": one.at, "reason": one.reason, "refused": one.refused, "said": one.said}
            for one in hold.evidence
        ],
        "lifted_at": hold.lifted_at,
        "lifted_by": hold.lifted_by,
    }


def _lines(hold: Hold, seats: list[Seat]) -> list[str]:
    who = ", ".join(f"{next(iter(seat.names.values()), '')} ({seat.person}, {seat.membership})" for seat in seats)
    why = HOLDS["en"][hold.reason] if hold.reason else ""
    state = f"held since {console.time_of(hold.since)}: {why}" if why else "was not held"
    lifted = f"; lifted {console.time_of(hold.lifted_at)} by {hold.lifted_by}" if hold.lifted_at else ""
    return [
        f"{hold.address}: {state}{lifted}",
        f"  whose: {who or 'nobody in the register has it now'}",
        *(
            f"  {console.time_of(one.at)}, issue {one.issue}: {'refused' if one.refused else 'came back'}, "
            f"{FAILURES['en'][one.reason]}{f' ({one.said})' if one.said else ''}"
            for one in hold.evidence
        ),
        *([] if hold.lifted_at else [f"  to do: {_to_do(hold, seats)}"]),
    ]


def _to_do(hold: Hold, seats: list[Seat]) -> str:
    lift = f"`mailer hold lift {quote(hold.address)}`"
    if not seats:
        return f"nothing, nobody in the register has the address now; {lift} forgets it"
    if hold.reason is HoldReason.COMPLAINT:
        return f"ask whether they still want it; when they do, {lift}"
    issues = dict.fromkeys(one.issue for one in sorted(hold.evidence, key=lambda one: one.at))
    then = ", ".join(f"`mailer unsent {issue} --send`" for issue in issues)
    if hold.reason is HoldReason.ADDRESS:
        return f"ask for the right address and put it into the register, or, when it is right, {lift}; then {then}"
    return (
        f"ask for another address and put it into the register, or, when mail arrives there again, {lift}; then {then}"
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Addresses not written to for now. Example: mailer hold list")
    group.command("list")(list_)
    group.command("lift")(lift)
    app.add_typer(group, name="hold")
