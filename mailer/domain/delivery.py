"""A delivery: the duty to get one copy to one address, with its states and the outcomes of an attempt."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from mailer.domain.bounce import Phase
from mailer.domain.circulation import Copy
from mailer.domain.names import label, shown_name


class State(StrEnum):
    """Where a delivery is. All counts of a mailing are counts of these."""

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
        """Whether the copy did not arrive, and will not at this address."""
        return self in {State.REJECTED, State.BOUNCED}


class Event(StrEnum):
    """What can happen to a delivery."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    REPLY_LOST = "reply_lost"
    UNUSED = "unused"  # claimed, but not tried: the relay was down, or the sender stopped
    ABANDONED = "abandoned"  # its owner died before the content could leave, as its journal proves
    ABANDONED_MARKED = "abandoned_marked"  # its owner died, or its lease ended, when it may have left already
    SETTLED_ACCEPTED = "settled_accepted"
    SETTLED_RESEND = "settled_resend"
    SETTLED_REJECTED = "settled_rejected"
    BOUNCE_REPORTED = "bounce_reported"
    HELD = "held"
    RELEASED = "released"
    CANCELLED = "cancelled"
    GAVE_UP = "gave_up"


# Every move of a delivery is a line of this table; the schema's CHECK knows the same states.
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
    # In a restored backup, which knows less than the relay's log.
    (State.PENDING, Event.SETTLED_ACCEPTED): State.ACCEPTED,
    (State.SENDING, Event.SETTLED_ACCEPTED): State.ACCEPTED,
    (State.HELD, Event.SETTLED_ACCEPTED): State.ACCEPTED,
    (State.UNCERTAIN, Event.SETTLED_ACCEPTED): State.ACCEPTED,
    (State.UNCERTAIN, Event.SETTLED_RESEND): State.PENDING,
    (State.UNCERTAIN, Event.SETTLED_REJECTED): State.REJECTED,
    (State.UNCERTAIN, Event.BOUNCE_REPORTED): State.BOUNCED,
    (State.ACCEPTED, Event.BOUNCE_REPORTED): State.BOUNCED,
    (State.PENDING, Event.HELD): State.HELD,
    (State.HELD, Event.RELEASED): State.PENDING,
    (State.PENDING, Event.CANCELLED): State.CANCELLED,
    (State.HELD, Event.CANCELLED): State.CANCELLED,
    (State.PENDING, Event.GAVE_UP): State.REJECTED,
}

# How a copy that was declared uncertain, since its lease had ended or its owner had died, is settled by what became of that
# very attempt, once it is known. The others stay uncertain, and a person settles them.
SETTLED_LATE: dict[Event, Event] = {
    Event.ACCEPTED: Event.SETTLED_ACCEPTED,
    Event.REJECTED: Event.SETTLED_REJECTED,
    Event.GAVE_UP: Event.SETTLED_REJECTED,
    Event.DEFERRED: Event.SETTLED_RESEND,
    Event.UNUSED: Event.SETTLED_RESEND,
    Event.ABANDONED: Event.SETTLED_RESEND,
}

# A person with a copy in one of these states gets no further copy of the issue; a partial unique index says the same.
BLOCKING = frozenset({State.PENDING, State.SENDING, State.UNCERTAIN, State.ACCEPTED, State.HELD})


def advance(state: State, event: Event) -> State:
    """The state after the event; ValueError where the table has no such line."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise ValueError(f"a delivery that is {state} cannot be {event}") from None


class Reply(NamedTuple):
    """The relay's answer: RFC 5321 code, RFC 3463 enhanced status (or empty), text, and the relay's queue id."""

    code: int
    status: str = ""
    text: str = ""
    queue_id: str = ""

    @property
    def unnamed(self) -> str:
        """In quotation marks, without addresses."""
        text = " ".join(word for word in self.text.split() if "@" not in word)[:200]
        return " ".join(word for word in (f"‘{self.code}", self.status, text) if word) + "’"


@dataclass(slots=True, kw_only=True)  # not frozen: each copy has one, and a frozen one takes five times as long to make
class Outcome:
    """The result of one attempt, never changed. `reply` is None when it was lost; `tls_version` is empty without TLS.

    `phase` is the part of the dialogue in which the relay refused; else it is unknown.
    """

    reply: Reply | None
    phase: Phase = Phase.UNKNOWN
    tls_version: str = ""
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class Accepted(Outcome):
    """The relay has taken responsibility: 2xx after the content."""


@dataclass(slots=True, kw_only=True)
class Deferred(Outcome):
    """The relay refuses for now (4xx): the copy is tried again later."""


@dataclass(slots=True, kw_only=True)
class Throttled(Outcome):
    """The relay asks us to slow down, and has not judged the copy: it waits, and no attempt of it is used up.

    `by_provider`: it passes on what one provider asks, while it accepts copies for others.
    """

    by_provider: bool = False


@dataclass(slots=True, kw_only=True)
class Rejected(Outcome):
    """The relay refuses for good (5xx), or cannot carry the address."""


@dataclass(slots=True, kw_only=True)
class Unknown(Outcome):
    """The content was handed over and the reply was lost: a person settles it, or the setting `on_unknown`."""


_EVENTS: dict[type[Outcome], Event] = {
    Accepted: Event.ACCEPTED,
    Deferred: Event.DEFERRED,
    Throttled: Event.UNUSED,
    Rejected: Event.REJECTED,
}


def event_of(outcome: Outcome) -> Event:
    """The event that follows from an outcome; one that is no known answer counts as a lost reply."""
    return _EVENTS.get(type(outcome), Event.REPLY_LOST)


class JournalState(StrEnum):
    """What a sender's journal says of a copy: its content began to leave, or how the relay answered."""

    BEGUN = "begun"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    LOST = "lost"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """The last entry of a journal about a copy, with the code of the relay's answer (0 without one)."""

    state: JournalState
    code: int = 0


_JOURNALLED: dict[type[Outcome], JournalState] = {
    Accepted: JournalState.ACCEPTED,
    Deferred: JournalState.DEFERRED,
    Throttled: JournalState.THROTTLED,
    Rejected: JournalState.REJECTED,
}


def journal_state_of(outcome: Outcome) -> JournalState:
    """What a journal writes about a copy with this outcome."""
    return _JOURNALLED.get(type(outcome), JournalState.LOST)


def event_after_death(entry: JournalEntry | None) -> Event:
    """The event of a copy whose sender has died, by the last journal entry about it; None: it has none."""
    if entry is None:
        return Event.ABANDONED
    return {
        JournalState.ACCEPTED: Event.ACCEPTED,
        JournalState.DEFERRED: Event.DEFERRED,
        JournalState.THROTTLED: Event.UNUSED,
        JournalState.REJECTED: Event.REJECTED,
        JournalState.BEGUN: Event.ABANDONED_MARKED,
        JournalState.LOST: Event.ABANDONED_MARKED,
    }[entry.state]


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

    `attempts` counts those in which the copy was judged, `last_…` are of the last one of any. `epoch` counts the claims; `marked_at` is when the current one began.
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
    def name(self) -> str:
        """The name printed in the copy; "erased" once the person is erased."""
        return shown_name(self.person, self.copy.name)

    @property
    def label(self) -> str:
        """The person's id with the name beside it."""
        return label(self.person, self.copy.name)

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
