"""The secret of a user's app stands encrypted in the database, and its codes still count after a new key."""

from dataclasses import replace

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.sign_in import Visitor
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.formats.token import Keyring
from mailer.pipeline.context import Context
from mailer.pipeline.users import add_user
from mailer.pipeline.users.app_secrets import begin_secret, begun_secret, takes_code
from mailer.pipeline.users.sign_in import find_session, give_code, sign_in, token_of
from tests.doubles import FrozenClock

PASSWORD = "four plain words here"
VISITOR = Visitor(network="198.51.100.7")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def anna(app: App) -> User:
    return add_user(app.context, User(id=0, name="Anna", role=Role.SECRETARY), PASSWORD)


def set_up(context: Context, user: User) -> str:
    """An app whose codes count; returns its secret."""
    with context.store.transaction() as connection:
        secret = begin_secret(connection, context, user)
        assert begun_secret(connection, context, user) == secret
        assert takes_code(connection, context, user, code(context, secret), confirmed_at=context.clock.now())
    return secret


def code(context: Context, secret: str) -> str:
    return pyotp.TOTP(secret).at(context.clock.now())


def takes(context: Context, user: User, secret: str) -> bool:
    with context.store.transaction() as connection:
        return takes_code(connection, context, user, code(context, secret))


def test_the_database_does_not_have_the_secret(app: App, anna: User) -> None:
    secret = set_up(app.context, anna)
    with app.store.reading() as connection:
        [stored] = connection.execute(text("SELECT secret FROM one_time_secrets")).scalars()
    assert secret.casefold() not in stored.casefold()


def test_codes_count_under_a_new_key_and_the_old_key_can_go_after_one(app: App, anna: User, clock: FrozenClock) -> None:
    context, new = app.context, b"another key, made at random 32 b"
    secret = set_up(context, anna)
    clock.advance(minutes=1)
    both, alone = (replace(context, keys=Keyring(keys=keys)) for keys in ((new, *context.keys.keys), (new,)))
    assert not takes(alone, anna, secret)
    assert takes(both, anna, secret)
    clock.advance(minutes=1)
    assert takes(alone, anna, secret)


def test_a_secret_that_is_copied_to_another_user_is_worth_nothing_there(
    app: App, anna: User, clock: FrozenClock
) -> None:
    other = add_user(app.context, replace(anna, name="Other"), PASSWORD)
    secret = set_up(app.context, anna)
    set_up(app.context, other)
    clock.advance(minutes=1)
    with app.store.transaction() as connection:
        copied = 'SELECT secret FROM one_time_secrets WHERE "user" = :anna'
        statement = f'UPDATE one_time_secrets SET secret = ({copied}) WHERE "user" = :other'
        connection.execute(text(statement), {"anna": anna.id, "other": other.id})
    assert not takes(app.context, other, secret)
    assert takes(app.context, anna, secret)


def test_the_user_signs_in_by_a_code_once(app: App, anna: User, clock: FrozenClock) -> None:
    secret = set_up(app.context, anna)
    clock.advance(minutes=1)
    for expected in (True, False):
        begun = sign_in(app.context, "Anna", PASSWORD, VISITOR)
        session = find_session(app.context, token_of(begun.identity if begun else ""))
        assert session is not None
        assert (give_code(app.context, session, code(app.context, secret), VISITOR) is not None) is expected
