"""Shows how far a mailing is: the JSON and the lines of `status` and `send`."""

from datetime import datetime

from mailer.domain.mailing import MailingState
from mailer.domain.pacing import Throttle
from mailer.domain.progress import Progress
from mailer.views.local_time import local_time


def progress_document(progress: Progress) -> dict[str, object]:
    """How far a mailing is, for programs."""
    return {
        "issue": progress.issue,
        "state": progress.state.value,
        "copies": progress.copies,
        "done": progress.done,
        "per_second": progress.per_second,
        "seconds_left": progress.seconds_left,
        "deliveries": progress.counts,
        "due_at": progress.due_at,
        "starts_at": progress.starts_at,
        "rest_at": progress.rest_at,
        "pause_reason": progress.pause_reason,
        "resting": [throttle.family for throttle in progress.throttled],
        "approved_by": progress.approved_by,
        "approved_at": progress.approved_at,
    }


def progress_lines(progress: Progress, now: datetime) -> list[str]:
    """How far a mailing is, for people."""
    explanation = explain_state(progress, now)
    return [
        f"{progress.issue} is {progress.state}: {progress.done} of {progress.copies} copies done ({count_states(progress)})",
        *([f"  {explanation}"] if explanation else []),
    ]


def approval_lines(progress: Progress) -> list[str]:
    """Who approved a mailing, and when; no line without an approval."""
    approver = progress.approved_by
    return [f"  approved by {approver}, {local_time(progress.approved_at)}"] if approver else []


def throttle_lines(progress: Progress) -> list[str]:
    """A line for each provider for whose copies the mailing waits: until when, and why."""
    return [
        f"{throttle.family} gets nothing {throttle_end(throttle)}: {throttle.reason}; "
        "its copies wait, no attempt is used up"
        for throttle in progress.throttled
    ]


def throttle_end(throttle: Throttle) -> str:
    """Until when a provider gets nothing."""
    return f"until {local_time(throttle.until)}" if throttle.until else f"until `mailer domain lift {throttle.family}`"


def count_states(progress: Progress) -> str:
    """How many copies are in each state, without the states that no copy is in."""
    return ", ".join(f"{count} {state}" for state, count in progress.counts.items() if count) or "no copies"


def explain_state(progress: Progress, now: datetime) -> str:
    """When a mailing begins, how long it takes, or why it stands still; empty when there is nothing to say."""
    if not progress.newsletter_known:
        return "its newsletter is gone from schedules/: none of its copies is sent"
    if progress.held_reason:
        return f"held: {progress.held_reason}; `mailer send {progress.issue}` sends it all the same"
    if progress.state in {MailingState.PLANNED, MailingState.APPROVED}:
        return f"due {local_time(progress.due_at)}" if progress.due_at else ""
    if progress.state is MailingState.PAUSED:
        reason = f"{progress.pause_reason}; when that is fixed, " if progress.pause_reason else ""
        return f"{reason}`mailer resume {progress.issue}` goes on with it"
    if progress.state is not MailingState.SENDING:
        open_copies = progress.open_copies
        need = "1 copy needs" if open_copies == 1 else f"{open_copies} copies need"
        return f"{need} attention: `mailer report {progress.issue}`" if open_copies else ""
    return _explain_sending(progress, now)


def _explain_sending(progress: Progress, now: datetime) -> str:
    if progress.starts_at and progress.starts_at > now:
        return f"from {local_time(progress.starts_at)}; until then `mailer cancel {progress.issue}` undoes it"
    if progress.relay_down:
        return f"the relay is down: {progress.relay_down}"
    if progress.rest_at and progress.rest_at > now:
        return f"the first copies have gone; the rest follows at {local_time(progress.rest_at)}"
    if progress.throttled:
        providers = ", ".join(throttle.family for throttle in progress.throttled)
        return f"nothing leaves to {providers} for now: `mailer domain list`"
    if progress.next_at and progress.next_at > now:
        return f"the next attempt is at {local_time(progress.next_at)}"
    return f"about {progress.seconds_left:.0f} s left" if progress.seconds_left else ""
