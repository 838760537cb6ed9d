"""How a planned circulation differs from what the register says now, person by person."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mailer.domain.circulation import ADDRESS_CHANGED, Copy, Judged, copies_for
from mailer.domain.insert import Inserts
from mailer.domain.mailing import MailingState

NOT_IN_REGISTER = "not_in_register"


class ChangeKind(StrEnum):
    """What has changed for a person since the plan."""

    LOST = "lost"  # has a copy in the plan, and is not entitled to it any more
    GAINED = "gained"  # is entitled, and has no copy in the plan
    CHANGED = "changed"  # has one that would be another now


class CopyChange(StrEnum):
    """In what a person's copies would be others now."""

    LANGUAGES = "languages_changed"
    ADDRESS = ADDRESS_CHANGED
    WORDS = "name_changed"  # the name or the salutation
    INSERT = "insert_changed"  # the renewal notice with its paid-until date
    WITHHELD = "copy_held"  # held in the meantime, though its reader is entitled


# A copy that differs in these alone goes out as planned; all others are held, or are missing.
_WORDS_ONLY = frozenset({CopyChange.WORDS, CopyChange.INSERT})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """What has changed for one person, and why: the reason of the rule, or in what the copies differ."""

    person: str
    name: str
    kind: ChangeKind
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculationChange:
    """A mailing whose plan differs from the register; `people` are those for whom it does, by person."""

    issue: str
    mailing: int
    state: MailingState
    people: tuple[PersonChange, ...]

    def of(self, kind: ChangeKind) -> tuple[PersonChange, ...]:
        """The people for whom this has changed."""
        return tuple(change for change in self.people if change.kind is kind)

    @property
    def receiving(self) -> "CirculationChange":
        """The same without the people for whom only what their copy says would be other."""
        return replace(
            self,
            people=tuple(
                change
                for change in self.people
                if change.kind is not ChangeKind.CHANGED or set(change.reasons) - _WORDS_ONLY
            ),
        )

    @property
    def digest(self) -> str:
        """The same for the same difference of the same plan."""
        lines = [f"{change.person!r} {change.kind} {' '.join(change.reasons)}" for change in self.people]
        return hashlib.sha256("\n".join([str(self.mailing), *lines]).encode()).hexdigest()[:16]


def change_of(
    planned: Sequence[Copy], judged: Judged | None, *, inserts: Inserts, withheld: Collection[int] = ()
) -> PersonChange | None:
    """What has changed for a person with these planned copies, by the decision of now; None: nothing.

    `judged` is None for a person who is not in the register any more. `withheld` are the numbers of held copies.
    """
    now = copies_for([judged], inserts=inserts, first_number=1) if judged is not None else []
    if not planned and not now:
        return None
    name = (judged.candidate.seat.any_name if judged is not None else "") or [*planned, *now][0].name
    person = [*planned, *now][0].person
    if judged is not None and not planned:
        return _change(person, name, ChangeKind.GAINED, judged.entitlement.reason)
    if not now:
        reason = judged.entitlement.reason if judged is not None else NOT_IN_REGISTER
        return _change(person, name, ChangeKind.LOST, reason)
    reasons = _differences(planned, now)
    if not reasons and any(copy.copy_number in withheld for copy in planned):
        reasons = [CopyChange.WITHHELD]
    return _change(person, name, ChangeKind.CHANGED, *reasons) if reasons else None


def _change(person: str, name: str, kind: ChangeKind, *reasons: str) -> PersonChange:
    return PersonChange(person=person, name=name, kind=kind, reasons=tuple(map(str, reasons)))


def _differences(planned: Sequence[Copy], now: Sequence[Copy]) -> list[CopyChange]:
    """In what the copies differ: each difference once."""
    before, after = ({copy.language: copy for copy in copies} for copies in (planned, now))
    both = [(before[language], after[language]) for language in before if language in after]
    differences = {
        CopyChange.LANGUAGES: before.keys() != after.keys(),
        CopyChange.ADDRESS: any(old.address.wire != new.address.wire for old, new in both),
        CopyChange.WORDS: any((old.name, old.salutation) != (new.name, new.salutation) for old, new in both),
        CopyChange.INSERT: any((old.variant, old.paid_until) != (new.variant, new.paid_until) for old, new in both),
    }
    return [change for change, differs in differences.items() if differs]
