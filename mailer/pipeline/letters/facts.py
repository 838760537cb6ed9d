"""Puts copies, holds and names into the plain values that a letter's template is given."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from mailer.domain.bounce import FailureReason
from mailer.domain.delivery import Delivery
from mailer.domain.hold import Failure, Hold
from mailer.domain.membership import Seat
from mailer.domain.names import name_in
from mailer.views import plain_words

Facts = dict[str, object]
T = TypeVar("T")

# A letter names so many of each kind; a command lists all of them.
NAMED = 40


def first(items: Sequence[T]) -> Sequence[T]:
    """The items that a letter names."""
    return items[:NAMED]


def cut(name: str, items: Sequence[T], facts: Callable[[T], Facts]) -> Facts:
    """The facts of the first items under that name, and how many more there are."""
    return {name: [facts(item) for item in first(items)], f"{name}_more": max(0, len(items) - NAMED)}


def copy_facts(copy: Delivery) -> Facts:
    """A copy, and whose it is."""
    return {
        "id": copy.id,
        "person": copy.person,
        "name": copy.copy.name,
        "address": copy.address,
        "number": copy.copy_number,
    }


def failure_facts(failure: Failure | None) -> Facts:
    """Why a copy did not arrive; of a refusal known from a dead sender's journal alone there are no words."""
    reason = failure.reason if failure is not None else FailureReason.UNKNOWN
    words = failure.words if failure is not None else ""
    return {"reason": reason.value, "trouble": plain_words.trouble(reason), "said": words}


def hold_facts(hold: Hold, seats: Sequence[Seat], language: str) -> Facts:
    """An address that is held, whose it is by the register, and the failures that decided."""
    return {
        "address": str(hold.address),
        "people": sorted({seat.person for seat in seats}),
        "names": sorted({name_in(seat.names, language) or seat.person for seat in seats}),
        "reason": hold.reason,
        "evidence": [
            {
                "issue": failure.issue,
                "reason": failure.reason.value,
                "at": failure.at.isoformat(),
                "said": failure.words,
            }
            for failure in hold.evidence
        ],
    }
