"""What is still open: when a copy needs a person, and when another copy stands in its place."""

from mailer.domain.delivery import State

_UNDECIDED = frozenset({State.UNCERTAIN, State.HELD})


def needs_a_person(state: State, *, replaced: bool) -> bool:
    """Whether a copy in this state needs a person's decision; `replaced`: a later copy stands in its place."""
    return state in _UNDECIDED or (state.failed and not replaced)


def replaces(later: State) -> bool:
    """Whether a later copy of the same issue, reader and language, in this state, stands in the place of the earlier.

    Also when it failed in its turn: then it is the later one that needs a person, and the reader is counted once.
    """
    return later is not State.CANCELLED
