"""Tells in words why the bell of the workers cannot be heard, so that what an operator must mend differs from what passes."""

import psycopg
from psycopg import errors

from mailer.domain.errors import MailerError

# The first that fits; the words of the server follow.
_KINDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((errors.InsufficientPrivilege,), "the login of [database] may not make or use its tables"),
    (
        (errors.UndefinedTable, errors.UndefinedFunction, errors.UndefinedColumn, errors.UndefinedObject),
        "its tables are not those of the Procrastinate that is installed here",
    ),
    ((errors.DiskFull,), "the disk of the database is full"),
    ((errors.ReadOnlySqlTransaction,), "the database takes no writes"),
    ((psycopg.OperationalError, OSError, TimeoutError), "the database does not answer"),
    ((psycopg.Error,), "the database refuses"),
)


def reason_of(error: BaseException | None) -> str:
    """Why it cannot be heard: what the failure is, and in whose words. None: nothing has failed, and it is silent."""
    if error is None:
        return "the database takes no heartbeats of it: the connection hangs, or this machine is too slow"
    words = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, MailerError):
        return words
    kind = next(
        (kind for kinds, kind in _KINDS if isinstance(error, kinds)), f"an error of the program, {type(error).__name__}"
    )
    return f"{kind}: {words}"
