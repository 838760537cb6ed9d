"""Checks the database and makes a backup of it, once a night; what goes wrong is an alarm to the operator."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.errors import BrokenOff, MailerError, Refused
from mailer.domain.night import BACKED_UP, CHECKED, DAMAGED, DATABASE, NOT_BACKED_UP, is_due
from mailer.domain.trouble import Trouble
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.bounces import alarms
from mailer.pipeline.context import Context
from mailer.store import DatabaseError, history, is_damaged
from mailer.views.database import contents


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyBackups:
    """Where backups go, and how many of them stay."""

    folder: Path
    keep: int


def check_and_back_up(context: Context, backups: NightlyBackups | None) -> None:
    """Check the database when that is due, then back it up when that is due; without `backups` it is checked only.

    A damaged database is not backed up, so that no sound backup is deleted for one of it. Both stand in the history, unless
    that itself is damaged. Raises MailerError when the backup cannot be made: it is tried again later. A stop breaks off either.
    """
    with _told(context):
        if is_due_tonight(context, CHECKED, DAMAGED):
            _check(context)
        if backups is not None and _is_sound(context) and is_due_tonight(context, BACKED_UP):
            _back_up(context, backups)


def check_what_was_met(context: Context) -> None:
    """Check the database now if something failed by damage of it: the operator need not wait for the night to hear of it."""
    if maillog.troubles.has(Trouble.DAMAGED):
        with _told(context):
            _check(context)


@contextmanager
def _told(context: Context) -> Iterator[None]:
    """Alarm the operator when what is done here meets damage, and say that a stop broke it off, rather than raise."""
    try:
        yield
    except BrokenOff:
        servicelog.night_broken_off()
    except (DatabaseError, UnicodeDecodeError) as error:
        if not is_damaged(error):
            raise
        _alarm(context, (str(getattr(error, "orig", error)),))


def _check(context: Context) -> None:
    check = context.store.check()
    if not check.ok:
        _alarm(context, check.problems)
    verb, detail = (CHECKED, f"sound: {contents(check.rows)}") if check.ok else (DAMAGED, "; ".join(check.problems))
    with context.store.transaction() as connection:
        context.record(connection, verb, DATABASE, detail)


def _alarm(context: Context, problems: tuple[str, ...]) -> None:
    """Alarm the operator before anything else: perhaps nothing but that can be written any more."""
    maillog.database_damaged(problems)
    with context.store.transaction() as connection:
        alarms.damage(connection, context, problems[0])


def _back_up(context: Context, backups: NightlyBackups) -> None:
    now = context.clock.now()
    try:
        name, deleted = context.store.back_up_into(backups.folder, now, backups.keep)
    except BrokenOff:
        raise
    except (MailerError, OSError) as error:
        words = str(error)
        if isinstance(error, OSError):
            words = ": ".join(map(str, filter(None, (error.filename, error.strerror or error))))
        if not isinstance(error, Refused):  # that says itself what to do
            words = f"{words}; {_remedy(error)}"
        first = is_due_tonight(context, NOT_BACKED_UP)  # it is tried again every hour
        with context.store.transaction() as connection:
            if first:
                context.record(connection, NOT_BACKED_UP, DATABASE, words)
            alarms.no_backup(connection, context, words)
        raise
    with context.store.transaction() as connection:
        detail = f"{name}; deleted {', '.join(deleted)}" if deleted else str(name)
        context.record(connection, BACKED_UP, DATABASE, detail)


def _remedy(error: BaseException | None) -> str:
    """What to do about a backup that could not be written, by the system's reason for it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _REMEDIES:
            return _REMEDIES[error.errno]
        error = error.__cause__
    return "make room or mend the folder of [backup]"


_FULL = "make room there, or lower [backup] keep"
_CLOSED = (
    "let the service's login write there, or name another folder in [backup] folder, have the unit of the service written "
    "anew and restart it"
)
_AMISS = "[backup] folder must name a folder, and its disk must be mounted"
_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _CLOSED),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EIO), _AMISS),
}


def is_due_tonight(context: Context, *verbs: str) -> bool:
    """Whether none of these was done to the database since the night began."""
    with context.store.reading() as connection:
        last, first = history.last_of(connection, DATABASE, verbs), history.first_instant(connection)
    return is_due(last.at if last is not None else None, first, context.clock.now())


def _is_sound(context: Context) -> bool:
    """Whether the last check has found nothing; not while none was made."""
    with context.store.reading() as connection:
        last = history.last_of(connection, DATABASE, (CHECKED, DAMAGED))
    return last is not None and last.verb == CHECKED
