"""Keeps the secrets of users' apps encrypted, and accepts the codes that the apps make of them."""

from datetime import datetime

from mailer.domain.user import User
from mailer.formats.credentials.one_time_code import accepted_step, new_secret
from mailer.formats.credentials.sealed import seal, unseal
from mailer.pipeline.context import Context
from mailer.store import Connection, second_ways


def begin_secret(connection: Connection, context: Context, user: User) -> str:
    """A new secret for the user's app, which counts for nothing before a code of it was typed."""
    secret = new_secret()
    second_ways.begin_secret(connection, user.id, seal(context.keys, _purpose(user), secret))
    return secret


def begun_secret(connection: Connection, context: Context, user: User) -> str | None:
    """The secret that was begun and not confirmed; None without one."""
    stored = second_ways.secret_of(connection, user.id, confirmed=False)
    return unseal(context.keys, _purpose(user), stored.sealed) if stored is not None else None


def takes_code(
    connection: Connection, context: Context, user: User, typed: str, *, confirmed_at: datetime | None = None
) -> bool:
    """Use up a code of the user's app; False for a wrong or used one.

    With `confirmed_at` it is a code of the secret that was begun, which counts from then on. The secret is encrypted anew
    with the newest key, so that old keys can go one day.
    """
    stored = second_ways.secret_of(connection, user.id, confirmed=confirmed_at is None)
    secret = unseal(context.keys, _purpose(user), stored.sealed) if stored is not None else None
    if stored is None or secret is None:
        return False
    step = accepted_step(secret, typed, context.clock.now(), stored.last_step)
    if step is None:
        return False
    sealed = seal(context.keys, _purpose(user), secret)
    return second_ways.accept_step(connection, user.id, stored, step, sealed=sealed, confirmed_at=confirmed_at)


def _purpose(user: User) -> str:
    return f"one-time codes of user {user.id}"
