"""A mailing: one issue to one circulation, with its states and steps."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.domain.remedy import Note


class MailingState(StrEnum):
    """Where a mailing is."""

    PLANNED = "planned"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can happen to a mailing."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"
    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    MISSED = "missed"
    CLOSE = "close"
    REOPEN = "reopen"  # a copy of a closed mailing was settled as "resend", or released
    CANCEL = "cancel"
    STOP = "stop"  # its countdown was stopped before a copy had left: it is again as it was approved
    STOP_UNAPPROVED = "stop_unapproved"  # the same of a mailing that went without an approval
    FOUND_SENT = "found_sent"  # in a restored backup: it was sent after the backup was made


_OPEN = (MailingState.PLANNED, MailingState.APPROVED)
# A mailing in one of these was begun and has not ended.
UNDER_WAY = (MailingState.SENDING, MailingState.PAUSED)

STEPS: dict[tuple[MailingState, Step], MailingState] = {
    (MailingState.PLANNED, Step.APPROVE): MailingState.APPROVED,
    (MailingState.APPROVED, Step.WITHDRAW): MailingState.PLANNED,
    (MailingState.HELD, Step.WITHDRAW): MailingState.PLANNED,
    **{(state, Step.SEND): MailingState.SENDING for state in (*_OPEN, MailingState.HELD)},
    **{(state, Step.MISSED): MailingState.HELD for state in (*_OPEN, MailingState.SENDING)},
    (MailingState.SENDING, Step.PAUSE): MailingState.PAUSED,
    (MailingState.PAUSED, Step.RESUME): MailingState.SENDING,
    (MailingState.SENDING, Step.CLOSE): MailingState.CLOSED,
    **{
        (state, Step.FOUND_SENT): MailingState.CLOSED
        for state in (*_OPEN, MailingState.SENDING, MailingState.PAUSED, MailingState.HELD)
    },
    **{(state, Step.STOP): MailingState.APPROVED for state in UNDER_WAY},
    **{(state, Step.STOP_UNAPPROVED): MailingState.PLANNED for state in UNDER_WAY},
    (MailingState.CLOSED, Step.REOPEN): MailingState.SENDING,
    **{
        (state, Step.CANCEL): MailingState.CANCELLED
        for state in (*_OPEN, MailingState.SENDING, MailingState.PAUSED, MailingState.HELD)
    },
}

# Nothing more happens to a mailing in one of these, unless one of its copies is settled or released.
ENDED = frozenset({MailingState.CLOSED, MailingState.CANCELLED})

# In these states a mailing may be planned again, until its first message has left.
REPLANNABLE = frozenset({MailingState.PLANNED, MailingState.APPROVED, MailingState.HELD})


def take(state: MailingState, step: Step) -> MailingState:
    """The state after the step; ValueError where the table has no such line."""
    try:
        return STEPS[state, step]
    except KeyError:
        raise ValueError(f"a mailing that is {state} has no step {step}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """A mailing as the database has it. Hashes are sha256 in hex.

    `inputs_hash` covers what, besides the issue, the editions were compiled from.
    `seal` is what an approval is bound to; `approved_hash` is the seal that was approved, and counts while both are equal.
    `due_at` is the time of a scheduled mailing; `starts_at` the moment before which no message leaves (`undo_minutes`),
    None while its countdown is paused. `stopped_at` is when a person stopped the countdown: only a person begins it again.
    `rest_at` is when the rest may follow a canary wave that has left.
    `broken_at` is when the breaker last stopped it, `broken_by` what the copies shared that had failed alike.
    `closed_at` is when it was last closed or cancelled (None in mailings that ended before this was stored).
    `supplement` is 0 for the first mailing of an issue and counts the further ones.
    """

    id: int
    newsletter: str
    serial: int
    supplement: int
    state: MailingState
    content_hash: str
    circulation_hash: str
    editions_hash: str
    inputs_hash: str
    seal: str
    approval_required: bool
    planned_at: datetime
    approved_hash: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    due_at: datetime | None = None
    starts_at: datetime | None = None
    held_reason: str | None = None
    first_handover_at: datetime | None = None
    rest_at: datetime | None = None
    broken_at: datetime | None = None
    broken_by: str = ""
    closed_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def issue(self) -> str:
        """What people type: `russia-confidential/253`."""
        return f"{self.newsletter}/{self.serial}"

    @property
    def knows_circulation(self) -> bool:
        """False for an issue that was sent after the backup that this ledger comes from: who got it is not known."""
        return bool(self.circulation_hash)

    @property
    def is_approved(self) -> bool:
        """Whether exactly what would go out was approved."""
        return self.approved_hash == self.seal

    @property
    def has_begun(self) -> bool:
        """Whether a message of it may have left: no new plan takes its place."""
        return self.supplement > 0 or self.first_handover_at is not None

    def counts_down(self, now: datetime) -> bool:
        """Whether it was begun, and its first message may not leave yet."""
        return self.state is MailingState.SENDING and self.starts_at is not None and now < self.starts_at

    def may_leave(self, *, approval_required: bool) -> bool:
        """Whether it has the approval it needs, by the setting when it was planned and by the present one."""
        return self.is_approved or not (self.approval_required or approval_required)


def wants_plan(mailings: Sequence[Mailing], content_hash: str) -> bool:
    """Whether an issue with these mailings and this newest content is planned without a person's command."""
    if not mailings:
        return True
    return mailings[0].state is MailingState.PLANNED and mailings[0].content_hash != content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval just given, with what the approver should know besides."""

    copies: int
    warnings: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStart:
    """A mailing that may now be sent: the first message leaves no earlier than `starts_at`."""

    copies: int
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """What a cancel comes to: `left` counts the copies that have left or are just leaving, `never` those that never will.

    `supplements` are the numbers of the supplements that are cancelled; without `whole_issue` nothing else is.
    """

    issue: str
    whole_issue: bool
    supplements: tuple[int, ...]
    left: int
    never: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedCountdown:
    """What stopping a countdown came to: `copies` do not leave.

    The issue's own mailing is in this `state` again. The `supplements`, by number, are cancelled: their people are owed
    their copies as before.
    """

    issue: str
    state: MailingState
    copies: int
    supplements: tuple[int, ...]


def seal(content_hash: str, circulation_hash: str, editions_hash: str) -> str:
    """The hash that an approval is bound to."""
    return hashlib.sha256(f"{content_hash}\n{circulation_hash}\n{editions_hash}".encode()).hexdigest()
