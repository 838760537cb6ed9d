"""Lets a restored backup go on: finds the issues that may have left since it was made, and records what a person says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.issue import Issue
from mailer.domain.mailing import ENDED, Mailing, MailingState, Step
from mailer.domain.ports import IssueSource, RawIssue
from mailer.domain.restored_backup import RESUMED, Doubt, DoubtfulIssue, LogReading, RestoredBackup
from mailer.domain.shelf import Finding, Revision
from mailer.formats.message_id import delivery_in_message_id
from mailer.formats.relay_log import bare
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.pull import examine_all, files_of
from mailer.pipeline.mailings.steps import move_mailing
from mailer.store import Connection, issues, mailings, plans
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries
from mailer.store.ledger import backups

# Copies that the backup would send again, or has lost sight of.
_OPEN = (State.PENDING, State.SENDING, State.UNCERTAIN, State.HELD)
_WAITING = (State.PENDING, State.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFolders:
    """The finished issues that lie in the sources now, by name, and the folders that cannot be pulled as they are."""

    finished: Mapping[str, tuple[Issue, RawIssue]]
    unread: tuple[str, ...]


def read_sources(context: Context, sources: Mapping[str, IssueSource]) -> SourceFolders:
    """Read every source, by newsletter. Raises MailerError when one cannot be reached: its issues must be asked about."""
    finished: dict[str, tuple[Issue, RawIssue]] = {}
    unread: dict[str, str] = {}
    for newsletter, source in sources.items():
        others, ready = examine_all(context, context.newsletter(newsletter), source.read())
        finished |= {issue.name: (issue, raw) for issue, raw, _examined in ready}
        unread |= {
            folder.folder: f"{folder.folder}: {folder.line}" for folder in others if folder.finding is Finding.REFUSED
        }
    return SourceFolders(finished=finished, unread=tuple(unread.values()))


def review_backup(context: Context, folders: SourceFolders, accepted: frozenset[str]) -> RestoredBackup | None:
    """What must be decided before this backup may send; nothing is changed. None when the ledger is not a backup.

    `accepted` are the Message-IDs that the relay's log shows as accepted.
    """
    with context.store.rehearsal() as connection:
        return _review(connection, context, folders, accepted)


def resume_backup(
    context: Context,
    folders: SourceFolders,
    accepted: frozenset[str],
    *,
    sent: Collection[str],
    new: Collection[str],
    epoch: int,
) -> tuple[RestoredBackup, int]:
    """Record what was sent since the backup, and let it pull, plan and send again, all in one transaction.

    Afterwards copies in the relay's log are accepted; an issue among `sent` is closed, and is never planned or sent; one
    among `new` goes as the backup has it, or is pulled. Returns what was decided, and the ledger's new epoch, which is
    above `epoch`. Refused when an issue is undecided, BadInput when one is decided both ways, NotFound for an issue that
    nothing here knows.
    """
    if both := sorted(set(sent) & set(new)):
        raise BadInput(f"{both[0]} cannot be both sent and new: name it once")
    with context.store.transaction() as connection:
        reviewed = _review(connection, context, folders, accepted)
        if reviewed is None:
            raise Refused("the ledger was resumed by another person meanwhile: nothing was changed")
        refuse_undecided(reviewed, {*sent, *new})
        _refuse_unknown(connection, folders, [*sent, *new])
        for doubtful in reviewed.issues:
            if doubtful.issue in sent:
                _count_as_sent(connection, context, doubtful, folders)
        reached = backups.resume_ledger(connection, epoch=epoch, delivery=_highest(context, accepted))
        decided = {issue.issue for issue in reviewed.issues}
        at = f"{reviewed.backup_at:%Y-%m-%d %H:%M}"
        origin = f"copied {at} UTC" if reviewed.moved_to else f"backup of {at} UTC"
        went, goes = (", ".join(sorted(decided & set(names))) for names in (sent, new))
        context.record(connection, RESUMED, "ledger", f"{origin}; sent: {went}; new: {goes}")
    return reviewed, reached


def refuse_undecided(reviewed: RestoredBackup, decided: Collection[str]) -> None:
    """Refused naming the issues that are not decided."""
    if undecided := [issue.issue for issue in reviewed.undecided(decided)]:
        raise Refused(
            f"nothing was changed: say of {', '.join(undecided)} whether it was sent already (--sent ISSUE) or goes as new "
            "(--new ISSUE)"
        )


# --- what the backup cannot know --------------------------------------------------------------------------------------


def _review(
    connection: Connection, context: Context, folders: SourceFolders, accepted: frozenset[str]
) -> RestoredBackup | None:
    backup_at = backups.backup_at(connection)
    if backup_at is None:
        return None
    log = _settle_by_log(connection, context, accepted, backup_at)
    stored = {revision.name: revision for revision in issues.latest_revisions(connection)}
    doubts = [
        _doubt(connection, name, stored.get(name), folders.finished.get(name))
        for name in {**stored, **folders.finished}
    ]
    named = sorted(filter(None, doubts), key=lambda doubtful: _ordered(doubtful.issue))
    to = backups.moved_to(connection)
    return RestoredBackup(backup_at=backup_at, moved_to=to, issues=tuple(named), log=log, unread=folders.unread)


def _doubt(
    connection: Connection, name: str, stored: Revision | None, folder: tuple[Issue, RawIssue] | None
) -> DoubtfulIssue | None:
    if stored is None:
        assert folder is not None, "an issue is in the backup or in a source"
        issue, raw = folder
        return DoubtfulIssue(
            issue=name, doubt=Doubt.UNKNOWN, title=issue.texts[0].title, date=issue.date, folder=raw.folder
        )
    every = mailings.mailings_of(connection, stored.newsletter, stored.serial)
    counts = deliveries.counts(connection, [mailing.id for mailing in every])
    doubtful = DoubtfulIssue(
        issue=name,
        doubt=Doubt.WAITING,
        title=stored.title,
        date=stored.date,
        folder=folder[1].folder if folder else "",
        state=every[-1].state if every else "pulled",
        waiting=sum(counts[state] for state in _WAITING),
        accepted=counts[State.ACCEPTED],
    )
    begun = any(mailing.has_begun or mailing.state in ENDED for mailing in every)
    if folder is not None and folder[0].content_hash != stored.content_hash and not begun:
        return replace(doubtful, doubt=Doubt.CHANGED, title=folder[0].texts[0].title, date=folder[0].date)
    return doubtful if doubtful.waiting or not every else None


def _settle_by_log(
    connection: Connection, context: Context, accepted: frozenset[str], backup_at: datetime
) -> LogReading:
    """Count the copies in the log as accepted; a mailing of which nothing else waits is closed."""
    if not accepted:
        return LogReading()
    open_copies = deliveries.message_ids(connection, _OPEN)
    in_log = [delivery for delivery, message_id in open_copies.items() if bare(message_id) in accepted]
    touched: set[int] = set()
    for begin in range(0, len(in_log), CHUNK):
        copies = deliveries.deliveries_with(connection, in_log[begin : begin + CHUNK]).values()
        _accept(connection, context, copies, "by the relay's log")
        touched |= {copy.mailing for copy in copies}
    for mailing in mailings.mailings_in(connection, set(MailingState) - ENDED):
        if mailing.id in touched:
            # From now on no new plan may take its place.
            mailings.change(connection, mailing.id, first_handover_at=mailing.first_handover_at or backup_at)
            if not deliveries.any_waits(connection, mailing.id):
                _close(connection, context, mailing, backup_at)
    ours = [delivery_in_message_id(message_id, context.keys) or 0 for message_id in accepted]
    last = deliveries.last_id(connection)
    return LogReading(settled=len(in_log), unknown=sum(delivery > last for delivery in ours))


# --- what a person says -----------------------------------------------------------------------------------------------


def _refuse_unknown(connection: Connection, folders: SourceFolders, names: Sequence[str]) -> None:
    every = {revision.name for revision in issues.latest_revisions(connection)} | folders.finished.keys()
    for name in names:
        if name not in every:
            raise NotFound(f"{name} is neither in the backup nor a finished folder of a source; nothing was changed")


def _count_as_sent(connection: Connection, context: Context, doubtful: DoubtfulIssue, folders: SourceFolders) -> None:
    name, now = IssueName.parse(doubtful.issue), context.clock.now()
    if doubtful.doubt is not Doubt.WAITING:
        issue, raw = folders.finished[doubtful.issue]
        for mailing in mailings.mailings_of(connection, name.newsletter, name.serial):
            plans.discard(connection, mailing.id)  # of other content, and nothing of it has left
        issues.add_revision(connection, issue, files_of(issue, raw), folder=raw.folder, now=now)
    every = mailings.mailings_of(connection, name.newsletter, name.serial)
    for mailing in every:
        if mailing.state not in ENDED:
            waiting = [copy for copy in deliveries.of_mailing(connection, mailing.id) if copy.state in _WAITING]
            _accept(connection, context, waiting, "after a restore, by word of mouth")
            _close(connection, context, mailing, now)
    if not every:
        _add_sent_mailing(connection, context, name, now)
    context.record(connection, "count as sent", name, doubtful.doubt)


def _accept(connection: Connection, context: Context, copies: Iterable[Delivery], why: str) -> None:
    for copy in copies:
        deliveries.move(connection, copy, Event.SETTLED_ACCEPTED)
        context.record(connection, "settle", f"delivery {copy.id}", f"accepted, {why}")


def _close(connection: Connection, context: Context, mailing: Mailing, sent_at: datetime) -> None:
    """Close a mailing that was sent after the backup was made, with the approval that it must have had."""
    values: dict[str, object] = {
        "closed_at": context.clock.now(),
        "first_handover_at": mailing.first_handover_at or sent_at,
    }
    if mailing.approved_hash is None:
        values |= {"approved_hash": mailing.seal, "approved_by": context.who, "approved_at": context.clock.now()}
    move_mailing(connection, mailing, Step.FOUND_SENT, **values)


def _add_sent_mailing(connection: Connection, context: Context, name: IssueName, now: datetime) -> None:
    """A closed mailing without copies: it keeps the issue's number, and is never planned or sent.

    `closed_at` stays empty, so that no distribution report goes out for it.
    """
    revision = issues.latest_revision(connection, name.newsletter, name.serial)
    assert revision is not None, "it was stored just now, or is in the backup"
    newsletter = context.newsletters.get(name.newsletter)
    mailings.add_mailing(
        connection,
        {
            "newsletter": name.newsletter,
            "serial": name.serial,
            "supplement": 0,
            "state": MailingState.CLOSED,
            "content_hash": revision.content_hash,
            **dict.fromkeys(("circulation_hash", "editions_hash", "seal", "inputs_hash"), ""),
            "letterhead": Letterhead.of(newsletter).dump() if newsletter is not None else {},
            "approval_required": False,
            "planned_at": now,
            "first_handover_at": now,
        },
    )


def _highest(context: Context, accepted: frozenset[str]) -> int:
    """The highest number of a copy of ours in the log."""
    return max((delivery_in_message_id(message_id, context.keys) or 0 for message_id in accepted), default=0)


def _ordered(name: str) -> tuple[str, int]:
    parsed = IssueName.parse(name)
    return parsed.newsletter, parsed.serial
