"""Two sending processes of one installation: every copy once, whichever of them freezes, dies, or is told to end."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.report import distribution_report
from mailer.store import Store
from tests import databases
from tests.cli.terminal import Terminal, a_relay
from tests.club import ISSUE, Club, begin, members
from tests.scripted_relay import Sink
from tests.stories.conftest import Process

NAME = str(ISSUE)
CONNECTIONS = 5
SLOW, FAST = 0.3, 0.003  # seconds for a message

Start = Callable[..., Process]
Until = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True)
class Mailing:
    """A mailing under way, as its ledger and its relay have it. The relay is slow at first: a process takes long to start."""

    club: Club
    relay: Sink
    ledger: Store
    until: Until

    def states(self) -> dict[str, int]:
        return dict(self.asked("SELECT state, count(*) FROM deliveries GROUP BY state"))

    def in_hand(self, pid: int) -> int:
        """How many copies a process has in hand."""
        query = f"SELECT count(*) FROM deliveries JOIN owners ON owners.id = deliveries.owner WHERE pid = {pid}"
        [(copies,)] = self.asked(query)
        return int(copies)

    def running(self) -> int:
        """How many owners have not ended."""
        [(owners,)] = self.asked("SELECT count(*) FROM owners WHERE ended_at IS NULL")
        return int(owners)

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        with self.ledger.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def received(self) -> Counter[str]:
        return Counter(received.recipient for received in self.relay.received)

    def further(self, first: Process) -> int:
        """The further process of a process, once it has copies in hand."""
        self.until(lambda: any(map(self.in_hand, children(first))))
        [child] = children(first)
        return child

    def frozen(self, pid: int) -> bool:
        """Freeze it, unless it holds what every other process needs: the database in a transaction."""
        os.kill(pid, signal.SIGSTOP)
        if databases.may_write(self.club.folder):
            return True
        os.kill(pid, signal.SIGCONT)
        return False


@pytest.fixture
def mailing(club: Club, until: Until) -> Iterator[Callable[[int], Mailing]]:
    """A mailing to so many people, which two processes are to send."""
    with a_relay(delay_seconds=SLOW) as relay:
        club.settle(smtp={"port": relay.port, "connections": CONNECTIONS}, delivery={"processes": 2})
        with closing(Store.open(databases.url_of(club.folder), club.folder)) as ledger:

            def go(people: int) -> Mailing:
                with club.opened(SystemClock()) as app:
                    begin(app, members(people))
                return Mailing(club, relay, ledger, until)

            yield go


def children(process: Process) -> list[int]:
    """The processes that a process has started, and that have not ended."""
    pid = process.process.pid
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def test_two_processes_send_each_copy_once_by_as_many_connections_as_are_allowed(
    run: Terminal, start: Start, until: Until, mailing: Callable[[int], Mailing]
) -> None:
    story, people = mailing(2_000), 2_000
    daemon = start("daemon")
    child = story.further(daemon)
    story.relay._delay = FAST
    until(lambda: story.frozen(child))
    until(lambda: story.states().keys() <= {"accepted", "sending"} or len(story.relay.received) > people // 2)
    os.kill(child, signal.SIGCONT)
    story.relay._delay = SLOW
    run.ok("pause", NAME)
    until(lambda: "sending" not in story.states())
    gone = len(story.relay.received)
    until(lambda: not children(daemon))
    assert story.states() == {"accepted": gone, "pending": people - gone}
    run.ok("--yes", "resume", NAME)
    child = story.further(daemon)
    [memory] = [line for line in Path(f"/proc/{child}/status").read_text().splitlines() if "VmHWM" in line]
    story.relay._delay = FAST
    until(lambda: story.states() == {"accepted": people})
    until(lambda: not children(daemon))  # with nothing to send there is only the daemon
    assert daemon.end(signal.SIGTERM) == 0
    assert story.relay.most_open == CONNECTIONS
    assert (len(story.received()), set(story.received().values())) == (people, {1})
    said = daemon.said.read_text()
    assert said.count(" accepted code=250") == people
    assert (said.count("closed"), said.count("daemon stopped; nothing is in flight")) == (1, 1)
    assert "ended by" not in said
    assert int(memory.split()[1]) < 90_000  # kB
    assert story.running() == 0
    with story.club.opened(SystemClock()) as app:
        assert distribution_report(app.context, ISSUE).balance.balanced


def test_whichever_is_killed_nothing_is_lost_and_the_other_does_what_is_right(
    start: Start, until: Until, mailing: Callable[[int], Mailing]
) -> None:
    story, people = mailing(400), 400
    daemon = start("daemon")
    child = story.further(daemon)
    os.kill(child, signal.SIGKILL)
    until(lambda: child not in children(daemon))
    until(lambda: not story.in_hand(child))  # long before its lease ends
    other = story.further(daemon)
    assert other != child
    daemon.end(signal.SIGKILL)
    until(lambda: not Path(f"/proc/{other}").exists())  # it finishes what has begun, and takes no more
    assert not story.in_hand(other)
    assert story.states()["pending"] > 0
    said = daemon.said.read_text()
    assert said.count("a further sending process ended by signal 9") == 1
    assert said.count("freed the copies of a sender that ended") == 1
    sending = start("--yes", "send", "--wait", NAME)
    story.further(sending)
    story.relay._delay = FAST
    sending.process.wait(400)
    uncertain = story.states().get("uncertain", 0)
    assert story.states()["accepted"] == people - uncertain
    assert uncertain <= CONNECTIONS + CONNECTIONS // 2
    assert story.running() == 0
    assert set(story.received().values()) == {1}
    assert len(story.received()) >= people - uncertain


def test_a_cancel_reaches_both_and_a_stop_ends_both(
    run: Terminal, start: Start, until: Until, mailing: Callable[[int], Mailing]
) -> None:
    story, people = mailing(300), 300
    daemon = start("daemon")
    child = story.further(daemon)
    assert daemon.end(signal.SIGTERM) == 0
    assert not Path(f"/proc/{child}").exists()
    gone = len(story.relay.received)
    assert story.states() == {"accepted": gone, "pending": people - gone}
    sending = start("--yes", "send", "--wait", NAME)
    story.further(sending)
    run.ok("--yes", "cancel", NAME)
    until(lambda: not {"sending", "pending"} & story.states().keys())
    gone = len(story.relay.received)
    assert story.states() == {"accepted": gone, "cancelled": people - gone}
    sending.process.wait(400)
    assert set(story.received().values()) == {1}
