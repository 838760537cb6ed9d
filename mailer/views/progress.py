"""Shows how far a mailing is: the JSON and the lines of `status` and `send`."""

from collections.abc import Mapping
from datetime import datetime

from mailer.domain.delivery import State
from mailer.domain.departure import Departure
from mailer.domain.mailing import ENDED, MailingState
from mailer.domain.pacing import Throttle
from mailer.domain.progress import Progress
from mailer.domain.relay_limits import SlowRelay
from mailer.domain.remedy import Action
from mailer.domain.standstill import Standstill
from mailer.views.local_time import local_time, zoned_time
from mailer.views.plain_words import counted
from mailer.views.remedies import advise, phrase


def progress_document(progress: Progress) -> dict[str, object]:
    """How far a mailing is, for programs."""
    return {
        "issue": progress.issue,
        "state": progress.state.value,
        "copies": progress.copies,
        "done": progress.done,
        "senders": progress.senders,
        "per_second": progress.per_second,
        "seconds_left": progress.seconds_left,
        "deliveries": progress.counts,
        "due_at": progress.due_at,
        "starts_at": progress.starts_at,
        "rest_at": progress.rest_at,
        "leaves_at": leaves_at(progress.departure),
        "pause_reason": progress.pause_reason,
        "resting": [throttle.family for throttle in progress.throttled],
        "slow_relays": [_slow_relay_document(relay) for relay in progress.slow_relays],
        "approved_by": progress.approved_by,
        "approved_at": progress.approved_at,
        "cancelled_supplements": list(progress.cancelled_supplements),
    }


def progress_lines(progress: Progress, now: datetime, *, daemon: bool = True) -> list[str]:
    """How far a mailing is, for people."""
    explanation = explain_state(progress, now, daemon=daemon)
    return [
        f"{progress.issue} is {progress.state}: {progress.done} of {progress.copies} copies done ({count_states(progress)})",
        *([f"  {explanation}"] if explanation else []),
        *(
            [f"  {counted(progress.senders, 'process has', 'processes have')} copies in hand"]
            if progress.senders
            else []
        ),
        *(
            f"  supplement {number} was cancelled; the issue itself was not"
            for number in progress.cancelled_supplements
        ),
    ]


def _slow_relay_document(relay: SlowRelay) -> dict[str, object]:
    """A relay that asked to slow down; `per_second`, `connections` and `messages` 0: as many as the settings allow."""
    return {
        "relay": relay.relay,
        "since": relay.since,
        "reply": relay.reply,
        "per_second": relay.per_second,
        "closed_at": relay.closed_at,
        "connections": relay.connections,
        "messages_per_connection": relay.messages,
    }


def slow_relay_sentence(relay: SlowRelay) -> str:
    """Since when a relay asks to slow down, in which words, and how copies go through it now."""
    if relay.closed_at is not None:
        pace = f"nothing has gone through since {local_time(relay.closed_at)}, single copies try it"
    elif relay.per_second:
        pace = f"now {_pace(relay.per_second)}"
    else:
        pace = "now without a pause"
    connections = {0: "", 1: ", 1 connection"}.get(relay.connections, f", {relay.connections} connections")
    return (
        f"the relay {relay.relay} has asked us to slow down since {local_time(relay.since)}: {relay.reply}; {pace}{connections}; "
        "no attempt is used up"
    )


def _pace(per_second: float) -> str:
    return f"{per_second:.3g} a second" if per_second >= 1 else f"{per_second * 60:.3g} a minute"


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


def explain_state(progress: Progress, now: datetime, *, daemon: bool = True) -> str:
    """When a mailing begins, how long it takes, or why it stands still; empty when there is nothing to say."""
    if progress.standstill is not None and progress.state not in ENDED:
        return STANDSTILLS[progress.standstill]
    if not progress.newsletter_known:
        return "its newsletter is gone from schedules/: none of its copies is sent"
    if progress.held_reason:
        return _explain_held(progress)
    if progress.departure is not None:
        return departure_sentence(progress.issue, progress.departure, daemon=daemon)
    if progress.state is MailingState.PAUSED:
        return _explain_paused(progress)
    if progress.state is not MailingState.SENDING:
        open_copies = progress.open_copies
        need = "1 copy needs" if open_copies == 1 else f"{open_copies} copies need"
        return f"{need} attention: `mailer report {progress.issue}`" if open_copies else ""
    return _explain_sending(progress, now)


def _explain_paused(progress: Progress) -> str:
    """Why it is paused, and how it goes on; uncertain copies are settled before that."""
    resume = phrase(Action.RESUME.of(progress.issue))
    if not progress.pause_reason:
        return resume
    uncertain = [Action.SETTLE_BY_LOG.of(progress.issue)] if progress.counts[State.UNCERTAIN] else []
    return f"{advise(progress.pause_reason, *uncertain)}; when that is fixed, {resume}"


# Why nothing leaves, and what to do; for the terminal.
STANDSTILLS: Mapping[Standstill, str] = {
    Standstill.RESTORED: "a restored backup: nothing leaves until `mailer resume-after-restore` has been answered",
    Standstill.MOVED: "a database that was copied elsewhere, to go on there: nothing leaves from this one; name the other in [database]",
    Standstill.CLOCK: "the clock is behind the last work: nothing leaves until it is set; `mailer check` says more",
}


def departure_sentence(issue: str, departure: Departure, *, daemon: bool = True) -> str:
    """When a planned mailing leaves by itself, or what it waits for; without a `daemon` none does."""
    if departure.standstill is not None:
        return f"does not leave: {STANDSTILLS[departure.standstill]}"
    at = zoned_time(departure.at, departure.timezone)
    if not (daemon or departure.unapproved or departure.stopped):
        return (
            f"does not leave by itself, because no daemon runs (its time: {at}); `mailer send {issue} --wait` sends it"
        )
    if departure.stopped:
        return f"its countdown was stopped, and it does not leave by itself: `mailer send {issue}` sends it"
    if departure.unapproved:
        then = "approved now, it leaves by itself" if daemon else "approved now, and once a daemon runs, its time is"
        return f"waits for an approval: `mailer approve {issue}`; {then} {at}"
    if departure.missed:
        return f"its time has passed too long ago, and it does not leave by itself: `mailer send {issue}` sends it now"
    return f"leaves by itself {at}"


def departure_shortly(departure: Departure | None) -> str:
    """The same in a table; empty for a mailing that is neither planned nor approved."""
    if departure is None:
        return ""
    if departure.standstill is not None:
        return "stands still"
    if departure.missed:
        return "missed its time"
    if departure.stopped:
        return "stopped by a person"
    at = zoned_time(departure.at, departure.timezone)
    return f"once approved: {at}" if departure.unapproved else at


def leaves_at(departure: Departure | None) -> datetime | None:
    """When a mailing leaves by itself as it stands; None when it does not."""
    return departure.at if departure is not None and departure.by_itself and not departure.unapproved else None


def _explain_held(progress: Progress) -> str:
    send = f"`mailer send {progress.issue}` sends it all the same"
    if progress.held_reason != "missed_window":
        return f"held ({progress.held_reason}): it does not leave by itself; {send}"
    due = f", {zoned_time(progress.due_at, progress.timezone)}" if progress.due_at else ""
    return f"held (missed_window): it missed its time{due}, and does not leave by itself; {send}"


def first_copy_sentence(progress: Progress) -> str:
    """When the first copy leaves of a mailing in its countdown, and how that is stopped."""
    assert progress.starts_at is not None, "a countdown has its end"
    first = zoned_time(progress.starts_at, progress.timezone)
    return f"the first copy leaves {first}; until then `mailer stop {progress.issue}` stops it"


def _explain_sending(progress: Progress, now: datetime) -> str:
    if progress.counts_down(now):
        return first_copy_sentence(progress)
    if progress.opens_at is not None:
        return f"outside of its hours ([send] between); it goes on {zoned_time(progress.opens_at, progress.timezone)}"
    if progress.relay_down:
        return f"the relay is down: {progress.relay_down}"
    if progress.slow_relays:
        left = [f"about {progress.seconds_left:.0f} s left"] if progress.seconds_left else []
        return "; ".join([*map(slow_relay_sentence, progress.slow_relays), *left])
    if progress.rest_at and progress.rest_at > now:
        return f"the first copies have gone; the rest follows {zoned_time(progress.rest_at, progress.timezone)}"
    if progress.throttled:
        providers = ", ".join(throttle.family for throttle in progress.throttled)
        return f"nothing leaves to {providers} for now: `mailer domain list`"
    if progress.next_at and progress.next_at > now:
        return f"the next attempt is on {zoned_time(progress.next_at, progress.timezone)}"
    if progress.seconds_left:
        return f"about {progress.seconds_left:.0f} s left"
    leaving = progress.counts["sending"]
    return f"waits for the relay's answers to {counted(leaving, 'copy', 'copies')}" if leaving else ""
