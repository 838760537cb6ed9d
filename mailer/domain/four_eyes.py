"""Whether two names mean one person: who approves a mailing, and who sends it, may have to be two."""

from collections.abc import Mapping


def is_one_person(first: str, second: str, logins: Mapping[str, str]) -> bool:
    """Whether both names, of a user of the console or of a login, are one person's.

    `logins` has the login of each user who also works in the terminal, by the user's name.
    """
    return logins.get(first, first) == logins.get(second, second)
