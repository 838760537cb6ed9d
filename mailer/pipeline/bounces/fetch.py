"""Fetches the mails that wait in an inbox: each is stored and read, and only then moved."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mailer.domain.bounce import RawReport
from mailer.domain.errors import MailerError, NotMoved
from mailer.domain.ports import BounceInbox, WaitingMail
from mailer.pipeline import maillog
from mailer.pipeline.bounces import unmoved
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.context import Context
from mailer.store import DatabaseError

# A mail that cannot be fetched at so many looks is laid aside.
TRIES = 3


@dataclass(slots=True, kw_only=True)
class Fetched:
    """How many mails were new, stored before, or could not be read and were laid aside; and why these could not.

    `waiting` are those that could not be fetched now, and `why_waiting` says why.
    `unmoved` are those that were stored or laid aside, but could not be moved out of the inbox; `why_unmoved`: the last.
    """

    new: int = 0
    duplicates: int = 0
    failed: int = 0
    waiting: int = 0
    unmoved: int = 0
    why: list[str] = field(default_factory=list)
    why_waiting: list[str] = field(default_factory=list)
    why_unmoved: str = ""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What was done with the mails of an inbox, by name, so that those that stay there are not read again and again.

    The value says why a mail cannot be read; it is empty for one that is stored. `tries` counts the looks at which a mail
    could not be fetched.
    """

    mails: dict[str, str] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)


def fetch(
    context: Context, inbox: BounceInbox, stopped: Callable[[], bool] = lambda: False, taken: Taken | None = None
) -> Fetched:
    """Store and read every mail that waits, or lay it aside for a person; once `stopped`, leave the rest waiting.

    A mail that is stored, but not moved, stops no other; it is recognised the next time, by `taken` or by its content.
    Raises MailerError when the inbox cannot be reached; what was stored before stays.
    """
    fetched, taken = Fetched(), taken or Taken()
    before, taken.mails = taken.mails, dict(taken.mails)
    tries = taken.tries.copy()
    waiting = set[str]()
    try:
        for mail in inbox.mails(before):
            if stopped():
                return fetched
            waiting.add(mail.name)
            _take(context, fetched, inbox, mail, taken)
        taken.mails = {name: why for name, why in taken.mails.items() if name in waiting}
        if fetched.waiting > 1 and not fetched.new + fetched.duplicates:
            taken.tries = tries  # the inbox is in trouble, not all of these mails
        taken.tries = Counter({name: number for name, number in taken.tries.items() if name in waiting})
        unmoved.note(context, inbox.way, fetched.unmoved, fetched.why_unmoved)
    except MailerError:
        if not stopped():
            raise
    finally:
        inbox.close()
    return fetched


def _take(context: Context, fetched: Fetched, inbox: BounceInbox, mail: WaitingMail, taken: Taken) -> None:
    if mail.is_taken:
        if fetched.unmoved:
            fetched.unmoved += 1  # what stands in the way of one mail does so for the others
            return
        _move(fetched, inbox, replace(mail, why=taken.mails[mail.name]))
        return
    if mail.may_pass and taken.tries[mail.name] < TRIES - 1:
        taken.tries[mail.name] += 1
        fetched.waiting += 1
        fetched.why_waiting.append(f"{mail.name}: {mail.why}")
        maillog.mail_not_fetched(inbox.way, mail.why)
        return
    if not mail.why:
        try:
            [done] = ingest(context, [RawReport(content=mail.content, recipient="", way=inbox.way)])
        except (DatabaseError, MailerError):
            raise  # all mails are to be tried later
        except Exception as error:  # noqa: BLE001  (one mail's failure must not keep the others out)
            mail = replace(mail, why=f"it cannot be ingested: {error!r}")
        else:
            fetched.new += done.id is not None
            fetched.duplicates += done.id is None
    if mail.why:
        fetched.failed += 1
        fetched.why.append(f"{mail.name}: {mail.why}")
        maillog.mail_unreadable(inbox.way, mail.why)
    taken.mails[mail.name] = mail.why
    _move(fetched, inbox, mail)


def _move(fetched: Fetched, inbox: BounceInbox, mail: WaitingMail) -> None:
    try:
        if mail.why:
            inbox.failed(mail)
        else:
            inbox.done(mail)
    except NotMoved as error:
        fetched.unmoved += 1
        fetched.why_unmoved = str(error)
