"""Shows the users of the console: the JSON and the table of `user list`."""

from mailer.domain.sign_in import SecondWay, SecondWays, UserAccount
from mailer.domain.user import User

COLUMNS = ("name", "role", "login", "address", "language", "second way", "disabled")


def user_document(user: User) -> dict[str, object]:
    """A user, for programs; nothing of the password."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "login": user.login,
        "address": user.address,
        "language": user.language,
        "disabled_at": user.disabled_at,
    }


def account_document(account: UserAccount) -> dict[str, object]:
    """A user with the second ways, for programs."""
    return {**user_document(account.user), "second_ways": _ways(account.ways)}


def account_row(account: UserAccount) -> tuple[object, ...]:
    """The same as a row of the table."""
    user = account.user
    ways = ", ".join(way.replace("_", " ") for way in _ways(account.ways))
    return (user.name, user.role, user.login, user.address, user.language, ways, user.disabled_at)


def _ways(ways: SecondWays) -> list[SecondWay]:
    there = {
        SecondWay.ONE_TIME_CODES: ways.app,
        SecondWay.PRINTED_CODES: ways.sheet,
        SecondWay.PASSKEY: ways.passkeys > 0,
    }
    return [way for way, is_set_up in there.items() if is_set_up]
