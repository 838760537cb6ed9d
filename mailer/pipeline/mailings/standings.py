"""How each issue stands, and what happens with it next."""

from mailer.domain.mailing import ENDED, Mailing
from mailer.domain.next_step import IssueStanding, standing_of
from mailer.domain.shelf import Revision
from mailer.domain.standstill import Standstill
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.departure import departure_of
from mailer.store import Connection, issues, mailings


def issue_standings(context: Context) -> list[IssueStanding]:
    """Every issue that was pulled, the latest date first."""
    with context.store.reading() as connection:
        standstill = context.standstill_in(connection)
        first = {(mailing.newsletter, mailing.serial): mailing for mailing in mailings.firsts(connection)}
        standings = [
            _standing(connection, context, revision, first.get((revision.newsletter, revision.serial)), standstill)
            for revision in issues.latest_revisions(connection)
        ]
    return sorted(standings, key=lambda standing: (standing.revision.date, standing.revision.serial), reverse=True)


def issue_standing(context: Context, name: IssueName) -> IssueStanding:
    """How one issue stands. NotFound says how to pull it."""
    with context.store.reading() as connection:
        revision = find_revision(connection, name)
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        first = every[0] if every else None
        return _standing(connection, context, revision, first, context.standstill_in(connection))


def _standing(
    connection: Connection,
    context: Context,
    revision: Revision,
    mailing: Mailing | None,
    standstill: Standstill | None,
) -> IssueStanding:
    departs = mailing is not None and mailing.state not in ENDED and mailing.newsletter in context.newsletters
    departure = departure_of(connection, context, mailing) if mailing is not None and departs else None
    return standing_of(revision, mailing, departure, context.clock.now(), standstill)
