"""Finds the issues that were pulled and have no plan of what was pulled last."""

from sqlalchemy import Connection, and_, or_, select

from mailer.domain.mailing import MailingState
from mailer.store.schema import mailings, revisions


def unplanned(connection: Connection) -> list[tuple[str, int]]:
    """Newsletter and serial of each issue without a plan, or with an unapproved plan of an older revision."""
    return [(row.newsletter, row.serial) for row in connection.execute(_UNPLANNED)]


_newer = revisions.alias("newer")
_same_issue = [_newer.c[name] == revisions.c[name] for name in ("newsletter", "serial")]
_first_mailing = and_(
    mailings.c.newsletter == revisions.c.newsletter,
    mailings.c.serial == revisions.c.serial,
    mailings.c.supplement == 0,
)
_UNPLANNED = (
    select(revisions.c.newsletter, revisions.c.serial)
    .select_from(revisions.outerjoin(mailings, _first_mailing))
    .where(
        or_(
            mailings.c.id.is_(None),
            and_(mailings.c.state == MailingState.PLANNED, mailings.c.content_hash != revisions.c.content_hash),
        ),
        ~select(_newer.c.revision).where(*_same_issue, _newer.c.revision > revisions.c.revision).exists(),
    )
    .order_by(revisions.c.newsletter, revisions.c.serial)
)
