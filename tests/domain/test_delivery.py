"""The table of a delivery's moves: every line of it, what can never happen, and its diagram in docs/flow.md."""

from itertools import product

import pytest

from mailer.domain.delivery import (
    BLOCKING,
    MOVES,
    Accepted,
    Deferred,
    Event,
    JournalEntry,
    JournalState,
    Outcome,
    Rejected,
    Reply,
    State,
    Throttled,
    Unknown,
    advance,
    event_after_death,
    event_of,
    journal_state_of,
)
from tests.domain.diagrams import drawn


def test_the_diagram_is_the_table():
    assert drawn("delivery") == {(state.value, event.value): to.value for (state, event), to in MOVES.items()}


def reach(start: State, moves: dict[tuple[State, Event], State] = MOVES) -> set[State]:
    found, look = set(), [start]
    while look:
        state = look.pop()
        further = {to for (begin, _), to in moves.items() if begin is state} - found
        found |= further
        look += further
    return found


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_a_delivery_moves_by_the_table_alone(state, event):
    if (state, event) in MOVES:
        assert advance(state, event) is MOVES[state, event]
    else:
        with pytest.raises(ValueError, match=f"a delivery that is {state} cannot be {event}"):
            advance(state, event)


def test_every_state_and_event_is_used():
    assert reach(State.PENDING) == set(State)
    assert {event for _, event in MOVES} == set(Event)


def test_what_has_left_never_leaves_again():
    assert reach(State.ACCEPTED) == {State.BOUNCED}
    for state in (State.REJECTED, State.BOUNCED, State.CANCELLED):
        assert reach(state) == set()


def test_what_may_have_left_goes_again_only_when_somebody_says_so():
    silent = {move: to for move, to in MOVES.items() if move[1] is not Event.SETTLED_RESEND}
    assert reach(State.UNCERTAIN, silent) == {State.ACCEPTED, State.REJECTED, State.BOUNCED}


def test_only_a_claim_leads_to_the_relay():
    assert [move for move, to in MOVES.items() if to is State.SENDING] == [(State.PENDING, Event.CLAIMED)]


def test_a_further_copy_is_blocked_while_one_is_there_or_under_way():
    assert {"pending", "sending", "uncertain", "accepted", "held"} == BLOCKING
    # A copy in a state that does not block never comes back to one that does.
    assert all(not reach(state) & BLOCKING for state in set(State) - BLOCKING)


def test_failed_is_what_never_arrived():
    assert {state for state in State if state.failed} == {State.REJECTED, State.BOUNCED}


REPLY = Reply(code=250)


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (Accepted(reply=REPLY), Event.ACCEPTED),
        (Deferred(reply=REPLY), Event.DEFERRED),
        (Throttled(reply=REPLY), Event.UNUSED),
        (Rejected(reply=REPLY), Event.REJECTED),
        (Unknown(reply=None), Event.REPLY_LOST),
        # An outcome that is no known answer counts as a lost reply.
        (Outcome(reply=None), Event.REPLY_LOST),
    ],
)
def test_what_an_outcome_means(outcome, event):
    assert event_of(outcome) is event
    assert (State.SENDING, event) in MOVES


# --- what a journal says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Accepted(reply=REPLY), JournalState.ACCEPTED),
        (Deferred(reply=REPLY), JournalState.DEFERRED),
        (Throttled(reply=REPLY), JournalState.THROTTLED),
        (Rejected(reply=REPLY), JournalState.REJECTED),
        (Unknown(reply=None), JournalState.LOST),
        (Outcome(reply=None), JournalState.LOST),
    ],
)
def test_what_a_journal_says_of_an_outcome_leads_to_the_same_state_as_the_outcome(outcome, state):
    assert journal_state_of(outcome) is state
    left = event_after_death(JournalEntry(state=state, code=250))
    assert advance(State.SENDING, left) is advance(State.SENDING, event_of(outcome))


def test_of_the_dead_only_what_had_begun_and_has_no_answer_is_in_doubt():
    assert advance(State.SENDING, event_after_death(None)) is State.PENDING
    assert advance(State.SENDING, event_after_death(JournalEntry(state=JournalState.BEGUN))) is State.UNCERTAIN
    assert {
        state for state in JournalState if event_after_death(JournalEntry(state=state)) is Event.ABANDONED_MARKED
    } == {
        JournalState.BEGUN,
        JournalState.LOST,
    }
