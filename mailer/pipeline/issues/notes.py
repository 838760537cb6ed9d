"""Names what looks wrong in an issue's numbers and date; pull, check, plan and approve repeat it."""

from zoneinfo import ZoneInfo

from mailer.domain.issue import IssueHead
from mailer.domain.numbering import order_notes, own_notes
from mailer.pipeline.context import Context
from mailer.store import Connection, issues


def issue_notes(connection: Connection, context: Context, head: IssueHead) -> tuple[str, ...]:
    """The notes on an issue as the shelf and today's date are now, each beginning with the issue's name."""
    zone = ZoneInfo(context.newsletter(head.newsletter).schedule.timezone)
    before = [other for other in issues.latest_revisions(connection, head.newsletter) if other.serial < head.serial]
    today = context.clock.now().astimezone(zone).date()
    return tuple(f"{head.name}: {note}" for note in (*order_notes(head, before), *own_notes(head, today)))
