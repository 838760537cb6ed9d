"""Gathers the overview: what goes out next, the month of each issue, and the figures of the last ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailer.domain.delivery import State
from mailer.domain.departure import Departure
from mailer.domain.issue_figures import IssueFigures
from mailer.domain.mailing import ENDED, Mailing
from mailer.domain.month import MonthOfIssue, stages_of
from mailer.domain.shelf import Revision
from mailer.domain.standstill import Standstill
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.departure import departure_of
from mailer.store import Connection, circulations, history, issues, mailings, tests_sent
from mailer.store.copies import deliveries

# The chart has so many issues.
LAST_ISSUES = 12
# An issue is listed for so long after it was pulled or closed, and for as long as it is under way.
MONTH = timedelta(days=35)
# So many issues are listed; a club that pulls its archive has more, all of the same day.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingMailing:
    """A mailing that has not ended: how many copies it has, how many of them wait, and when it leaves by itself."""

    mailing: Mailing
    title: str
    copies: int
    waiting: int
    departure: Departure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the club stands. `upcoming` begins with what leaves first; `month` and `last` with the newest issue.

    `standstill` is why nothing leaves.
    """

    upcoming: tuple[UpcomingMailing, ...]
    month: tuple[MonthOfIssue, ...]
    last: tuple[IssueFigures, ...]
    standstill: Standstill | None


def overview(context: Context) -> Overview:
    """The overview, by a number of statements that grows with the mailings under way alone."""
    with context.store.reading() as connection:
        revisions = {revision.name: revision for revision in issues.latest_revisions(connection)}
        return Overview(
            upcoming=tuple(_upcoming(connection, context, revisions)),
            month=tuple(_month(connection, context, revisions)),
            last=tuple(_last(connection, revisions)),
            standstill=context.standstill_in(connection),
        )


def _upcoming(connection: Connection, context: Context, revisions: Mapping[str, Revision]) -> list[UpcomingMailing]:
    under_way = mailings.not_ended(connection)
    counts = deliveries.counts_by_mailing(connection, [mailing.id for mailing in under_way])
    upcoming = [
        UpcomingMailing(
            mailing=mailing,
            title=revisions[mailing.issue].title,
            copies=sum(counts[mailing.id].values()),
            waiting=counts[mailing.id][State.PENDING] + counts[mailing.id][State.SENDING],
            departure=_departure(connection, context, mailing),
        )
        for mailing in under_way
    ]
    return sorted(upcoming, key=_leaves_at)


def _leaves_at(upcoming: UpcomingMailing) -> float:
    """What is under way comes first, then what leaves by itself."""
    departure, mailing = upcoming.departure, upcoming.mailing
    return (departure.at if departure is not None else mailing.starts_at or mailing.planned_at).timestamp()


def _departure(connection: Connection, context: Context, mailing: Mailing) -> Departure | None:
    if mailing.newsletter not in context.newsletters:
        return None
    return departure_of(connection, context, mailing)


def _month(connection: Connection, context: Context, revisions: Mapping[str, Revision]) -> list[MonthOfIssue]:
    since = context.clock.now() - MONTH
    firsts = {mailing.issue: mailing for mailing in mailings.firsts(connection)}
    listed = [
        revision
        for revision in revisions.values()
        if _is_recent(revision, firsts.get(revision.name), since.timestamp())
    ]
    listed = sorted(listed, key=lambda revision: (revision.date, revision.serial), reverse=True)[:MOST_LISTED]
    planned = [firsts[revision.name] for revision in listed if revision.name in firsts]
    tests = tests_sent.tests_of(connection, [mailing.content_hash for mailing in planned])
    counts = deliveries.counts_by_mailing(connection, [mailing.id for mailing in planned])
    entries = history.of_subjects(connection, [revision.name for revision in listed])
    standstill = context.standstill_in(connection)
    months = []
    for revision in listed:
        mailing, newsletter = firsts.get(revision.name), context.newsletters.get(revision.newsletter)
        stages = stages_of(
            revision,
            mailing,
            entries.get(revision.name, []),
            tested_at=tests.get((mailing.content_hash, mailing.editions_hash)) if mailing is not None else None,
            departure=_departure(connection, context, mailing) if mailing is not None else None,
            approval_required=newsletter is not None and newsletter.approval_required,
            standstill=standstill,
        )
        months.append(
            MonthOfIssue(
                issue=revision.name,
                title=revision.title,
                date=revision.date,
                state=mailing.state if mailing is not None else None,
                copies=sum(counts[mailing.id].values()) if mailing is not None else 0,
                stages=stages,
            )
        )
    return months


def _is_recent(revision: Revision, mailing: Mailing | None, since: float) -> bool:
    if mailing is not None and mailing.state not in ENDED:
        return True
    ended_at = mailing.closed_at if mailing is not None else None
    return max(revision.pulled_at.timestamp(), ended_at.timestamp() if ended_at is not None else 0) >= since


def _last(connection: Connection, revisions: Mapping[str, Revision]) -> list[IssueFigures]:
    every: dict[str, list[Mailing]] = {}
    for mailing in mailings.of_last_issues(connection, LAST_ISSUES):
        every.setdefault(mailing.issue, []).append(mailing)
    counts = deliveries.counts_by_mailing(
        connection, [mailing.id for of_issue in every.values() for mailing in of_issue]
    )
    excluded = circulations.count_excluded(connection, [of_issue[0].id for of_issue in every.values()])
    return [
        IssueFigures(
            issue=issue,
            title=revisions[issue].title,
            date=revisions[issue].date,
            states=_sum_of([counts[mailing.id] for mailing in of_issue]),
            excluded=excluded.get(of_issue[0].id, 0),
        )
        for issue, of_issue in every.items()
    ]


def _sum_of(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {state.value: sum(each[state] for each in counts) for state in State}
