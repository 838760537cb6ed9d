"""The users of the console."""

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select

from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.store.schema import users

_COLUMNS = (
    users.c.id,
    users.c.name,
    users.c.role,
    users.c.login,
    users.c.address,
    users.c.language,
    users.c.disabled_at,
)


def add(connection: Connection, user: User, password_hash: str) -> None:
    """Store a new user; the database chooses the id."""
    values = {
        "name": user.name,
        "role": user.role,
        "login": user.login,
        "address": user.address,
        "language": user.language,
        "password_hash": password_hash,
    }
    connection.execute(insert(users).values(values))


def named(connection: Connection, name: str) -> User | None:
    """The user with this name; None: there is none."""
    return _user(connection, select(*_COLUMNS).where(users.c.name == name))


def by_id(connection: Connection, identity: int) -> User | None:
    """The user with this id; None: there is none."""
    return _user(connection, select(*_COLUMNS).where(users.c.id == identity))


def listing(connection: Connection) -> list[User]:
    """Every user, by name."""
    rows = connection.execute(select(*_COLUMNS).order_by(users.c.name)).mappings()
    return [_from_row(row) for row in rows]


def password_hash(connection: Connection, name: str) -> str | None:
    """The hash of the user's password; None: there is no such user, or it is disabled."""
    query = select(users.c.password_hash).where(users.c.name == name, users.c.disabled_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def _user(connection: Connection, query: Select[Any]) -> User | None:
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _from_row(row)


def _from_row(row: RowMapping) -> User:
    return User(**{**row, "role": Role(row["role"])})
