"""Puts a mailing, its copies and its report into words for people and into documents for programs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice

from mailer.cli import console
from mailer.domain.bounce import SENDER_SCOPES, Scope
from mailer.domain.circulation import Decision, Judged
from mailer.domain.delivery import Delivery, State
from mailer.domain.distribution_report import DistributionReport
from mailer.domain.hold import Failure
from mailer.domain.mailing import MailingState
from mailer.domain.pacing import Throttle
from mailer.domain.plan import Plan
from mailer.domain.progress import Progress
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.plan import gained_recipients, lost_recipients, planned_decisions, planned_exclusions
from mailer.views.remedies import sentence

# How many people are named in one line.
NAMED = 15


def progress_document(found: Progress) -> dict[str, object]:
    """How a mailing stands, as a document."""
    return {
        "issue": found.issue,
        "state": found.state.value,
        "copies": found.copies,
        "done": found.done,
        "per_second": found.per_second,
        "seconds_left": found.seconds_left,
        "deliveries": found.counts,
        "due_at": found.due_at,
        "starts_at": found.starts_at,
        "rest_at": found.rest_at,
        "pause_reason": found.pause_reason,
        "resting": [one.family for one in found.resting],
        "approved_by": found.approved_by,
        "approved_at": found.approved_at,
    }


def progress_lines(found: Progress, now: datetime) -> list[str]:
    """How a mailing stands, for people."""
    said = remark(found, now)
    return [
        f"{found.issue} is {found.state}: {found.done} of {found.copies} copies done ({counted(found)})",
        *([f"  {said}"] if said else []),
    ]


def resting_lines(found: Progress) -> list[str]:
    """A line for each provider for whose copies the mailing waits: until when, and why."""
    return [
        f"{one.family} gets nothing {_until(one)}: {one.reason}; its copies wait, nobody's attempt is used up"
        for one in found.resting
    ]


def _until(one: Throttle) -> str:
    return f"until {console.time_of(one.until)}" if one.until else f"until `mailer domain lift {one.family}`"


def approval_lines(found: Progress) -> list[str]:
    """Who approved a mailing, and when; nothing while nobody did."""
    approved = found.approved_by
    return [f"  approved by {approved}, {console.time_of(found.approved_at)}"] if approved else []


def counted(found: Progress) -> str:
    """How many copies are in which state, those that there are."""
    return ", ".join(f"{count} {state}" for state, count in found.counts.items() if count) or "no copies"


def remark(found: Progress, now: datetime) -> str:
    """What to know besides: when it begins, how long it takes, why it stands still."""
    if not found.newsletter_known:
        return "its newsletter is gone from schedules/: nothing of it leaves"
    if found.held_reason:
        return f"held: {found.held_reason}; `mailer send {found.issue}` sends it all the same"
    if found.state in {MailingState.PLANNED, MailingState.APPROVED}:
        return f"due {console.time_of(found.due_at)}" if found.due_at else ""
    if found.state is MailingState.PAUSED:
        why = f"{found.pause_reason}; when that is mended, " if found.pause_reason else ""
        return f"{why}`mailer resume {found.issue}` goes on with it"
    if found.state is not MailingState.SENDING:
        return f"somebody must look at {found.open_copies}: `mailer report {found.issue}`" if found.open_copies else ""
    return _why_it_waits(found, now)


def _why_it_waits(found: Progress, now: datetime) -> str:
    """What a mailing that is sending waits for, or how long it takes."""
    if found.starts_at and found.starts_at > now:
        return f"from {console.time_of(found.starts_at)}; until then `mailer cancel {found.issue}` undoes it"
    if found.relay_down:
        return f"the relay is down: {found.relay_down}"
    if found.rest_at and found.rest_at > now:
        return f"the first copies have gone; the rest follows at {console.time_of(found.rest_at)}"
    if found.resting:
        return f"nothing leaves to {', '.join(one.family for one in found.resting)} for now: `mailer domain list`"
    if found.next_at and found.next_at > now:
        return f"the next attempt is at {console.time_of(found.next_at)}"
    return f"about {found.seconds_left:.0f} s left" if found.seconds_left else ""


def copy_lines(copies: Iterable[Delivery], failed: Mapping[int, Failure]) -> list[str]:
    """A line for each copy that is not accepted, with what to do about it; those that only wait share one."""
    listed = list(copies)
    waiting = [one for one in listed if one.state is State.SENDING or (one.state is State.PENDING and not one.attempts)]
    return [
        *(_copy_line(one, failed.get(one.id)) for one in listed if one not in waiting),
        *([f"not tried yet: {len(waiting)} copies"] if waiting else []),
    ]


def _copy_line(one: Delivery, failure: Failure | None) -> str:
    words = " ".join(str(word) for word in (one.last_code, one.last_status, one.last_text) if word)
    words = failure.said if failure is not None and one.state.failed else words
    said = f" ({words})" if words else ""
    head = f"delivery {one.id}, person {one.person}, {one.language}: {one.state}"
    match one.state:
        case State.UNCERTAIN:
            return f"{head}{said}; it may have arrived: ask, then `mailer delivery settle {one.id} --as accepted` or `--as resend`"
        case State.HELD:
            return f"{head}: {one.held_reason}; `mailer delivery release {one.id}` when that is mended"
        case State.PENDING if one.next_attempt_at:
            return f"{head}, deferred until {console.time_of(one.next_attempt_at)}{said}"
        case State.REJECTED | State.BOUNCED:
            return f"{head}{said}; {_mend(one, failure)}, then `mailer unsent ISSUE --send`"
        case _:
            return f"{head}{said}"


def _mend(one: Delivery, failure: Failure | None) -> str:
    """What must be put right before a copy that failed can go once more."""
    scope = failure.scope if failure is not None else Scope.ADDRESS
    if scope in SENDER_SCOPES:
        return (
            "it is the sender or the text that is refused: mend that, then `mailer resume ISSUE`, or, where it was not "
            f"paused, `mailer hold lift {one.address}`"
        )
    if scope is Scope.ADDRESS:
        return "correct the address in the register"
    return f"when the address is right, `mailer hold lift {one.address}`"


def report_document(found: DistributionReport) -> dict[str, object]:
    """The distribution report as a document."""
    balance = found.balance
    return {
        "issue": found.issue,
        "state": found.state.value,
        "considered": balance.considered,
        "recipients": balance.recipients,
        "copies": balance.copies,
        "excluded": dict(balance.excluded),
        "deliveries": dict(balance.deliveries),
        "balanced": balance.balanced,
        "gained": list(found.gained),
    }


def report_lines(found: DistributionReport) -> list[str]:
    """The distribution report for people."""
    balance = found.balance
    excluded = sum(balance.excluded.values())
    people: dict[str, list[str]] = {}
    for one in found.decisions:
        if one.decision == "excluded":
            people.setdefault(one.reason, []).append(one.person)
    states = " + ".join(f"{count} {state}" for state, count in balance.deliveries.items() if count) or "none"
    gained = f"  entitled now and without a copy: {named(found.gained)}; see `mailer unsent {found.issue}`"
    return [
        f"Distribution report of {found.issue} ({found.state})",
        f"  {balance.considered} people considered = {balance.recipients} recipients + {excluded} excluded",
        *_excluded_lines(balance.excluded, people),
        f"  {balance.copies} copies = {states}",
        *(f"  {line}" for line in copy_lines(found.open_copies, found.failures)),
        *([gained] if found.gained else []),
        "  The report balances.",
    ]


def plan_document(context: Context, made: Plan) -> dict[str, object]:
    """What was planned, as a document; the people in it are read while it is printed."""
    return {
        "issue": made.issue,
        "considered": made.considered,
        "recipients": made.recipients,
        "copies": made.copies,
        "excluded": dict(made.excluded),
        "gained": console.Streamed(gained_recipients(context, made)),
        "lost": console.Streamed(lost_recipients(context, made)),
        "warnings": list(map(sentence, made.warnings)),
        "people": console.Streamed(map(decision_document, planned_decisions(context, made))),
    }


def plan_lines(context: Context, made: Plan) -> list[str]:
    """What was planned, for people."""
    more, fewer = (islice(change(context, made), NAMED) for change in (gained_recipients, lost_recipients))
    changes = (
        f"since the previous issue: {made.gained} more ({_shortened(more, made.gained)}), "
        f"{made.lost} fewer ({_shortened(fewer, made.lost)})"
    )
    return [
        f"{made.issue}: {made.copies} copies for {made.recipients} of {made.considered} people",
        *(["  not to:"] if made.excluded else []),
        *_excluded_lines(made.excluded, planned_exclusions(context, made, NAMED)),
        *([changes] if made.gained or made.lost else []),
    ]


def decision_document(one: Decision) -> dict[str, object]:
    """One person's frozen decision, as a document."""
    return {"person": one.person, "decision": one.decision, "reason": one.reason, "editions": list(one.editions)}


def person_document(one: Judged) -> dict[str, object]:
    """One person's decision as it is now, as a document."""
    answer = one.entitlement
    return {
        "person": one.person,
        "decision": "recipient" if answer.receives else "excluded",
        "reason": answer.reason.value,
        "editions": list(answer.editions),
    }


def _excluded_lines(counts: Mapping[str, int], people: Mapping[str, list[str]]) -> list[str]:
    """Who does not receive it: a line for each reason, with the first people."""
    return [f"    {counts[reason]} {reason}: {_shortened(people[reason], counts[reason])}" for reason in sorted(counts)]


def _shortened(people: Iterable[str], number: int) -> str:
    """The first of so many people, and how many more there are."""
    return named(islice(people, NAMED)) + (f" and {number - NAMED} more" if number > NAMED else "")


def named(people: Iterable[str]) -> str:
    """People in a row."""
    return ", ".join(people) or "nobody"
