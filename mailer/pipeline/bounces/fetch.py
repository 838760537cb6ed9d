"""Fetches the mails that wait in an inbox: each is stored and read, and only then moved."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailer.domain.bounce import RawReport
from mailer.domain.errors import MailerError
from mailer.domain.ports import BounceInbox, WaitingMail
from mailer.pipeline import maillog
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.context import Context
from mailer.store import DatabaseError


@dataclass(slots=True, kw_only=True)
class Fetched:
    """How many mails were new, stored before, or could not be read and were laid aside; and why these could not."""

    new: int = 0
    duplicates: int = 0
    failed: int = 0
    why: list[str]


def fetch(context: Context, inbox: BounceInbox, stopped: Callable[[], bool] = lambda: False) -> Fetched:
    """Store and read every mail that waits, or lay it aside for a person; once `stopped`, leave the rest waiting.

    A mail that is stored, but not moved because of a crash, is recognised the next time. Raises MailerError when the
    inbox cannot be reached; what was stored before stays.
    """
    fetched = Fetched(why=[])
    try:
        for mail in inbox.mails():
            if stopped():
                break
            if mail.why:
                _lay_aside(fetched, inbox, mail)
                continue
            try:
                [done] = ingest(context, [RawReport(content=mail.content, recipient="", way=inbox.way)])
            except (DatabaseError, MailerError):
                raise  # all mails are to be tried later
            except Exception as error:  # noqa: BLE001  (one mail's failure must not keep the others out)
                _lay_aside(fetched, inbox, replace(mail, why=f"it cannot be ingested: {error!r}"))
                continue
            fetched.new += done.id is not None
            fetched.duplicates += done.id is None
            inbox.done(mail)
    finally:
        inbox.close()
    return fetched


def _lay_aside(fetched: Fetched, inbox: BounceInbox, mail: WaitingMail) -> None:
    fetched.failed += 1
    fetched.why.append(f"{mail.name}: {mail.why}")
    maillog.mail_unreadable(inbox.way, mail.why)
    inbox.failed(mail)
