"""Who is signed in to the console: only the SHA-256 of a session's id is kept."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailer.store.schema import sessions


def begin(connection: Connection, *, token: str, user: int, now: datetime) -> None:
    """Store a new session of the user."""
    connection.execute(insert(sessions).values(token=token, user=user, began_at=now, seen_at=now, notice=""))


def user_of(connection: Connection, token: str, *, begun_after: datetime, seen_after: datetime) -> int | None:
    """The id of the user whose session this is; None: there is none, or it is over."""
    query = select(sessions.c.user).where(
        sessions.c.token == token, sessions.c.began_at > begun_after, sessions.c.seen_at > seen_after
    )
    return connection.execute(query).scalar_one_or_none()


def end(connection: Connection, token: str) -> None:
    """Delete the session."""
    connection.execute(delete(sessions).where(sessions.c.token == token))


def end_all(connection: Connection, user: int) -> None:
    """Delete every session of the user."""
    connection.execute(delete(sessions).where(sessions.c.user == user))


def set_notice(connection: Connection, token: str, notice: str) -> None:
    """Keep a notice for the next page."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(notice=notice))


def take_notice(connection: Connection, token: str) -> str:
    """The notice for this page, which is shown only once; empty: none."""
    notice = connection.execute(select(sessions.c.notice).where(sessions.c.token == token)).scalar_one_or_none()
    if notice:
        set_notice(connection, token, "")
    return notice or ""
