"""Recognises an error that a full disk, a read-only one or a locked database has caused."""

import errno
from collections.abc import Iterator

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
}
# PostgreSQL, Appendix A: disk_full, read_only_sql_transaction, lock_not_available.
_BY_SQLSTATE = {"53100": Trouble.DISK_FULL, "25006": Trouble.READ_ONLY, "55P03": Trouble.LOCKED}


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that caused the error, itself or as an earlier link of its chain; None: none that is known."""
    return next((trouble for link in _chain(error) if (trouble := _of_link(link)) is not None), None)


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
    return _BY_SQLSTATE.get(getattr(error, "sqlstate", None) or "")
