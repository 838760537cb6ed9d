"""Sends and dies by SIGKILL at a named point, again and again, each time in a new process; then sends to the end.

A process of its own, since it forks: a process that forks must have one thread.
"""

import argparse
import asyncio
import json
import os
import random  # noqa: TID251  (the same deaths every time)
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from mailer.app.installation import open_app
from mailer.app.sender import open_sender
from mailer.domain.delivery import JournalState
from mailer.gateways.process.journal import Journal
from mailer.gateways.process.ledger_epoch import EpochFile
from mailer.gateways.smtp.connection import SmtpConnection
from mailer.pipeline.sending import recovery, sender_ledger, turn
from mailer.store import Store


class Point(StrEnum):
    """Every moment at which ledger, journal and wire disagree about a copy."""

    BEFORE_CLAIM_COMMIT = "before_claim_commit"
    AFTER_CLAIM_COMMIT = "after_claim_commit"
    AFTER_EPOCH = "after_epoch"
    BEFORE_BEGUN = "before_begun"
    AFTER_BEGUN = "after_begun"
    HALF_CONTENT = "half_content"
    CONTENT_WRITTEN = "content_written"
    BEFORE_ANSWER_NOTED = "before_answer_noted"
    AFTER_ANSWER_NOTED = "after_answer_noted"
    BEFORE_RECORD_COMMIT = "before_record_commit"
    AFTER_RECORD_COMMIT = "after_record_commit"
    DURING_TAKE_OVER = "during_take_over"
    AFTER_TAKE_OVER = "after_take_over"
    ANYWHERE = "anywhere"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Dies when the point is passed for the n-th time."""

    def __init__(self, point: StrEnum, passes: int) -> None:
        self.point = point
        self.left = passes

    def __call__(self, *points: StrEnum) -> None:
        if self.point in points:
            self.left -= 1
            if self.left <= 0:
                die()


def arm(at: Countdown) -> None:
    """Make this process die at the point: the functions at the borders are wrapped, the code between them is unchanged."""
    state = {"claimed": False, "recorded": False, "freed": False}
    transaction, run_turn, take_over = Store.transaction, turn.run_turn, recovery.take_over
    write, reach, flush = Journal.write, EpochFile.save, SmtpConnection._flush

    def turning(connection: Any, context: Any, manner: Any, benches: Any, asked: Any) -> Any:
        given = run_turn(connection, context, manner, benches, asked)
        state["claimed"] = any(given.copies.values())
        state["recorded"] = any(asked.results.values())
        return given

    def taking(connection: Any, *rest: Any) -> Any:
        done = take_over(connection, *rest)
        state["freed"] = True
        return done

    @contextmanager
    def committing(store: Store) -> Iterator[Any]:
        state.update(claimed=False, recorded=False, freed=False)
        with transaction(store) as connection:
            yield connection
            names = [Point.BEFORE_CLAIM_COMMIT] * state["claimed"] + [Point.BEFORE_RECORD_COMMIT] * state["recorded"]
            at(*names, *[Point.DURING_TAKE_OVER] * state["freed"])
        names = [Point.AFTER_CLAIM_COMMIT] * state["claimed"] + [Point.AFTER_RECORD_COMMIT] * state["recorded"]
        at(*names, *[Point.AFTER_TAKE_OVER] * state["freed"])

    def noting(journal: Journal, delivery: int, epoch: int, state: JournalState, code: int = 0) -> None:
        begun = state is JournalState.BEGUN
        at(Point.BEFORE_BEGUN if begun else Point.BEFORE_ANSWER_NOTED)
        write(journal, delivery, epoch, state, code)
        at(Point.AFTER_BEGUN if begun else Point.AFTER_ANSWER_NOTED)

    def reaching(file: EpochFile, epoch: int) -> None:
        reach(file, epoch)
        at(Point.AFTER_EPOCH)

    def flushing(connection: SmtpConnection) -> None:
        has_content = sum(map(len, connection._dialogue.outgoing)) > 1000
        if has_content and at.point is Point.HALF_CONTENT and at.left <= 1:
            octets = b"".join(connection._dialogue.outgoing)
            connection._transport.write(octets[: len(octets) // 2])
            die()
        flush(connection)
        at(*[Point.HALF_CONTENT, Point.CONTENT_WRITTEN] * has_content)

    Store.transaction, Journal.write, EpochFile.save, SmtpConnection._flush = committing, noting, reaching, flushing

    sender_ledger.run_turn, recovery.take_over = turning, taking


async def send(config: Path, seconds: float | None) -> None:
    """Send until nothing is due, or die at a random moment."""
    opened = open_app(config, who="secretary")
    if seconds is not None:
        asyncio.get_running_loop().call_later(seconds, die)
    with open_sender(opened) as (sender, _):
        while (await sender.drain()).handed_over:
            pass


def once(config: Path, arming: Callable[[], None], seconds: float | None = None) -> bool:
    """Send in a child process; returns whether it ended by itself."""
    return forked(arming, lambda: asyncio.run(send(config, seconds)))


def open_once(config: Path) -> None:
    """Open the installation and close it again, so that the children inherit every import."""
    open_app(config, who="secretary").store.close()


def forked(arming: Callable[[], None], work: Callable[[], None]) -> bool:
    """Work in a child process; returns whether it ended by itself."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            arming()
            work()
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--spread", type=int, default=8, help="a point is passed so many times at most before the end")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    points = list(Point)
    open_once(given.config)
    kills = 0
    tally: dict[str, int] = {}
    while kills < given.kills:
        point = points[kills % len(points)]
        often = 1 if "take_over" in point or "commit" in point or "epoch" in point else chance.randint(1, given.spread)
        if point is Point.ANYWHERE:
            ended = once(given.config, lambda: None, chance.uniform(0.01, 0.15))
        else:
            ended = once(given.config, partial(arm, Countdown(point, often)))
        tally[point] = tally.get(point, 0) + (not ended)
        kills += 1
    json.dump({"kills": sum(tally.values()), "by_point": tally, "ended": once(given.config, lambda: None)}, sys.stdout)


if __name__ == "__main__":
    main()
