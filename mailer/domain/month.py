"""The month of an issue: which steps are done, by whom and when, and for whom the next one waits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from mailer.domain.departure import Departure
from mailer.domain.history import HistoryEntry
from mailer.domain.mailing import Mailing, MailingState, Step
from mailer.domain.shelf import Revision
from mailer.domain.standstill import Standstill


class Stage(StrEnum):
    """The steps of every issue, in their order."""

    PULLED = "pulled"
    PLANNED = "planned"
    TESTED = "tested"
    APPROVED = "approved"
    SENT = "sent"
    CLOSED = "closed"


class WaitsFor(StrEnum):
    """Who takes the next step."""

    EDITORS = "editors"
    SECRETARY = "secretary"
    SERVICE = "service"  # it comes by itself
    OPERATOR = "operator"  # the service stands still


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOfIssue:
    """A step that is done `at` a time, `by` a user or the daemon; else, if it is the next one, for whom it waits.

    `due_at` is when the service takes it by itself.
    """

    stage: Stage
    at: datetime | None = None
    by: str = ""
    waits_for: WaitsFor | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfIssue:
    """An issue with its steps. `copies` counts those planned; `state` is None before there is a plan."""

    issue: str
    title: str
    date: date
    state: MailingState | None
    copies: int
    stages: tuple[StageOfIssue, ...]

    @property
    def next(self) -> StageOfIssue | None:
        """The step that waits; None when all are done, or none can follow."""
        return next((stage for stage in self.stages if stage.waits_for is not None), None)


def stages_of(
    revision: Revision,
    mailing: Mailing | None,
    entries: Sequence[HistoryEntry],
    *,
    tested_at: datetime | None,
    departure: Departure | None,
    approval_required: bool,
    standstill: Standstill | None = None,
) -> tuple[StageOfIssue, ...]:
    """The steps of an issue. `entries` are its history, `tested_at` is when exactly what is planned was tested last.

    At a standstill every step waits for the operator.
    """
    stages = _stages(revision, mailing, entries, tested_at, departure, approval_required=approval_required)
    if standstill is None:
        return stages
    return tuple(
        replace(stage, waits_for=WaitsFor.OPERATOR, due_at=None) if stage.waits_for is not None else stage
        for stage in stages
    )


def _stages(
    revision: Revision,
    mailing: Mailing | None,
    entries: Sequence[HistoryEntry],
    tested_at: datetime | None,
    departure: Departure | None,
    *,
    approval_required: bool,
) -> tuple[StageOfIssue, ...]:
    pulled = StageOfIssue(stage=Stage.PULLED, at=revision.pulled_at, by=_by(entries, "pull", revision.pulled_at))
    if mailing is None:
        return (pulled, StageOfIssue(stage=Stage.PLANNED, waits_for=WaitsFor.SERVICE))
    planned = StageOfIssue(stage=Stage.PLANNED, at=mailing.planned_at, by=_by(entries, "plan", mailing.planned_at))
    has_left = mailing.first_handover_at is not None or mailing.state is MailingState.CLOSED
    if tested_at is not None:
        tested = [StageOfIssue(stage=Stage.TESTED, at=tested_at, by=_by(entries, "test", tested_at))]
    else:
        # A test is the editors' matter; the approval does not wait for it.
        waits = mailing.state is MailingState.PLANNED
        tested = [StageOfIssue(stage=Stage.TESTED, waits_for=WaitsFor.EDITORS)] if waits else []
    if mailing.state is MailingState.CANCELLED:
        return (pulled, planned, *tested)
    approved = _approved(mailing, required=approval_required) if not has_left or mailing.approved_at else []
    is_waiting = any(stage.waits_for is WaitsFor.SECRETARY for stage in approved)
    sent, closed = _sent(mailing, entries, departure), _closed(mailing)
    if is_waiting:
        sent = StageOfIssue(stage=Stage.SENT)
    if sent.at is None:
        closed = StageOfIssue(stage=Stage.CLOSED)
    return (pulled, planned, *tested, *approved, sent, closed)


def _by(entries: Sequence[HistoryEntry], verb: str, at: datetime) -> str:
    """Who did it at that time: a supplement of the issue is planned and sent later, perhaps by another person."""
    nearest = min(
        (entry for entry in entries if entry.verb == verb), key=lambda entry: abs(entry.at - at), default=None
    )
    return nearest.who if nearest is not None else ""


def _approved(mailing: Mailing, *, required: bool) -> list[StageOfIssue]:
    if mailing.is_approved:
        return [StageOfIssue(stage=Stage.APPROVED, at=mailing.approved_at, by=mailing.approved_by or "")]
    if mailing.may_leave(approval_required=required):
        return []
    return [StageOfIssue(stage=Stage.APPROVED, waits_for=WaitsFor.SECRETARY)]


def _sent(mailing: Mailing, entries: Sequence[HistoryEntry], departure: Departure | None) -> StageOfIssue:
    if (began_at := mailing.first_handover_at) is not None:
        return StageOfIssue(stage=Stage.SENT, at=began_at, by=_by(entries, Step.SEND, mailing.starts_at or began_at))
    if mailing.state is MailingState.CLOSED:
        counted_by = _by(entries, "count as sent", mailing.closed_at) if mailing.closed_at is not None else ""
        return StageOfIssue(stage=Stage.SENT, at=mailing.closed_at, by=counted_by)
    if mailing.state is MailingState.SENDING:
        return StageOfIssue(stage=Stage.SENT, waits_for=WaitsFor.SERVICE, due_at=mailing.starts_at)
    if departure is not None and departure.by_itself and not departure.unapproved:
        return StageOfIssue(stage=Stage.SENT, waits_for=WaitsFor.SERVICE, due_at=departure.at)
    return StageOfIssue(stage=Stage.SENT, waits_for=WaitsFor.SECRETARY)


def _closed(mailing: Mailing) -> StageOfIssue:
    if mailing.state is MailingState.CLOSED:
        return StageOfIssue(stage=Stage.CLOSED, at=mailing.closed_at)
    waits_for = WaitsFor.SERVICE if mailing.state is MailingState.SENDING else WaitsFor.SECRETARY
    return StageOfIssue(stage=Stage.CLOSED, waits_for=waits_for)
