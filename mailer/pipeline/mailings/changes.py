"""Compares what is planned with the register as it is now, person by person: no plan goes stale in silence."""

import heapq
from collections.abc import Iterator
from itertools import chain, groupby

from mailer.domain.circulation import Copy, Judged
from mailer.domain.circulation_change import CirculationChange, change_of
from mailer.domain.edition import variant_named
from mailer.domain.errors import Refused
from mailer.domain.insert import Inserts
from mailer.domain.mailing import ENDED, Mailing, MailingState
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.mailings.entitle import judge_everybody, judged_by
from mailer.store import Connection, history, issues, mailings
from mailer.store.copies import deliveries, open_copies, waiting
from mailer.views.circulation_change import change_sentence

# The history's verb for a plan that a person let go out although the register says otherwise.
AS_PLANNED = "as_planned"


def unbegun_mailings(connection: Connection, context: Context) -> list[Mailing]:
    """The mailings of issues of which no copy may have left: what the register says still matters to their plans."""
    return [
        mailing
        for mailing in mailings.mailings_in(connection, set(MailingState) - ENDED)
        if not mailing.has_begun and mailing.newsletter in context.newsletters
    ]


def planned_changes(context: Context) -> list[CirculationChange]:
    """Every planned mailing that would be another if it were planned now, with the people for whom it would."""
    with context.store.reading() as connection:
        changes = [circulation_change(connection, context, each) for each in unbegun_mailings(connection, context)]
        return [change for change in changes if change is not None]


def circulation_change(connection: Connection, context: Context, mailing: Mailing) -> CirculationChange | None:
    """How the mailing's plan differs from the register now; None when it does not.

    Costs nothing while the register and the rules are those that it was planned by; else everybody is judged.
    """
    revision = issues.revision_of(connection, mailing)
    if mailing.starts_at is None and _judged_by_the_same(connection, mailing, judged_by(connection, context, revision)):
        return None
    inserts = Inserts(
        day=revision.date,
        renewal=Letterhead.load(mailings.letterhead_of(connection, mailing.id)).renewal,
        fees=context.fees,
        compiled={variant_named(name) for name in mailings.variants_of(connection, mailing.id)},
    )
    people = []
    for planned, withheld, judged in _side_by_side(connection, context, mailing):
        change = change_of(planned, judged, inserts=inserts, withheld=withheld)
        if change is not None:
            people.append(change)
    if not people:
        return None
    return CirculationChange(issue=mailing.issue, mailing=mailing.id, state=mailing.state, people=tuple(people))


def refuse_changed(connection: Connection, context: Context, mailing: Mailing, remedy: Action) -> None:
    """Refused, naming the people, when the plan differs from the register, unless a person has accepted this difference."""
    change = circulation_change(connection, context, mailing)
    if change is not None and not _accepted(connection, mailing, change):
        raise Refused(
            f"{mailing.issue} is not planned as the register says now: {change_sentence(change)}",
            Action.PLAN.of(mailing.issue),
            remedy.of(mailing.issue),
        )


def accept_change(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Record in the history that the mailing goes as planned, where the register says otherwise."""
    change = circulation_change(connection, context, mailing)
    if change is not None and not _accepted(connection, mailing, change):
        context.record(
            connection, AS_PLANNED, mailing.issue, f"{change.digest}, differs for {len(change.people)} people"
        )


def _accepted(connection: Connection, mailing: Mailing, change: CirculationChange) -> bool:
    return any(
        entry.verb == AS_PLANNED and entry.detail.startswith(change.digest)
        for entry in history.entries(connection, mailing.issue)
    )


def _judged_by_the_same(connection: Connection, mailing: Mailing, rules: str) -> bool:
    """Whether the plan was made by this register and these rules, and no copy has been held since.

    A bounce or a reader's own pause holds copies without changing the register. Of a plan without a waiting copy it is
    not known.
    """
    return (
        waiting.all_judged(connection, mailing.id, rules)
        and bool(waiting.waiting(connection, mailing, limit=1))
        and not open_copies.held(connection, [mailing.id])
    )


def _side_by_side(
    connection: Connection, context: Context, mailing: Mailing
) -> Iterator[tuple[list[Copy], set[int], Judged | None]]:
    """For each person the planned copies, the numbers of those held, and the decision of now; read in chunks.

    Copies are numbered in the order of the people, so that both are read in one order.
    """
    revision = issues.revision_of(connection, mailing)
    everybody = chain.from_iterable(judge_everybody(connection, context, revision))
    rows: Iterator[tuple[str, Judged | Copy, bool]] = heapq.merge(
        ((judged.person, judged, False) for judged in everybody),
        ((copy.person, copy, held) for copy, held in deliveries.planned_copies(connection, mailing)),
        key=lambda row: row[0],
    )
    for _, of_person in groupby(rows, key=lambda row: row[0]):
        copies: list[Copy] = []
        withheld: set[int] = set()
        decision: Judged | None = None
        for _, value, held in of_person:
            if isinstance(value, Copy):
                copies.append(value)
                withheld |= {value.copy_number} if held else set()
            else:
                decision = value
        yield copies, withheld, decision
