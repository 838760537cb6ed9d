"""The answer to a question typed into the one box: the people, copies and issues that it means."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailer.domain.bounce import FailureReason
from mailer.domain.explanation import CopyFate, Explanation
from mailer.domain.hold import Hold, OwnPause
from mailer.domain.mailing import MailingState
from mailer.domain.names import label
from mailer.domain.person_match import KnownPerson


class NoAnswer(StrEnum):
    """Why there is no answer."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    FORBIDDEN = "forbidden"  # only those who may see the register may ask about people
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """What became of the last issues for a person, the newest first, and what prevents new copies."""

    person: str
    name: str
    issues: tuple[Explanation, ...]
    holds: tuple[Hold, ...]
    own_pauses: tuple[OwnPause, ...]

    @property
    def label(self) -> str:
        """The id with the name beside it."""
        return label(self.person, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAnswer:
    """What became of one copy."""

    issue: str
    timezone: str
    fate: CopyFate


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAnswer:
    """An issue, and how its mailing stands; None before there is a plan."""

    issue: str
    title: str
    date: date
    state: MailingState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuestion:
    """Everything that a question may mean. Of several people `listed` names each, `more` counts those left out.

    `nearest` is the person whose name looks like what was typed. `reason` and `words` are what a pasted server's reply
    means. `reports` are the numbers of reports.
    """

    typed: str
    people: tuple[PersonAnswer, ...] = ()
    listed: tuple[KnownPerson, ...] = ()
    more: int = 0
    copies: tuple[CopyAnswer, ...] = ()
    issues: tuple[IssueAnswer, ...] = ()
    reports: tuple[int, ...] = ()
    nearest: KnownPerson | None = None
    reason: FailureReason | None = None
    words: str = ""
    why_none: NoAnswer | None = None

    @property
    def is_answered(self) -> bool:
        """Whether it means anything here."""
        return any((self.people, self.listed, self.copies, self.issues, self.reports))
