"""Fetches the mails that wait in an inbox: each is kept and read first, and only then moved out of the way."""

from collections.abc import Callable
from dataclasses import dataclass

from mailer.domain.bounce import RawReport
from mailer.domain.ports import BounceInbox
from mailer.pipeline import maillog
from mailer.pipeline.bouncing import ingest
from mailer.pipeline.consequences import Consequences
from mailer.pipeline.press import Press


@dataclass(slots=True, kw_only=True)
class Fetched:
    """How many mails were new, known already, or could not be read and lie aside now; and why these could not."""

    new: int = 0
    known: int = 0
    failed: int = 0
    why: list[str]


def fetch(
    press: Press, rules: Consequences, inbox: BounceInbox, stopped: Callable[[], bool] = lambda: False
) -> Fetched:
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
                fetched.failed += 1
                fetched.why.append(f"{mail.name}: {mail.why}")
                maillog.unreadable(inbox.way, mail.why)
                inbox.failed(mail)
                continue
            [done] = ingest(press, rules, [RawReport(content=mail.content, recipient="", way=inbox.way)])
            fetched.new += done.id is not None
            fetched.known += done.id is None
            inbox.done(mail)
    finally:
        inbox.close()
    return fetched
