"""Commands about single copies: list, show, settle, release."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.matters import shorten, what
from mailer.domain.delivery import Attempt, Delivery, State
from mailer.domain.hold import Failure
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.deliveries import delivery_history, failures_of_issue, list_deliveries
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery
from mailer.views.plain_words import FAILURES

Identity = Annotated[int, typer.Argument(metavar="ID", help="as `mailer delivery list` shows it")]


def list_(
    issue: Annotated[str, typer.Argument(metavar="ISSUE")],
    state: Annotated[State | None, typer.Option("--state", help="only copies in this state")] = None,
) -> None:
    """Every copy of an issue.

    Example: mailer delivery list russia-confidential/253 --state uncertain
    """
    context, name = console.context(), IssueName.parse(issue)
    found = list_deliveries(context, name, state)
    failed = failures_of_issue(context, name)
    console.show(
        [_facts(one) for one in found],
        ("id", "copy", "person", "language", "address", "state", "attempts", "reply"),
        [
            (
                *(one.id, one.copy_number, one.person, one.language, one.address, _state(one), one.attempts),
                _why(failed[one.id]) if one.state.failed and one.id in failed else _reply(one),
            )
            for one in found
        ],
        *([] if found else [f"no copy of {issue} {f'is {state}' if state else 'is planned'}"]),
    )


def show(identity: Identity) -> None:
    """One copy with all that happened to it: attempts, reports, decisions.

    Example: mailer delivery show 17
    """
    found = delivery_history(console.context(), identity)
    one = found.delivery
    attempts = [{"at": each.started_at, "what": "attempt", **asdict(each)} for each in found.attempts]
    came = [
        {"at": each.arrived_at, "what": "report", "report": each.id, "kind": each.kind, "reason": each.reason}
        | {"hard": each.hard, "recipient": each.recipient, "diagnostic": each.diagnostic, "rule": each.rule}
        | {"named_by": each.named_by, "matter": each.matter, "settled_at": each.settled_at}
        for each in found.reports
    ]
    decided = [{"what": "decision", **asdict(each)} for each in found.decisions]
    rows: list[tuple[datetime, str, str]] = [
        *((each.started_at, f"attempt {each.number}: {each.outcome}", _attempt(each)) for each in found.attempts),
        *((each.arrived_at, f"report {each.id}: {what(each)}", shorten(each.diagnostic)) for each in found.reports),
        *((each.at, f"{each.who}: {each.verb}", each.detail) for each in found.decisions),
    ]
    console.show(
        _facts(one) | {"timeline": sorted([*attempts, *came, *decided], key=_at), "decisions": decided},
        ("when", "what", "words"),
        sorted(rows),
        *([] if attempts else ["no attempt yet"]),
        f"delivery {one.id}: copy No. {one.copy_number} ({one.language}) for person {one.person} <{one.address}>: {_state(one)}",
        f"  {one.message_id}",
    )


def _at(entry: dict[str, object]) -> datetime:
    at = entry["at"]
    assert isinstance(at, datetime), "each entry has its instant"
    return at


def _attempt(one: Attempt) -> str:
    words = " ".join(str(word) for word in (one.code, one.status, one.text) if word)
    more = [("by", one.relay), ("queue id", one.queue_id), ("TLS", one.tls_version or "none")]
    return ", ".join([words or "no answer", *(f"{name} {value}" for name, value in more if value)])


def settle(
    identity: Identity,
    as_: Annotated[str, typer.Option("--as", metavar="accepted|resend", help="it arrived, or it goes out once more")],
) -> None:
    """Say what became of an uncertain copy.

    Example: mailer delivery settle 17 --as accepted
    """
    if as_ not in {"accepted", "resend"}:
        raise typer.BadParameter("it must be accepted or resend", param_hint="--as")
    context = console.context()
    delivery_history(context, identity)
    if as_ == "resend":
        console.confirm(f"Delivery {identity} may have arrived; the member may get it twice.")
    settle_delivery(context, identity, accepted=as_ == "accepted")
    console.say({"id": identity, "settled": as_}, f"delivery {identity} is settled: {as_}")


def release(identity: Identity) -> None:
    """Let a held copy go out after all.

    Example: mailer delivery release 17
    """
    context = console.context()
    delivery_history(context, identity)
    console.confirm(f"Delivery {identity} goes to a member after all.")
    address = release_delivery(context, identity)
    console.say({"id": identity, "state": "pending", "address": address}, f"delivery {identity} goes to {address}")


def _facts(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "person": one.person,
        "language": one.language,
        "copy_number": one.copy_number,
        "variant": one.copy.variant.name,
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


def _why(failure: Failure) -> str:
    said = f" ({shorten(failure.said)})" if failure.said else ""
    return f"{FAILURES['en'][failure.reason]}{said}"


def _reply(one: Delivery) -> str:
    return " ".join(str(word) for word in (one.last_code, one.last_status, one.last_text) if word)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Copies. Example: mailer delivery list russia-confidential/253")
    for name, command in (("list", list_), ("show", show), ("settle", settle), ("release", release)):
        group.command(name)(command)
    app.add_typer(group, name="delivery")
