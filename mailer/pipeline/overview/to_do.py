"""Lists what waits for a person, over all issues: the one answer to "what is still open?"."""

from collections.abc import Iterator, Mapping, Sequence

from mailer.domain.circulation import Judged
from mailer.domain.delivery import Delivery, State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.mailing import MailingState
from mailer.domain.names import any_name, shown_name
from mailer.domain.night import BACKED_UP, CHECKED, DAMAGED, DATABASE, NOT_BACKED_UP
from mailer.domain.remedy import Action, Note, Remedy
from mailer.domain.report import Report
from mailer.domain.to_do import ToDo, ToDoKind, in_order
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.departure import stopped_countdowns, waiting_for_approval
from mailer.pipeline.mailings.entitle import entitled_without_address, judge_people
from mailer.pipeline.mailings.open_items import OpenItems, gather
from mailer.pipeline.mailings.report import why_paused
from mailer.store import Connection, circulations, history, issues, letters, mailings, members
from mailer.store.copies import deliveries
from mailer.store.ledger import backups, outages

# Of the people whom an issue excludes for one reason so many are looked at.
MOST = 500
# A letter that has failed so often is a matter for a person: the first failures may pass by themselves.
FAILED_TRIES = 2


def to_do(context: Context, unmoved: Sequence[str] = ()) -> tuple[ToDo, ...]:
    """Everything that waits for a person, what stops everything first.

    `unmoved` says of each inbox why mails cannot be moved out of it. The number of statements grows with the issues that
    ended lately, not with copies or people.
    """
    doubt = context.doubt_of_clock()
    with context.store.reading() as connection:
        items = [
            *_of_the_service(connection, context, doubt, unmoved),
            *_of_mailings(connection, context),
            *_of_copies(connection, gather(connection, context)),
            *_of_people(connection, context),
        ]
    return in_order(items)


def _of_the_service(
    connection: Connection, context: Context, doubt: Note | None, unmoved: Sequence[str]
) -> Iterator[ToDo]:
    """What stops everything, or keeps the service from reading and writing."""
    backup, moved_to = backups.backup_at(connection), backups.moved_to(connection)
    if moved_to is not None:
        yield ToDo(kind=ToDoKind.MOVED, words=moved_to, since=backup, remedies=(Action.RESUME_AFTER_RESTORE.of(),))
    elif backup is not None:
        yield ToDo(kind=ToDoKind.RESTORED, since=backup, remedies=(Action.RESUME_AFTER_RESTORE.of(),))
    last = history.last_of(connection, DATABASE, (CHECKED, DAMAGED))
    if last is not None and last.verb == DAMAGED:
        remedies = (Action.CHECK_DATABASE.of(), Action.RESTORE.of())
        yield ToDo(kind=ToDoKind.DAMAGED, words=last.detail, since=last.at, remedies=remedies)
    if doubt is not None:
        yield ToDo(kind=ToDoKind.CLOCK, words=doubt.text, remedies=doubt.remedies)
    if not context.has_room():
        yield ToDo(kind=ToDoKind.NO_ROOM)
    outage = outages.open_now(connection)
    if outage is not None:
        yield ToDo(kind=ToDoKind.RELAY_DOWN, words=outage, remedies=(Action.ASK_RELAY.of(),))
    for sentence in unmoved:
        yield ToDo(kind=ToDoKind.INBOX, words=sentence)
    outbox = letters.outbox(connection)
    if outbox.tries >= FAILED_TRIES:
        check = Action.CHECK_INSTALLATION.of()
        yield ToDo(kind=ToDoKind.LETTERS, number=outbox.waiting, words=outbox.failure, remedies=(check,))
    last = history.last_of(connection, DATABASE, (BACKED_UP, NOT_BACKED_UP))
    if last is not None and last.verb == NOT_BACKED_UP:
        yield ToDo(kind=ToDoKind.NO_BACKUP, words=last.detail, since=last.at, remedies=(Action.BACK_UP.of(),))


def _of_mailings(connection: Connection, context: Context) -> Iterator[ToDo]:
    """The mailings that stand still until a person says how they go on, and the plans that wait for an approval."""
    still = mailings.mailings_in(connection, [MailingState.PAUSED, MailingState.HELD])
    stopped, waiting = stopped_countdowns(connection, context), waiting_for_approval(connection, context)
    counts = deliveries.counts_by_mailing(connection, [mailing.id for mailing in (*still, *stopped, *waiting)])
    entries = history.of_subjects(connection, {mailing.issue for mailing in still})
    for mailing in still:
        issue, number = mailing.issue, counts[mailing.id][State.PENDING]
        if mailing.state is MailingState.HELD:
            yield ToDo(
                kind=ToDoKind.MISSED,
                issue=issue,
                number=number,
                reason=mailing.held_reason or "",
                since=mailing.due_at,
                remedies=(Action.SEND.of(issue),),
            )
            continue
        uncertain = [Action.SETTLE_BY_LOG.of(issue)] if counts[mailing.id][State.UNCERTAIN] else []
        yield ToDo(
            kind=ToDoKind.PAUSED,
            issue=issue,
            number=number,
            words=why_paused(entries.get(issue, [])),
            remedies=(*uncertain, Action.RESUME.of(issue)),
        )
    for mailing in stopped:
        yield ToDo(
            kind=ToDoKind.STOPPED,
            issue=mailing.issue,
            number=counts[mailing.id][State.PENDING],
            since=mailing.stopped_at,
            remedies=(Action.SEND.of(mailing.issue),),
        )
    for mailing in waiting:
        yield ToDo(
            kind=ToDoKind.APPROVAL,
            issue=mailing.issue,
            number=sum(counts[mailing.id].values()),
            since=mailing.planned_at,
            remedies=(Action.APPROVE.of(mailing.issue),),
        )


def _of_copies(connection: Connection, items: OpenItems) -> Iterator[ToDo]:
    """The copies in doubt, what came back, what is held, what did not arrive, and what is owed."""
    copies = items.copies
    for issue, copy in copies.uncertain:
        yield _of_copy(ToDoKind.UNCERTAIN, issue, copy, (Action.SETTLE_COPY.of(copy.id),))
    yield from _of_reports(connection, items.reports)
    for hold, seats in items.holds:
        names = ", ".join(dict.fromkeys(shown_name(seat.person, seat.any_name) or seat.person for seat in seats))
        yield ToDo(
            kind=ToDoKind.HOLD,
            person=seats[0].person,
            name=names,
            address=hold.address,
            hold=hold.id,
            number=len(items.held_reports.get(hold.address, [])),
            reason=hold.reason or "",
            words=hold.why,
            since=hold.since,
            remedies=(Action.LIFT_HOLD.of(hold.address), Action.SHOW_PERSON.of(seats[0].person)),
        )
    for failed in copies.failed:
        reason = failed.failure.reason if failed.failure is not None else ""
        words = failed.failure.words if failed.failure is not None else ""
        remedies = (Action.SHOW_COPY.of(failed.copy.id), Action.SHOW_PERSON.of(failed.copy.person))
        yield _of_copy(ToDoKind.FAILED, failed.issue, failed.copy, remedies, reason=reason, words=words)
    for held in copies.held:
        remedies = (Action.RELEASE_COPY.of(held.copy.id), Action.SHOW_COPY.of(held.copy.id))
        yield _of_copy(ToDoKind.HELD_COPY, held.issue, held.copy, remedies, reason=held.why)
    for issue, owed in copies.owed.items():
        yield ToDo(kind=ToDoKind.OWED, issue=issue, number=len(owed), remedies=(Action.SEND_UNSENT.of(issue),))


def _of_reports(connection: Connection, unsettled: Sequence[Report]) -> Iterator[ToDo]:
    with_copy = [report.delivery for report in unsettled if report.delivery is not None]
    copies = deliveries.deliveries_with(connection, with_copy)
    names = members.names_of(connection, {report.person for report in unsettled if report.person})
    for report in unsettled:
        copy = copies.get(report.delivery) if report.delivery is not None else None
        settle = () if report.matter is None else (Action.SETTLE_REPORT.of(report.id),)
        yield ToDo(
            kind=ToDoKind.REPORT,
            issue=report.issue,
            person=report.person,
            name=copy.copy.name if copy is not None else any_name(names.get(report.person, {})),
            address=copy.address if copy is not None else report.recipient or "",
            delivery=report.delivery,
            copy_number=report.copy_number,
            report=report.id,
            reason=report.matter or "",
            words=report.diagnostic,
            since=report.arrived_at,
            remedies=(Action.SHOW_REPORT.of(report.id), *settle),
        )


def _of_copy(
    kind: ToDoKind, issue: str, copy: Delivery, remedies: tuple[Remedy, ...], *, reason: str = "", words: str = ""
) -> ToDo:
    return ToDo(
        kind=kind,
        issue=issue,
        person=copy.person,
        name=copy.name,
        address=copy.address,
        delivery=copy.id,
        copy_number=copy.copy_number,
        reason=reason,
        words=words,
        remedies=remedies,
    )


def _of_people(connection: Connection, context: Context) -> Iterator[ToDo]:
    """The people whom the newest issue of each newsletter leaves out only for an address or a language."""
    for mailing in mailings.newest(connection, sorted(context.newsletters)):
        revision = issues.revision_of(connection, mailing)
        without_address, without_edition = (
            [person.person for person in circulations.excluded(connection, mailing.id, reason, MOST)]
            for reason in (EntitlementReason.NO_ADDRESS, EntitlementReason.NO_EDITION)
        )
        if without_address:
            lacking = entitled_without_address(connection, context, revision, without_address)
            yield from _people(ToDoKind.NO_ADDRESS, mailing.issue, lacking)
        if without_edition:
            judged = judge_people(connection, context, revision, without_edition)
            yield from _people(ToDoKind.NO_EDITION, mailing.issue, _still_without_edition(judged))


def _still_without_edition(judged: Mapping[str, Judged]) -> dict[str, str]:
    reason = EntitlementReason.NO_EDITION
    return {person: each.name for person, each in judged.items() if each.entitlement.reason is reason}


def _people(kind: ToDoKind, issue: str, names: Mapping[str, str]) -> Iterator[ToDo]:
    for person, name in sorted(names.items()):
        remedies = (Action.SHOW_PERSON.of(person),)
        yield ToDo(kind=kind, issue=issue, person=person, name=name, remedies=remedies)
