"""Finds what the daemon does without being asked: plan the issues that arrived, and test what is planned."""

from mailer.domain.mailing import MailingState
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.drift import drift_of
from mailer.store import arrivals, mailings, tests_sent


def issues_to_plan(context: Context) -> list[IssueName]:
    """The pulled issues that have no plan, or an unapproved plan of an older revision."""
    with context.store.reading() as connection:
        issues = arrivals.unplanned(connection)
    return [
        IssueName(newsletter=newsletter, serial=serial)
        for newsletter, serial in issues
        if newsletter in context.newsletters
    ]


def issues_to_test(context: Context) -> list[IssueName]:
    """The planned issues of which no test mailing was sent as they are now."""
    with context.store.reading() as connection:
        return [
            IssueName(newsletter=mailing.newsletter, serial=mailing.serial)
            for mailing in mailings.mailings_in(connection, [MailingState.PLANNED])
            if mailing.newsletter in context.newsletters
            and context.newsletters[mailing.newsletter].editors
            and not tests_sent.was_tested(connection, mailing.content_hash, mailing.editions_hash)
            and not drift_of(connection, context, mailing)  # then it is no longer what would be tested
        ]
