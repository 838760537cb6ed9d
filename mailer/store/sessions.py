"""Who is signed in to the console: only the SHA-256 of a session's id is kept."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.sql.selectable import ScalarSelect

from mailer.domain.access import Role
from mailer.domain.sign_in import IDLE, LONGEST_SESSION, ConsoleSession, SecondWays
from mailer.domain.user import User
from mailer.store.schema import one_time_secrets, passkeys, printed_codes, sessions, users


def begin(
    connection: Connection, *, token: str, user: int, now: datetime, browser: str = "", second: bool = False
) -> None:
    """Store a new session of the user, and delete all that are over; `second`: the second way was given."""
    over = or_(sessions.c.began_at <= now - LONGEST_SESSION, sessions.c.seen_at <= now - IDLE)
    connection.execute(delete(sessions).where(over))
    values = {"token": token, "user": user, "began_at": now, "seen_at": now, "notice": "", "browser": browser}
    connection.execute(insert(sessions).values({**values, "second_at": now if second else None}))


def with_token(connection: Connection, token: str) -> ConsoleSession | None:
    """The session with this token and its user; None: there is none."""
    row = connection.execute(_sessions().where(sessions.c.token == token)).first()
    return _session(row) if row is not None else None


def of_user(connection: Connection, user: int) -> list[ConsoleSession]:
    """The sessions of a user, the last used first."""
    query = _sessions().where(sessions.c.user == user).order_by(sessions.c.seen_at.desc(), sessions.c.token)
    return [_session(row) for row in connection.execute(query)]


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Note that the session was used."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=now))


def note_second(connection: Connection, token: str, now: datetime, *, new: str = "") -> bool:
    """Note that the second way was given, and give the session the new token; False: it has ended."""
    values = {"token": new or token, "second_at": now}
    return connection.execute(update(sessions).where(sessions.c.token == token).values(values)).rowcount == 1


def end(connection: Connection, token: str) -> None:
    """Delete the session."""
    connection.execute(delete(sessions).where(sessions.c.token == token))


def end_all(connection: Connection, user: int, *, but: str = "") -> int:
    """Delete every session of the user but the one with this token; says how many."""
    others = (sessions.c.user == user) & (sessions.c.token != but)
    return connection.execute(delete(sessions).where(others)).rowcount


def set_notice(connection: Connection, token: str, notice: str) -> None:
    """Keep a notice for the next page; an empty one is none."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(notice=notice))


def set_challenge(connection: Connection, token: str, challenge: str) -> None:
    """Keep what a passkey is to sign, in place of any before."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(challenge=challenge))


def take_challenge(connection: Connection, token: str) -> str:
    """What a passkey is to sign: handed out once; empty: nothing."""
    challenge = connection.execute(select(sessions.c.challenge).where(sessions.c.token == token)).scalar()
    taken = update(sessions).where(sessions.c.token == token, sessions.c.challenge == challenge).values(challenge="")
    return challenge if challenge and connection.execute(taken).rowcount else ""


def _count(condition: ColumnElement[bool], of_user: ColumnElement[int]) -> "ScalarSelect[int]":
    return select(func.count()).where(of_user == users.c.id, condition).correlate(users).scalar_subquery()


def ways_columns() -> list[ColumnElement[int]]:
    """The columns that count the second ways of the user in the row."""
    return [
        _count(one_time_secrets.c.confirmed_at.is_not(None), one_time_secrets.c.user).label("apps"),
        _count(printed_codes.c.digest.is_not(None), printed_codes.c.user).label("codes"),
        _count(printed_codes.c.used_at.is_(None), printed_codes.c.user).label("codes_left"),
        _count(passkeys.c.id.is_not(None), passkeys.c.user).label("passkeys"),
    ]


def ways_of_row(row: Row[tuple[object, ...]]) -> SecondWays:
    """The second ways in a row that has `ways_columns`."""
    counts = row._mapping  # noqa: SLF001  (sqlalchemy's public name for it)
    return SecondWays(
        app=counts["apps"] > 0,
        sheet=counts["codes"] > 0,
        codes_left=counts["codes_left"],
        passkeys=counts["passkeys"],
    )


def user_of_row(row: Row[tuple[object, ...]]) -> User:
    """The user in a row that has all columns of `users`."""
    fields = row._mapping  # noqa: SLF001
    names = ("id", "name", "login", "address", "language", "disabled_at")
    return User(role=Role(fields[users.c.role]), **{name: fields[users.c[name]] for name in names})


def _sessions() -> "Select[tuple[object, ...]]":
    return select(sessions, users, *ways_columns()).join(users, users.c.id == sessions.c.user)


def _session(row: Row[tuple[object, ...]]) -> ConsoleSession:
    fields = row._mapping  # noqa: SLF001
    names = ("token", "began_at", "seen_at", "second_at", "challenge", "browser", "notice")
    own = {name: fields[sessions.c[name]] for name in names}
    return ConsoleSession(user=user_of_row(row), ways=ways_of_row(row), **own)
