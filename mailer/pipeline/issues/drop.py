"""Takes back a pulled issue of which nothing was approved or left, so that it can be pulled anew under its right number."""

from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.remedy import Action
from mailer.domain.shelf import DroppedIssue
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.clear_plans import clear_plans
from mailer.pipeline.issues.shelf import find_revision
from mailer.store import Connection, issues, mailings, plans
from mailer.store.copies import deliveries

_DROPPABLE = frozenset({MailingState.PLANNED, MailingState.CANCELLED, MailingState.HELD})


def find_drop(context: Context, name: IssueName) -> DroppedIssue:
    """What `drop_issue` would take back now; nothing is changed. Raises what it raises."""
    with context.store.reading() as connection:
        return _look(connection, name)


def drop_issue(context: Context, name: IssueName) -> DroppedIssue:
    """Take the issue back with all its revisions and its plan; the plan's rows are deleted afterwards.

    Afterwards it is as if it had not been pulled; a smaller serial is then accepted. Its folder is left alone, and is
    pulled again while it lies in the source, finished. Raises NotFound for an issue that was not pulled, Refused when
    an approval stands, or a copy has left, may have left or is being sent.
    """
    with context.store.transaction() as connection:
        mailings.lock(connection, name.newsletter, name.serial)
        dropped = _look(connection, name)
        for mailing in mailings.mailings_of(connection, name.newsletter, name.serial):
            plans.discard(connection, mailing.id)
        plans.discard_drafts(connection, name.newsletter, name.serial)
        issues.delete_revisions(connection, name.newsletter, name.serial)
        context.record(
            connection, "drop", name, f"{dropped.revisions} revisions, {dropped.copies} copies, {dropped.folder}"
        )
    clear_plans(context)
    return dropped


def can_be_dropped(connection: Connection, name: IssueName) -> bool:
    """Whether nothing of the issue was approved or has left."""
    return all(
        _obstacle(connection, mailing) is None
        for mailing in mailings.mailings_of(connection, name.newsletter, name.serial)
    )


def _look(connection: Connection, name: IssueName) -> DroppedIssue:
    revision = find_revision(connection, name)
    every = mailings.mailings_of(connection, name.newsletter, name.serial)
    for mailing in every:
        if obstacle := _obstacle(connection, mailing):
            raise obstacle
    counts = deliveries.counts(connection, [mailing.id for mailing in every])
    return DroppedIssue(
        issue=str(name),
        title=revision.title,
        folder=revision.folder,
        revisions=issues.count_revisions(connection, name.newsletter, name.serial),
        copies=sum(counts.values()),
    )


def _obstacle(connection: Connection, mailing: Mailing) -> Refused | None:
    """Why a mailing keeps its issue from being dropped; None when it does not."""
    if mailing.has_begun:
        what = f"copies of {mailing.issue} have left, or may have: the issue stays"
        return Refused(what, Action.SHOW_STATUS.of(mailing.issue))
    if deliveries.in_hand(connection, mailing.id):
        return Refused(
            f"a copy of {mailing.issue} is being sent: the issue stays", Action.SHOW_STATUS.of(mailing.issue)
        )
    if mailing.state not in _DROPPABLE or (mailing.approved_hash and mailing.state is not MailingState.CANCELLED):
        remedy = Action.WITHDRAW if mailing.approved_hash else Action.SHOW_STATUS
        return Refused(f"{mailing.issue} is {_standing(mailing)}: it is not taken back", remedy.of(mailing.issue))
    return None


def _standing(mailing: Mailing) -> str:
    return "approved" if mailing.approved_hash else mailing.state.value
