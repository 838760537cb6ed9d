"""What happens next with an issue, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.domain.departure import Departure
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.shelf import Revision
from mailer.domain.standstill import Standstill


class NextStep(StrEnum):
    """What is to come for an issue."""

    STAND_STILL = "stand_still"  # nothing is pulled, planned or sent now
    PLAN = "plan"  # it has no plan yet
    PLAN_AGAIN = "plan_again"  # it was edited since it was planned
    APPROVE = "approve"  # approved now, it leaves at the time given
    LEAVE = "leave"  # by itself, at the time given
    DECIDE = "decide"  # it missed its time; a person decides
    SEND = "send"  # its countdown was stopped; a person sends it
    BEGIN = "begin"  # the first copy leaves at the time given; until then it can be stopped
    GO_ON = "go_on"  # copies are leaving
    RESUME = "resume"  # it is paused
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStanding:
    """An issue's latest revision, its first mailing, and what comes next; `at` is the time of that, where it has one.

    `standstill` is why nothing does, whatever its state.
    """

    revision: Revision
    mailing: Mailing | None
    step: NextStep
    at: datetime | None = None
    standstill: Standstill | None = None

    @property
    def state(self) -> str:
        """The state of the mailing; `pulled` before there is one."""
        return self.mailing.state if self.mailing else "pulled"


def standing_of(
    revision: Revision,
    mailing: Mailing | None,
    departure: Departure | None,
    now: datetime,
    standstill: Standstill | None = None,
) -> IssueStanding:
    """How an issue stands. A step that a person or the daemon takes is named before one that follows it."""
    step, at = _next(revision, mailing, departure, now)
    if standstill is not None and step is not NextStep.NOTHING:
        step, at = NextStep.STAND_STILL, None
    return IssueStanding(revision=revision, mailing=mailing, step=step, at=at, standstill=standstill)


def _next(
    revision: Revision, mailing: Mailing | None, departure: Departure | None, now: datetime
) -> tuple[NextStep, datetime | None]:
    if mailing is None:
        return NextStep.PLAN, None
    match mailing.state:
        case MailingState.PLANNED | MailingState.APPROVED if revision.content_hash != mailing.content_hash:
            return NextStep.PLAN_AGAIN, None
        case MailingState.PLANNED | MailingState.APPROVED:
            if departure is not None and not departure.by_itself:
                return NextStep.DECIDE if departure.missed else NextStep.SEND, None
            step = NextStep.APPROVE if departure is not None and departure.unapproved else NextStep.LEAVE
            return step, departure.at if departure is not None else None
        case MailingState.HELD:
            return NextStep.DECIDE, None
        case MailingState.PAUSED:
            return NextStep.RESUME, None
        case MailingState.SENDING:
            waits = mailing.starts_at is not None and mailing.starts_at > now
            return (NextStep.BEGIN, mailing.starts_at) if waits else (NextStep.GO_ON, None)
        case MailingState.CLOSED | MailingState.CANCELLED:
            return NextStep.NOTHING, mailing.closed_at
