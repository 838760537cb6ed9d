"""The table of a mailing's steps, its diagram in docs/flow.md, and what an approval is bound to."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from mailer.domain.mailing import REPLANNABLE, STEPS, Mailing, MailingState, Step, seal, take, wants_plan
from mailer.domain.progress import current_mailing
from tests.domain.diagrams import drawn

PLANNED = Mailing(
    id=1,
    newsletter="russia-confidential",
    serial=253,
    supplement=0,
    state=MailingState.PLANNED,
    content_hash="a",
    circulation_hash="b",
    editions_hash="c",
    inputs_hash="d",
    seal="the seal",
    approval_required=True,
    planned_at=datetime(2018, 7, 12, tzinfo=UTC),
)


def reach(start: MailingState) -> set[MailingState]:
    found, look = set(), [start]
    while look:
        state = look.pop()
        further = {to for (begin, _), to in STEPS.items() if begin is state} - found
        found |= further
        look += further
    return found


def test_the_diagram_is_the_table():
    assert drawn("mailing") == {(state.value, step.value): to.value for (state, step), to in STEPS.items()}


@pytest.mark.parametrize(("state", "step"), list(product(MailingState, Step)))
def test_a_mailing_moves_by_the_table_alone(state, step):
    if (state, step) in STEPS:
        assert take(state, step) is STEPS[state, step]
    else:
        with pytest.raises(ValueError, match=f"a mailing that is {state} has no step {step}"):
            take(state, step)


def test_every_state_and_step_is_used():
    assert reach(MailingState.PLANNED) == set(MailingState)
    assert {step for _, step in STEPS} == set(Step)


def test_cancelled_is_for_ever_and_all_but_closed_can_be():
    assert reach(MailingState.CANCELLED) == set()
    can = {state for state, step in STEPS if step is Step.CANCEL}
    assert can == set(MailingState) - {MailingState.CLOSED, MailingState.CANCELLED}


def test_nothing_that_is_under_way_or_done_is_planned_anew():
    assert {"planned", "approved", "held"} == REPLANNABLE


def test_the_seal_is_over_each_of_the_three_in_its_place():
    hashes = ("a", "b", "c")
    assert len(seal(*hashes)) == 64
    others = [("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"), ("b", "a", "c"), ("a", "c", "b"), ("ab", "", "c")]
    assert len({seal(*one) for one in (hashes, *others)}) == 7


def test_a_mailing_is_approved_when_somebody_approved_this_very_seal():
    assert not PLANNED.is_approved
    assert not replace(PLANNED, approved_hash="another seal").is_approved
    assert replace(PLANNED, approved_hash="the seal").is_approved
    assert PLANNED.issue == "russia-confidential/253"


@pytest.mark.parametrize(("planned", "now"), list(product([False, True], repeat=2)))
def test_an_approval_is_needed_when_the_plan_or_the_present_setting_requires_it(planned, now):
    mailing = replace(PLANNED, approval_required=planned)
    assert mailing.may_leave(approval_required=now) is not (planned or now)
    assert replace(mailing, approved_hash="the seal").may_leave(approval_required=now)


LEFT = {"first_handover_at": datetime(2018, 7, 13, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("fields", "has_begun"),
    [({}, False), ({"state": MailingState.SENDING}, False), (LEFT, True), ({"supplement": 1}, True)],
)
def test_a_mailing_has_begun_once_a_message_may_have_left(fields, has_begun):
    assert replace(PLANNED, **fields).has_begun is has_begun


def test_an_issue_is_planned_by_itself_only_in_place_of_an_old_plan_without_an_approval():
    assert wants_plan([], "new")
    assert wants_plan([PLANNED], "new")
    assert not wants_plan([PLANNED], PLANNED.content_hash)
    assert not wants_plan([replace(PLANNED, state=MailingState.APPROVED)], "new")


@pytest.mark.parametrize(
    ("states", "current"),
    [
        *[("closed", 0), ("closed sending", 1), ("sending sending", 0), ("paused closed", 0), ("closed cancelled", 0)],
        *[("closed cancelled closed", 2), ("cancelled closed", 1), ("cancelled cancelled", 1)],
    ],
)
def test_the_first_unfinished_mailing_stands_for_its_issue(states, current):
    mailings = [replace(PLANNED, id=at, state=MailingState(state)) for at, state in enumerate(states.split())]
    assert current_mailing(mailings).id == current
