"""What users have brought to import and not applied yet: one draft a session, a few at all, for minutes."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailer.store.columns import insert_into
from mailer.store.schema import drafts

# Drafts at a time: each may be as large as two files.
MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDraft:
    """The files as they came, and how they are read; `digest` is their SHA-256.

    Without a file, its name is empty. `pasted`: they are rows pasted from a table.
    """

    session: str
    who: str
    at: datetime
    digest: str
    members_name: str
    members: bytes | None
    payments_name: str
    payments: bytes | None
    pasted: bool
    end_missing: bool
    ignored: str


def put(connection: Connection, draft: ImportDraft, *, since: datetime) -> None:
    """Keep the draft in place of the session's last one; drafts from before that instant go, and those above `MOST`."""
    others = drafts.c.session != draft.session
    newest = select(drafts.c.session).where(others, drafts.c.at >= since).order_by(drafts.c.at.desc()).limit(MOST - 1)
    others_kept = list(connection.execute(newest).scalars())
    connection.execute(delete(drafts).where(others, drafts.c.session.not_in(others_kept)))
    new_row = insert_into(connection, drafts).values(asdict(draft))
    connection.execute(new_row.on_conflict_do_update(index_elements=["session"], set_=asdict(draft)))


def of_session(connection: Connection, session: str, who: str, *, since: datetime) -> ImportDraft | None:
    """The draft of this user's session, if it was brought at that instant or later."""
    own = (drafts.c.session == session) & (drafts.c.who == who) & (drafts.c.at >= since)
    row = connection.execute(select(drafts).where(own)).first()
    return ImportDraft(**row._asdict()) if row is not None else None


def drop(connection: Connection, session: str) -> None:
    """Delete the session's draft."""
    connection.execute(delete(drafts).where(drafts.c.session == session))


def drop_before(connection: Connection, since: datetime) -> None:
    """Delete the drafts from before that instant."""
    connection.execute(delete(drafts).where(drafts.c.at < since))
