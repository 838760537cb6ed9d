"""Shows single copies: the JSON and the table of `delivery list`, and what to do about a copy that is not accepted."""

from collections.abc import Collection, Iterable, Mapping
from shlex import quote

from mailer.domain.bounce import SENDER_SCOPES, Scope
from mailer.domain.circulation import ADDRESS_CHANGED
from mailer.domain.delivery import Delivery, State
from mailer.domain.hold import Failure
from mailer.views.local_time import local_time
from mailer.views.plain_words import FAILURES, counted, held_copy, short
from mailer.views.returned_mail import shorten


def copy_document(delivery: Delivery) -> dict[str, object]:
    """One copy, for programs."""
    return {
        "id": delivery.id,
        "person": delivery.person,
        "name": delivery.name,
        "language": delivery.language,
        "copy_number": delivery.copy_number,
        "variant": delivery.copy.variant.name,
        "address": delivery.address,
        "state": delivery.state.value,
        "held_reason": delivery.held_reason,
        "attempts": delivery.attempts,
        "last_code": delivery.last_code,
        "last_status": delivery.last_status,
        "last_text": delivery.last_text,
        "next_attempt_at": delivery.next_attempt_at,
        "message_id": delivery.message_id,
    }


COLUMNS = ("id", "copy", "person", "language", "address", "state", "attempts", "reply")


def settled_sentence(issue: str, delivery: Delivery, state: State) -> str:
    """What became of an uncertain copy of the issue that a person settled, now in this state."""
    if state is State.CANCELLED:
        return (
            f"delivery {delivery.id} is settled: its mailing is cancelled, so it is not sent again; "
            f"`mailer unsent {issue}` names its reader"
        )
    return f"delivery {delivery.id} is settled: {'accepted' if state is State.ACCEPTED else 'resend'}"


def copy_row(delivery: Delivery, failure: Failure | None, *, owed: bool = False) -> tuple[object, ...]:
    """One copy as a row of a table with these columns; `owed`: it failed, and may go to the same address once more."""
    failed = delivery.state.failed and failure is not None
    return (
        delivery.id,
        delivery.copy_number,
        delivery.label,
        delivery.language,
        delivery.address,
        state_of(delivery),
        delivery.attempts,
        explain_failure(failure, owed=owed) if failed and failure else last_reply(delivery),
    )


def state_of(delivery: Delivery) -> str:
    """A copy's state, with the reason where it is held."""
    return f"{delivery.state} ({short(delivery.held_reason)})" if delivery.held_reason else delivery.state


def explain_failure(failure: Failure, *, owed: bool = False) -> str:
    """Why a copy failed, with the server's own words; of one that is owed these alone, as they may not mean its reader."""
    if owed and failure.words:
        return shorten(failure.words)
    quoted = f" ({shorten(failure.words)})" if failure.words else ""
    return f"{FAILURES['en'][failure.reason]}{quoted}"


def last_reply(delivery: Delivery) -> str:
    """The relay's last answer to a copy."""
    return " ".join(str(word) for word in (delivery.last_code, delivery.last_status, delivery.last_text) if word)


def open_copy_lines(
    issue: str,
    deliveries: Iterable[Delivery],
    failures: Mapping[int, Failure],
    owed: Collection[int] = frozenset(),
    waits: str = "",
) -> list[str]:
    """A line for each copy that is not accepted, with what to do about it; those not tried yet share one.

    `owed` are the failed ones that may go to the same address once more. `waits` says until when those not tried yet
    wait, and for what.
    """
    lines, untried = [], 0
    for delivery in deliveries:
        if delivery.state is State.SENDING or (delivery.state is State.PENDING and not delivery.attempts):
            untried += 1
        else:
            lines.append(_open_copy_line(issue, delivery, failures.get(delivery.id), owed=delivery.id in owed))
    until = f"; {waits}" if waits else ""
    return [*lines, *([f"not tried yet: {counted(untried, 'copy', 'copies')}{until}"] if untried else [])]


def replaced_sentence(replaced: int) -> str:
    """How many copies failed without being missed: their readers have later ones."""
    return f"{counted(replaced, 'copy', 'copies')} failed; {'a later copy takes its place' if replaced == 1 else 'later copies take their place'}"


def release(delivery: Delivery) -> str:
    """How a copy that is held back goes after all."""
    command = f"`mailer delivery release {delivery.id}`"
    if delivery.held_reason == ADDRESS_CHANGED:
        return f"{command} sends it there"
    return f"{command} lets it go when that is mended"


def _open_copy_line(issue: str, delivery: Delivery, failure: Failure | None, *, owed: bool) -> str:
    reply = failure.words if failure is not None and delivery.state.failed else last_reply(delivery)
    quoted = f" ({reply})" if reply else ""
    head = f"delivery {delivery.id}, {delivery.label}, {delivery.language}: {delivery.state}"
    match delivery.state:
        case State.UNCERTAIN:
            settle = f"`mailer delivery settle {delivery.id} --as accepted` or `--as resend`"
            return f"{head}{quoted}; it may have arrived: ask, then {settle}"
        case State.HELD:
            return f"{head}: {held_copy(delivery.held_reason or '', 'en')}; {release(delivery)}"
        case State.PENDING if delivery.next_attempt_at:
            return f"{head}, deferred until {local_time(delivery.next_attempt_at)}{quoted}"
        case State.REJECTED | State.BOUNCED:
            return f"{head}{quoted}; {again(issue, delivery, failure, owed=owed)}"
        case _:
            return f"{head}{quoted}"


def again(issue: str, delivery: Delivery, failure: Failure | None, *, owed: bool) -> str:
    """How a copy that failed is sent once more."""
    send = f"`mailer unsent {issue} --send`"
    if owed:
        return f"it is owed: when the cause is removed, {send} sends it once more"
    return f"{_correction(issue, delivery, failure)}, then {send}"


def _correction(issue: str, delivery: Delivery, failure: Failure | None) -> str:
    """What must be corrected before a copy that failed can be sent once more."""
    lift = f"`mailer hold lift {quote(delivery.address)}`"
    scope = failure.scope if failure is not None else Scope.ADDRESS
    if scope in SENDER_SCOPES:
        return (
            f"it is the sender or the text that is refused: correct that, then `mailer resume {issue}`, or, where it was "
            f"not paused, {lift}"
        )
    if scope is Scope.ADDRESS:
        return "correct the address in the register"
    return f"when the address is right, {lift}"
