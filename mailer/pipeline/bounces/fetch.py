"""Fetches the mails that wait in an inbox: each is kept and read first, and only then moved out of the way."""

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
    """How many mails were new, known already, or could not be read and lie aside now; and why these could not."""

    new: int = 0
    known: int = 0
    failed: int = 0
    why: list[str]


def fetch(context: Context, inbox: BounceInbox, stopped: Callable[[], bool] = lambda: False) -> Fetched:
    """Every mail that waits is kept and read, or lies aside for a person; afterwards it waits no more.

    Once `stopped`, the others wait for the next time.

    A crash between the two leaves it waiting, and the next time it is known. Raises MailerError when the inbox cannot
    be reached: what was taken in until then stays taken in.
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
                raise  # later, and then all of them
            except Exception as error:  # noqa: BLE001  (it is this mail's own, and must not keep the others out)
                _lay_aside(fetched, inbox, replace(mail, why=f"it cannot be taken in: {error!r}"))
                continue
            fetched.new += done.id is not None
            fetched.known += done.id is None
            inbox.done(mail)
    finally:
        inbox.close()
    return fetched


def _lay_aside(fetched: Fetched, inbox: BounceInbox, mail: WaitingMail) -> None:
    fetched.failed += 1
    fetched.why.append(f"{mail.name}: {mail.why}")
    maillog.mail_unreadable(inbox.way, mail.why)
    inbox.failed(mail)
