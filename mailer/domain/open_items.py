"""What is still open: when a copy needs a person, and when another copy stands in its place."""

from mailer.domain.circulation import ADDRESS_CHANGED
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason

_UNDECIDED = frozenset({State.UNCERTAIN, State.HELD})
# What keeps readers from a copy although they are entitled to it: a person can help them to it.
_MENDABLE = (None, ADDRESS_CHANGED, EntitlementReason.ADDRESS_HELD)


def may_need_a_person(state: State, *, done: bool) -> bool:
    """Whether a copy in this state can need a person; `done`: a later copy stands in its place, or its report is settled."""
    return state in _UNDECIDED or (state.failed and not done)


def needs_a_person(state: State, *, lost: str | None, reported: bool) -> bool:
    """Whether a copy that can need a person does.

    `reported`: a report about it waits to be settled. `lost` is why its reader may not have it by the register now, None
    when they may: a copy of a reader who is not entitled any more is held, or has failed, as it should.
    """
    return state is State.UNCERTAIN or reported or lost in _MENDABLE


def replaces(later: State) -> bool:
    """Whether a later copy of the same issue, reader and language, in this state, stands in the place of the earlier.

    Also when it failed in its turn: then it is the later one that needs a person, and the reader is counted once.
    """
    return later is not State.CANCELLED
