"""Adds users, gives them new passwords, disables and enables them; each change ends what it must and is recorded."""

from collections.abc import Sequence
from dataclasses import replace

from mailer.domain.access import Role
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.password_rule import refuse_weak
from mailer.domain.remedy import Action
from mailer.domain.sign_in import SecondWay, UserAccount
from mailer.domain.user import User, refuse_name
from mailer.formats.address import parse
from mailer.formats.credentials.password import hash_password, is_password
from mailer.pipeline.context import Context
from mailer.store import Connection, second_ways, sessions, users

LANGUAGES = ("en", "ru")


def subject_of(user: User) -> str:
    """How the history names a user: by id, since names change hands."""
    return f"user {user.id}"


def add_user(context: Context, user: User, password: str) -> User:
    """Store a new user, who can sign in at once; returned with the id.

    Raises BadInput for a name, address, language or password that cannot be, Refused for a name that is taken.
    """
    refuse_user(context, user)
    refuse_weak(password, user.name)
    digest = hash_password(password)
    with context.store.transaction() as connection:
        users.lock(connection)
        _refuse_namesake(connection, user.name)
        identity = users.add(connection, user, digest)
        context.record(connection, "add user", f"user {identity}", f"as {user.role}")
        added = users.by_id(connection, identity)
    assert added is not None
    return added


def refuse_user(context: Context, user: User) -> None:
    """Raises BadInput for a name, address or language that cannot be, Refused for a name that is taken."""
    refuse_name(user.name)
    _refuse_language(user.language)
    if user.address:
        parse(user.address)
    with context.store.reading() as connection:
        _refuse_namesake(connection, user.name)


def list_accounts(context: Context) -> Sequence[UserAccount]:
    """Every user with the second ways, by name."""
    with context.store.reading() as connection:
        return users.accounts(connection)


def find_account(context: Context, identity: int) -> UserAccount:
    """The user with this id. Raises NotFound."""
    with context.store.reading() as connection:
        accounts = users.accounts(connection, identity)
    if not accounts:
        raise NotFound(f"there is no user {identity}", Action.LIST_USERS.of())
    return accounts[0]


def find_user(context: Context, name: str) -> User:
    """The user with this name. Raises NotFound."""
    with context.store.reading() as connection:
        return _named(connection, name)


def set_password(context: Context, user: User, password: str) -> int:
    """Give a user a new password; every session of the user ends, and it says how many did. Raises BadInput."""
    refuse_weak(password, user.name)
    digest = hash_password(password)
    with context.store.transaction() as connection:
        users.set_password(connection, user.id, digest)
        ended = sessions.end_all(connection, user.id)
        context.record(connection, "new password", subject_of(user))
    return ended


def change_own_password(context: Context, user: User, old: str, new: str, *, session: str) -> int:
    """Give a user who knows the old password a new one; the other sessions of the user end, and it says how many did.

    `session` is the token of the one that goes on. Raises BadInput for a wrong old or an unfit new password.
    """
    refuse_weak(new, user.name)
    if new == old:
        raise BadInput("the new password is the old one")
    confirm_password(context, user, old)
    digest = hash_password(new)
    with context.store.transaction() as connection:
        users.set_password(connection, user.id, digest)
        ended = sessions.end_all(connection, user.id, but=session)
        context.record(connection, "new password", subject_of(user), "by the user")
    return ended


def confirm_password(context: Context, user: User, password: str) -> None:
    """Raises BadInput when this is not the user's password."""
    with context.store.reading() as connection:
        stored = users.password_hash(connection, user.id)
    if not is_password(stored, password):
        raise BadInput("this is not your password")


def set_own(context: Context, user: User, *, language: str, address: str) -> None:
    """Store the language of a user's pages, and the address for tests "to me", which may be empty. Raises BadInput."""
    _refuse_language(language)
    written = str(parse(address)) if address else ""
    with context.store.transaction() as connection:
        users.set_own(connection, user.id, language=language, address=written)
        context.record(connection, "change user", subject_of(user), "language and address, by the user")


def change_user(context: Context, user: User, *, role: Role, login: str, address: str) -> User:
    """Give a user another role, login or address for tests, from the next click on. Raises BadInput, or Refused for the
    last admin who can sign in.
    """
    written = str(parse(address)) if address else ""
    with context.store.transaction() as connection:
        users.lock(connection)
        current = _named(connection, user.name)
        values = {
            "role": (current.role, role),
            "login": (current.login, login),
            "address": (current.address, written),
        }
        changed = [name for name, (old, new) in values.items() if old != new]
        if not changed:
            return current
        if role is not Role.ADMIN:
            _refuse_last_admin(connection, current)
        users.change(connection, user.id, role=role, login=login, address=written)
        detail = ", ".join(_changed(name, role) for name in changed)
        context.record(connection, "change user", subject_of(user), detail)
    return replace(current, role=role, login=login, address=written)


def disable(context: Context, user: User) -> int:
    """Let a user sign in no more; every session of the user ends, and it says how many did.

    Raises Refused for the last admin who can sign in, and for a user who is disabled already.
    """
    with context.store.transaction() as connection:
        users.lock(connection)
        current = _named(connection, user.name)
        if current.disabled_at is not None:
            raise Refused(f"{user.name} is disabled already", Action.LIST_USERS.of())
        _refuse_last_admin(connection, current)
        users.set_disabled(connection, user.id, context.clock.now())
        ended = sessions.end_all(connection, user.id)
        context.record(connection, "disable user", subject_of(user))
    return ended


def enable(context: Context, user: User) -> None:
    """Let a disabled user sign in again, by the same password. Raises Refused when the user is not disabled."""
    with context.store.transaction() as connection:
        users.lock(connection)
        if _named(connection, user.name).disabled_at is None:
            raise Refused(f"{user.name} is not disabled", Action.LIST_USERS.of())
        users.set_disabled(connection, user.id, None)
        context.record(connection, "enable user", subject_of(user))


def forget_second_ways(context: Context, user: User) -> None:
    """Remove every second way of a user who has lost them; the sessions of the user end. Raises Refused without any."""
    with context.store.transaction() as connection:
        removed = [way for way in SecondWay if second_ways.remove(connection, user.id, way)]
        if not removed:
            raise Refused(f"{user.name} has set up no second way", Action.LIST_USERS.of())
        sessions.end_all(connection, user.id)
        context.record(
            connection, "remove second ways", subject_of(user), ", ".join(way_in_words(way) for way in removed)
        )


def _named(connection: Connection, name: str) -> User:
    user = users.named(connection, name)
    if user is None:
        raise NotFound(f"there is no user {name}", Action.LIST_USERS.of())
    return user


def _refuse_last_admin(connection: Connection, user: User) -> None:
    if user.role is Role.ADMIN and user.disabled_at is None and not users.other_admins(connection, user.id):
        raise Refused(
            f"{user.name} is the only admin who can sign in: add another admin first, or nothing can be changed about users "
            "in the console any more",
            Action.LIST_USERS.of(),
        )


def _refuse_namesake(connection: Connection, name: str) -> None:
    namesake = users.named(connection, name)
    if namesake is not None and namesake.disabled_at is not None:
        raise Refused(f"there is a user {namesake.name} already, who is disabled", Action.LIST_USERS.of())
    if namesake is not None:
        raise Refused(f"there is a user {namesake.name} already", Action.LIST_USERS.of())


def _refuse_language(language: str) -> None:
    if language not in LANGUAGES:
        raise BadInput(f"there is no language {language!r}; the pages are in en and ru")


def _changed(name: str, role: Role) -> str:
    if name == "role":
        return f"as {role}"
    return "the login" if name == "login" else "the address"


def way_in_words(way: SecondWay) -> str:
    """The second way as the history has it."""
    if way is SecondWay.PASSKEY:
        return "a passkey"
    return "one time codes" if way is SecondWay.ONE_TIME_CODES else "printed codes"
