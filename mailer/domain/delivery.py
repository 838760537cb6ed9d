"""A delivery: the duty to get one copy to one address, with its states and what an attempt can come to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.domain.circulation import Copy


class State(StrEnum):
    """Where a delivery is. Counts of these are the whole truth about a mailing."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    HELD = "held"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"

    @property
    def failed(self) -> bool:
        """Whether the copy did not arrive, and never will at this address."""
        return self in {State.REJECTED, State.BOUNCED}


class Event(StrEnum):
    """What can happen to a delivery."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    REPLY_LOST = "reply_lost"
    UNUSED = "unused"  # claimed, but nothing was tried: the relay was down, or we were asked to stop
    ABANDONED = "abandoned"  # its owner died before the content could leave: its journal proves it
    ABANDONED_MARKED = "abandoned_marked"  # its owner died, or its lease ended, and it may have left
    SETTLED_ACCEPTED = "settled_accepted"
    SETTLED_RESEND = "settled_resend"
    BOUNCE_REPORTED = "bounce_reported"
    HELD = "held"
    RELEASED = "released"
    CANCELLED = "cancelled"
    GAVE_UP = "gave_up"


# The one table. Every move of a delivery is a line here, and the schema's CHECK knows the same states.
MOVES: dict[tuple[State, Event], State] = {
    (State.PENDING, Event.CLAIMED): State.SENDING,
    (State.SENDING, Event.ACCEPTED): State.ACCEPTED,
    (State.SENDING, Event.DEFERRED): State.PENDING,
    (State.SENDING, Event.REJECTED): State.REJECTED,
    (State.SENDING, Event.REPLY_LOST): State.UNCERTAIN,
    (State.SENDING, Event.UNUSED): State.PENDING,
    (State.SENDING, Event.ABANDONED): State.PENDING,
    (State.SENDING, Event.ABANDONED_MARKED): State.UNCERTAIN,
    (State.SENDING, Event.GAVE_UP): State.REJECTED,
    (State.SENDING, Event.BOUNCE_REPORTED): State.BOUNCED,
    (State.UNCERTAIN, Event.SETTLED_ACCEPTED): State.ACCEPTED,
    (State.UNCERTAIN, Event.SETTLED_RESEND): State.PENDING,
    (State.UNCERTAIN, Event.BOUNCE_REPORTED): State.BOUNCED,
    (State.ACCEPTED, Event.BOUNCE_REPORTED): State.BOUNCED,
    (State.PENDING, Event.HELD): State.HELD,
    (State.HELD, Event.RELEASED): State.PENDING,
    (State.PENDING, Event.CANCELLED): State.CANCELLED,
    (State.HELD, Event.CANCELLED): State.CANCELLED,
    (State.PENDING, Event.GAVE_UP): State.REJECTED,
}

# A person with a copy in one of these gets no further copy of the issue: the partial unique index says the same.
BLOCKING = frozenset({State.PENDING, State.SENDING, State.UNCERTAIN, State.ACCEPTED, State.HELD})


def advance(state: State, event: Event) -> State:
    """The state after the event; ValueError where the table has no such line."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise ValueError(f"a delivery that is {state} cannot be {event}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the relay said: RFC 5321 code, RFC 3463 enhanced status (empty when none), text, and its own queue id."""

    code: int
    status: str = ""
    text: str = ""
    queue_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt. `reply` is None only when it was lost. `tls_version` is empty without TLS."""

    reply: Reply | None
    tls_version: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Outcome):
    """The relay has taken responsibility (2xx after the content)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred(Outcome):
    """Not now (4xx): try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Outcome):
    """Never like this (5xx, or the relay cannot carry the address)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Outcome):
    """The content was handed over and the reply was lost: only a person or a named policy settles it."""


def event_of(outcome: Outcome) -> Event:
    """The event that an outcome is; anything not known to be an answer is a lost reply."""
    match outcome:
        case Accepted():
            return Event.ACCEPTED
        case Deferred():
            return Event.DEFERRED
        case Rejected():
            return Event.REJECTED
        case _:
            return Event.REPLY_LOST


class Noted(StrEnum):
    """What a sender's journal says of a copy: that its content began to leave, or what the answer was."""

    BEGUN = "begun"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The last that a journal says of a copy, with the answer's code (0 when there was none)."""

    noted: Noted
    code: int = 0


_NOTED = {
    Event.ACCEPTED: Noted.ACCEPTED,
    Event.DEFERRED: Noted.DEFERRED,
    Event.REJECTED: Noted.REJECTED,
    Event.REPLY_LOST: Noted.LOST,
}


def noted_of(outcome: Outcome) -> Noted:
    """What a journal says of a copy with this outcome."""
    return _NOTED[event_of(outcome)]


def left_by_the_dead(trace: Trace | None) -> Event:
    """What becomes of a copy whose sender is proved dead, by what its journal says of it: None is nothing at all."""
    if trace is None:
        return Event.ABANDONED
    return {
        Noted.ACCEPTED: Event.ACCEPTED,
        Noted.DEFERRED: Event.DEFERRED,
        Noted.REJECTED: Event.REJECTED,
        Noted.BEGUN: Event.ABANDONED_MARKED,
        Noted.LOST: Event.ABANDONED_MARKED,
    }[trace.noted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to hand over a copy, as recorded."""

    number: int
    started_at: datetime
    finished_at: datetime
    outcome: str
    code: int | None
    status: str
    text: str
    queue_id: str
    tls_version: str
    relay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The duty to get one copy to one address: the copy as frozen, its state, and the reply to its last attempt.

    `attempts` counts all attempts. `epoch` counts the claims; `marked_at` is when the current one began.
    """

    id: int
    mailing: int
    copy: Copy
    message_id: str
    state: State
    held_reason: str | None
    next_attempt_at: datetime | None
    owner: int | None
    epoch: int
    marked_at: datetime | None
    attempts: int
    last_code: int | None
    last_status: str | None
    last_text: str | None

    @property
    def person(self) -> str:
        """The person whom the copy is for; an alias once the person is erased."""
        return self.copy.person

    @property
    def language(self) -> str:
        """The language of the copy."""
        return self.copy.language

    @property
    def copy_number(self) -> int:
        """The number printed in the copy."""
        return self.copy.copy_number

    @property
    def address(self) -> str:
        """The address in its wire form; empty once the person is erased."""
        return self.copy.address.wire if self.copy.address.domain else ""
