"""Shows what an approval is bound to: the hashes, the counts, the test, and what has changed since the plan."""

from mailer.domain.approval_standing import ApprovalStanding, SentTest
from mailer.domain.mailing import Mailing
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.changes import circulation_change
from mailer.pipeline.mailings.drift import drift_of
from mailer.store import Connection, circulations, history, mailings, tests_sent
from mailer.store.copies import deliveries


def approval_standing(context: Context, name: IssueName) -> ApprovalStanding | None:
    """What an approval of the issue is bound to, or would be; None while it is not planned."""
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        if not every:
            return None
        mailing = every[0]
        unbegun = not mailing.has_begun and name.newsletter in context.newsletters
        required = mailing.approval_required or (unbegun and context.newsletter(name.newsletter).approval_required)
        return ApprovalStanding(
            mailing=mailing,
            required=required,
            recipients=circulations.count_recipients(connection, mailing.id),
            copies=sum(deliveries.counts(connection, [mailing.id]).values()),
            tested=_last_test(connection, mailing),
            drift=(drift_of(connection, context, mailing) or "") if unbegun else "",
            change=circulation_change(connection, context, mailing) if unbegun else None,
        )


def _last_test(connection: Connection, mailing: Mailing) -> SentTest | None:
    """The test is recorded with its hashes, and its entry of the history, written right after, says by whom."""
    test = tests_sent.last_test(connection, mailing.content_hash, mailing.editions_hash)
    if test is None:
        return None
    at, messages = test
    entries = [entry for entry in history.entries(connection, mailing.issue) if entry.verb == "test" and entry.at >= at]
    return SentTest(at=at, who=entries[0].who if entries else "", messages=messages)
