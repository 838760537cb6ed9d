"""Commands about single copies: list, show, settle, release."""

from dataclasses import asdict
from typing import Annotated

import typer

from mailer.cli import console
from mailer.domain.delivery import State
from mailer.pipeline import ledger, settling
from mailer.pipeline.press import IssueName
from mailer.store.deliveries import Delivery

Identity = Annotated[int, typer.Argument(metavar="ID", help="as `mailer delivery list` shows it")]


def list_(
    issue: Annotated[str, typer.Argument(metavar="ISSUE")],
    state: Annotated[State | None, typer.Option("--state", help="only copies in this state")] = None,
) -> None:
    """Every copy of an issue.

    Example: mailer delivery list russia-confidential/253 --state uncertain
    """
    found = ledger.listing(console.press(), IssueName.parse(issue), state)
    console.show(
        [_facts(one) for one in found],
        ("id", "copy", "person", "language", "address", "state", "attempts", "reply"),
        [
            (one.id, one.copy_number, one.person, one.language, one.address, _state(one), one.attempts, _reply(one))
            for one in found
        ],
        *([] if found else [f"no copy of {issue} {f'is {state}' if state else 'is planned'}"]),
    )


def show(identity: Identity) -> None:
    """One copy with every attempt.

    Example: mailer delivery show 17
    """
    press = console.press()
    one, attempts = ledger.show(press, identity)
    decided = ledger.decisions_on(press, identity)
    tried = [asdict(attempt) for attempt in attempts]
    console.show(
        _facts(one) | {"timeline": tried, "decisions": [asdict(entry) for entry in decided]},
        ("attempt", "began", "outcome", "code", "status", "reply", "relay", "queue id", "TLS"),
        [
            (
                one.number,
                one.started_at,
                one.outcome,
                one.code,
                one.status,
                one.text,
                one.relay,
                one.queue_id,
                one.tls_version or "none",
            )
            for one in attempts
        ],
        *([] if attempts else ["no attempt yet"]),
        *(f"{console.time_of(entry.at)} {entry.who}: {entry.verb} {entry.detail}" for entry in decided),
        f"delivery {one.id}: copy No. {one.copy_number} ({one.language}) for person {one.person} <{one.address}>: {_state(one)}",
        f"  {one.message_id}",
    )


def settle(
    identity: Identity,
    as_: Annotated[str, typer.Option("--as", metavar="accepted|resend", help="it arrived, or it goes out once more")],
) -> None:
    """Say what became of an uncertain copy.

    Example: mailer delivery settle 17 --as accepted
    """
    if as_ not in {"accepted", "resend"}:
        raise typer.BadParameter("it must be accepted or resend", param_hint="--as")
    press = console.press()
    ledger.show(press, identity)
    if as_ == "resend":
        console.confirm(f"Delivery {identity} may have arrived; the member may get it twice.")
    settling.settle(press, identity, accepted=as_ == "accepted")
    console.say({"id": identity, "settled": as_}, f"delivery {identity} is settled: {as_}")


def release(identity: Identity) -> None:
    """Let a held copy go out after all.

    Example: mailer delivery release 17
    """
    press = console.press()
    ledger.show(press, identity)
    console.confirm(f"Delivery {identity} goes to a member after all.")
    address = settling.release(press, identity)
    console.say({"id": identity, "state": "pending", "address": address}, f"delivery {identity} goes to {address}")


def _facts(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "person": one.person,
        "language": one.language,
        "copy_number": one.copy_number,
        "variant": one.variant,
        "address": one.address,
        "state": one.state.value,
        "held_reason": one.held_reason,
        "attempts": one.attempts,
        "last_code": one.last_code,
        "last_status": one.last_status,
        "last_text": one.last_text,
        "next_attempt_at": one.next_attempt_at,
        "message_id": one.message_id,
    }


def _state(one: Delivery) -> str:
    return f"{one.state} ({one.held_reason})" if one.held_reason else one.state


def _reply(one: Delivery) -> str:
    return " ".join(str(word) for word in (one.last_code, one.last_status, one.last_text) if word)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Copies. Example: mailer delivery list russia-confidential/253")
    for name, command in (("list", list_), ("show", show), ("settle", settle), ("release", release)):
        group.command(name)(command)
    app.add_typer(group, name="delivery")
