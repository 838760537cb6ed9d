"""Takes in the mails of a Maildir and dies by SIGKILL at a named point, again and again; then takes in the rest.

A process of its own, since it forks: a process that forks must have one thread.
"""

import argparse
import json
import random  # noqa: TID251  (the same deaths every time)
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from mailer.app import inbound
from mailer.app.installation import open_app
from mailer.domain.bounce import RawReport, Way
from mailer.gateways.inbox.maildir import MaildirInbox
from mailer.pipeline.bounces import fetch, holds, ingest
from mailer.store import Store, failures, reports
from mailer.store import holds as stored_holds
from tests.doubles import FrozenClock
from tests.stories.dying import Countdown, die, forked, open_once

TOGETHER = 20


class Point(StrEnum):
    """Every moment at which database and folder disagree about a mail."""

    AFTER_KEPT = "after_kept"
    AFTER_WRITTEN = "after_written"
    AFTER_FAILURES = "after_failures"
    AFTER_HOLD = "after_hold"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    BEFORE_MOVED = "before_moved"
    AFTER_MOVED = "after_moved"
    ANYWHERE = "anywhere"


def arm(at: Countdown) -> None:
    """Make this process die at the point: the functions at the borders are wrapped, the code between them is unchanged."""

    def after(point: Point, function: Any) -> Any:
        def wrapped(*given: Any, **named: Any) -> Any:
            done = function(*given, **named)
            at(point)
            return done

        return wrapped

    transaction, moved = Store.transaction, MaildirInbox.done

    @contextmanager
    def committing(store: Store) -> Iterator[Any]:
        with transaction(store) as connection:
            yield connection
            at(Point.BEFORE_COMMIT)
        at(Point.AFTER_COMMIT)

    def moving(inbox: MaildirInbox, mail: Any) -> None:
        at(Point.BEFORE_MOVED)
        moved(inbox, mail)
        at(Point.AFTER_MOVED)

    Store.transaction, MaildirInbox.done = committing, moving
    reports.keep = after(Point.AFTER_KEPT, reports.keep)
    reports.write = after(Point.AFTER_WRITTEN, reports.write)
    failures.add = after(Point.AFTER_FAILURES, failures.add)
    stored_holds.set_hold = after(Point.AFTER_HOLD, stored_holds.set_hold)
    assert ingest.reports is reports
    assert holds.holds is stored_holds


def take_in(config: Path, now: datetime, together: bool, seconds: float | None) -> None:
    """Take in what waits: each mail in a transaction, as from a Maildir, or many together, as the listener does."""
    if seconds is not None:
        _die_in(seconds)
    opened = open_app(config, who="secretary", clock=FrozenClock(now))
    if together:
        found = sorted((opened.config.path(opened.config.bounces.maildir) / "new").iterdir())
        mails = [RawReport(content=one.read_bytes(), recipient="", way=Way.MAILDIR) for one in found]
        for at in range(0, len(mails), TOGETHER):
            ingest.ingest(opened.context, mails[at : at + TOGETHER])
        return
    for inbox in inbound.inboxes(opened):
        fetch.fetch(opened.context, inbox)


def _die_in(seconds: float) -> None:
    signal.signal(signal.SIGALRM, lambda *_given: die())
    signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--arriving", type=Path, required=True, help="what comes into the Maildir from run to run")
    given = parser.parse_args()
    chance, points = random.Random(1), list(Point)
    arriving = sorted(given.arriving.iterdir(), reverse=True)
    tally: dict[str, int] = {}
    open_once(given.config)
    for number in range(given.kills):
        point, together = points[number % len(points)], number % 4 == 3
        seconds = chance.uniform(0.05, 0.3) if point is Point.ANYWHERE else None
        share = len(arriving) // (given.kills - number)
        for one in (arriving.pop() for _ in range(share)):
            one.rename(given.arriving.parent / "new" / one.name)
        often = 1 if together or point in {Point.AFTER_HOLD, Point.AFTER_FAILURES} else chance.randint(1, share)
        arming = partial(arm, Countdown(point, often)) if seconds is None else lambda: None
        ended = forked(arming, partial(take_in, given.config, given.now, together, seconds))
        tally[point] = tally.get(point, 0) + (not ended)
    whole = forked(lambda: None, partial(take_in, given.config, given.now, False, None))
    json.dump({"kills": sum(tally.values()), "by_point": tally, "ended": whole}, sys.stdout)


if __name__ == "__main__":
    main()
