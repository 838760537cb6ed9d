"""A daemon that does its rounds when a test tells it to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.app.sender import open_sender
from mailer.daemon import Daemon
from mailer.domain.progress import Progress
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.report import issue_progress
from tests.club import ISSUE, Club, Table
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

LONDON = ZoneInfo("Europe/London")
NO_APPROVAL = {"approval": {"required": False}}
FRIDAY_AT_TEN = datetime(2018, 7, 13, 10, 0, tzinfo=LONDON)


@contextmanager
def a_daemon(club: Club, clock: FrozenClock, relay: Sink, **tables: Table) -> Iterator[Daemon]:
    club.settle(smtp={"port": relay.port}, **tables)
    with club.opened(clock, who="daemon") as app, open_sender(app) as (sender, owner):
        yield Daemon(app=app, sender=sender, owner=owner)


async def work(daemon: Daemon) -> None:
    """What the daemon does in a short while: looks around, and sends what may leave."""
    await daemon.tick()
    await daemon.sender.drain()


def standing(daemon: Daemon, issue: IssueName = ISSUE) -> Progress:
    return issue_progress(daemon.app.context, issue)
