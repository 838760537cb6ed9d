"""The users of the console: add one, and check who signs in."""

from mailer.domain.errors import Refused
from mailer.domain.user import User
from mailer.formats.credentials.password import hash_password, is_password
from mailer.pipeline.context import Context
from mailer.store import users


def add_user(context: Context, user: User, password: str) -> None:
    """Store a new user, and record it. Raises Refused for a name that is taken."""
    digest = hash_password(password)
    with context.store.transaction() as connection:
        if users.named(connection, user.name) is not None:
            raise Refused(f"there is a user {user.name!r} already")
        users.add(connection, user, digest)
        context.record(connection, "add user", user.name, f"as {user.role}")


def check_password(context: Context, name: str, password: str) -> User | None:
    """The user with this name and password; None: they do not fit."""
    with context.store.reading() as connection:
        digest = users.password_hash(connection, name)
        user = users.named(connection, name)
    return user if is_password(digest, password) else None
