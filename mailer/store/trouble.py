"""Recognises an error that a full disk, a read-only one, a locked, an absent or a damaged database has caused."""

import errno
from collections.abc import Iterator

from sqlalchemy.exc import OperationalError

from mailer.domain.trouble import Trouble
from mailer.store.sqlite import dbapi

_BY_ERRNO = {
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
    errno.EROFS: Trouble.READ_ONLY,
}
# The primary codes of SQLite's errors (sqlite.org/rescode.html), which are the lowest eight bits.
_BY_SQLITE_CODE = {
    dbapi().SQLITE_FULL: Trouble.DISK_FULL,
    dbapi().SQLITE_READONLY: Trouble.READ_ONLY,
    dbapi().SQLITE_BUSY: Trouble.LOCKED,
    dbapi().SQLITE_CORRUPT: Trouble.DAMAGED,
    dbapi().SQLITE_NOTADB: Trouble.DAMAGED,
}
# PostgreSQL, Appendix A: disk_full, read_only_sql_transaction, lock_not_available; then the server ends the connection, since
# this process paused, or has too_many_connections; data_corrupted and index_corrupted.
_BY_SQLSTATE = {
    "53100": Trouble.DISK_FULL,
    "25006": Trouble.READ_ONLY,
    "55P03": Trouble.LOCKED,
    **dict.fromkeys(("25P03", "25P04", "53300"), Trouble.AWAY),
    **dict.fromkeys(("XX001", "XX002"), Trouble.DAMAGED),
}
# The connection; and what its operator does: ends it, shuts the server down or starts it, or ends a statement that lasts.
_AWAY_CLASSES = ("08", "57")


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that caused the error, itself or as an earlier link of its chain; None: none that is known.

    Of a group of errors it is the trouble that all of them have.
    """
    if isinstance(error, BaseExceptionGroup):
        (trouble, *others) = {trouble_of(inner) for inner in error.exceptions}
        return None if others else trouble
    return next((trouble for link in _chain(error) if (trouble := _of_link(link)) is not None), None)


def is_damaged(error: BaseException) -> bool:
    """Whether the database cannot be read: it is damaged, or is none. SQLite may quote what it finds, which is no text then."""
    return trouble_of(error) is Trouble.DAMAGED or isinstance(error, UnicodeDecodeError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        original = getattr(link, "orig", None)
        link = original if isinstance(original, BaseException) else link.__cause__


def _of_link(error: BaseException) -> Trouble | None:
    if isinstance(error, OSError) and error.errno is not None:
        return _BY_ERRNO.get(error.errno)
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _BY_SQLITE_CODE.get(code & 0xFF)
    if isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None:
        return Trouble.AWAY  # psycopg's own words: no connection was made, or it broke
    state = getattr(error, "sqlstate", None) or ""
    return Trouble.AWAY if state.startswith(_AWAY_CLASSES) else _BY_SQLSTATE.get(state)
