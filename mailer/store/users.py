"""The users of the console."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from mailer.domain.access import Role
from mailer.domain.sign_in import UserAccount
from mailer.domain.user import User, same_name
from mailer.store.schema import users
from mailer.store.sessions import user_of_row, ways_columns, ways_of_row


def lock(connection: Connection) -> None:
    """Let no other transaction change a user before this one ends: one that looks at the others must see them as they are."""
    connection.execute(select(users.c.id).order_by(users.c.id).with_for_update()).all()


def add(connection: Connection, user: User, password_hash: str) -> int:
    """Store a new user; returns the id, which the database chooses."""
    values = {
        "name": user.name,
        "role": user.role,
        "login": user.login,
        "address": user.address,
        "language": user.language,
        "password_hash": password_hash,
    }
    identity: int = connection.execute(insert(users).values(values).returning(users.c.id)).scalar_one()
    return identity


def named(connection: Connection, name: str) -> User | None:
    """The user with this name, in capitals or small letters; None: there is none."""
    # A club has a few users, and no database folds every alphabet.
    names = connection.execute(select(users.c.id, users.c.name).order_by(users.c.id)).all()
    identity = next((row.id for row in names if same_name(row.name, name)), None)
    return by_id(connection, identity) if identity is not None else None


def by_id(connection: Connection, identity: int) -> User | None:
    """The user with this id; None: there is none."""
    row = connection.execute(select(users).where(users.c.id == identity)).first()
    return user_of_row(row) if row is not None else None


def listing(connection: Connection) -> list[User]:
    """Every user, by name."""
    return [account.user for account in accounts(connection)]


def accounts(connection: Connection, identity: int | None = None) -> Sequence[UserAccount]:
    """Every user with the second ways, by name, or the one with this id."""
    query: Any = select(users, *ways_columns()).order_by(users.c.name)
    if identity is not None:
        query = query.where(users.c.id == identity)
    return [UserAccount(user=user_of_row(row), ways=ways_of_row(row)) for row in connection.execute(query)]


def logins(connection: Connection) -> dict[str, str]:
    """The login of every user who has one, by the user's name; of disabled users too."""
    query = select(users.c.name, users.c.login).where(users.c.login != "")
    return {row.name: row.login for row in connection.execute(query)}


def password_hash(connection: Connection, identity: int) -> str | None:
    """The hash of the user's password; None: there is no such user, or it is disabled."""
    query = select(users.c.password_hash).where(users.c.id == identity, users.c.disabled_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def set_password(connection: Connection, identity: int, password_hash: str) -> None:
    """Store another hash of a password."""
    connection.execute(update(users).where(users.c.id == identity).values(password_hash=password_hash))


def rehash(connection: Connection, identity: int, old: str, new: str) -> None:
    """Store the hash of the same password with newer parameters, unless the password was changed meanwhile."""
    same = (users.c.id == identity) & (users.c.password_hash == old)
    connection.execute(update(users).where(same).values(password_hash=new))


def set_disabled(connection: Connection, identity: int, at: datetime | None) -> None:
    """Disable a user from this instant on; None: enable the user again."""
    connection.execute(update(users).where(users.c.id == identity).values(disabled_at=at))


def set_own(connection: Connection, identity: int, *, language: str, address: str) -> None:
    """Store what users choose for themselves."""
    connection.execute(update(users).where(users.c.id == identity).values(language=language, address=address))


def change(connection: Connection, identity: int, *, role: Role, login: str, address: str) -> None:
    """Store another role, login and address of a user."""
    values = {"role": role, "login": login, "address": address}
    connection.execute(update(users).where(users.c.id == identity).values(values))


def other_admins(connection: Connection, identity: int) -> int:
    """How many users besides this one are admins and can sign in."""
    others = (users.c.role == Role.ADMIN) & users.c.disabled_at.is_(None) & (users.c.id != identity)
    return connection.execute(select(func.count()).where(others)).scalar_one()
