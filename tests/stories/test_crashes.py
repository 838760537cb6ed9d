"""The relay dies in mid-run, or the sender, by kill -9 or SIGTERM: no person gets a copy twice."""

import signal
from collections.abc import Callable
from datetime import timedelta

from mailer.gateways.clock import SystemClock
from tests.cli.terminal import Terminal, a_relay
from tests.club import ISSUE, Club, copies, make_ready, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink
from tests.stories.conftest import BOUND, Process, standing

NAME = str(ISSUE)
PEOPLE = members(40)
SLOW = 0.03  # seconds for each copy, so that a run can be cut short
CONNECTIONS = 2

Start = Callable[..., Process]
Until = Callable[[Callable[[], bool]], None]


def approved(club: Club, relay: Sink) -> None:
    club.settle(smtp={"port": relay.port, "connections": CONNECTIONS})
    with club.opened() as app:
        make_ready(app, PEOPLE)


def message_ids(relay: Sink) -> list[bytes]:
    lines = [line for one in relay.received for line in one.message.split(b"\r\n")]
    return [line for line in lines if line.startswith(b"Message-ID:")]


def test_kill_9_in_mid_run_loses_nothing_and_sends_nothing_twice(
    run: Terminal, club: Club, start: Start, until: Until
) -> None:
    with a_relay(delay_seconds=SLOW) as relay:
        approved(club, relay)
        uncertain = 0
        for copies_gone in (3, 10, 18):
            sender = start("--yes", "send", NAME, "--wait")
            until(lambda: len(relay.received) >= copies_gone)  # noqa: B023  (it is called before the next turn)
            sender.end(signal.SIGKILL)
            left = standing(club)
            assert left["sending"] > 0
            assert left.get("uncertain", 0) <= uncertain + CONNECTIONS
            uncertain = left.get("uncertain", 0)
        ended = run("--yes", "send", NAME, "--wait")
        after = standing(club)
        assert after["accepted"] + after.get("uncertain", 0) == len(PEOPLE)
        assert after.get("uncertain", 0) <= 3 * CONNECTIONS
        assert ended.status == (1 if "uncertain" in after else 0)
        assert len(set(message_ids(relay))) == len(message_ids(relay)) >= after["accepted"]
        with club.opened() as app:
            doubtful = [copy for copy in copies(app).values() if copy.state == "uncertain"]
        reached = {received.recipient for received in relay.received}
        for copy in doubtful:
            assert relay._named[copy.address] == 1  # it had begun, once
            assert f"mailer delivery settle {copy.id}" in ended.err
            settled = "accepted" if copy.address in reached else "resend"
            run.ok("--yes", "delivery", "settle", str(copy.id), "--as", settled)
        run.ok("--yes", "send", NAME, "--wait")
        assert standing(club) == {"accepted": len(PEOPLE)}
        assert sorted(received.recipient for received in relay.received) == sorted(one.email for one in PEOPLE)
        assert run.ok("--json", "report", NAME).document["balanced"]


def test_sigterm_in_mid_run_finishes_what_is_in_flight_and_loses_nothing(
    run: Terminal, club: Club, start: Start, until: Until
) -> None:
    with a_relay(delay_seconds=SLOW) as relay:
        approved(club, relay)
        sender = start("--yes", "send", NAME, "--wait")
        until(lambda: len(relay.received) >= 8)
        assert sender.end(signal.SIGTERM) == 1
        left = standing(club)
        assert set(left) == {"accepted", "pending"}
        assert left["accepted"] == len(relay.received) < len(PEOPLE)
        assert not list(club.folder.glob(".*.lock"))
        run.ok("--yes", "send", NAME, "--wait")
        assert standing(club) == {"accepted": len(PEOPLE)}
        assert len(set(message_ids(relay))) == len(relay.received) == len(PEOPLE)


def test_the_relay_dies_in_mid_run_and_comes_back(run: Terminal, club: Club, start: Start, until: Until) -> None:
    with a_relay(delay_seconds=SLOW) as relay:
        approved(club, relay)
        sender = start("--yes", "send", NAME, "--wait")
        until(lambda: len(relay.received) >= 8)
    until(lambda: "pending" in standing(club) and "sending" not in standing(club))
    assert sender.process.poll() is None  # it waits for the relay
    with a_relay(port=relay.port) as back:
        sender.process.wait(BOUND)
        # Copies whose connection broke before their content wait for a minute.
        with club.opened(FrozenClock(SystemClock().now() + timedelta(minutes=2))) as app:
            assert set(states(app)) <= {"accepted", "uncertain", "pending"}
            left = [copy for copy in copies(app).values() if copy.state == "pending"]
            assert all(copy.next_attempt_at is not None and copy.attempts == 0 for copy in left)
        after = standing(club)
        assert after.get("uncertain", 0) <= CONNECTIONS
        reached = [received.recipient for received in [*relay.received, *back.received]]
        assert len(set(reached)) == len(reached)
        # An uncertain copy may have been on its way when the relay died.
        assert 0 <= len(PEOPLE) - len(left) - len(reached) <= after.get("uncertain", 0)


def test_a_mailing_whose_sender_was_killed_can_be_cancelled_and_made_up_for_without_another_sender(
    run: Terminal, club: Club, start: Start, until: Until
) -> None:
    with a_relay(delay_seconds=0.5) as relay:
        approved(club, relay)
        sending = start("--yes", "send", str(ISSUE), "--wait")
        until(lambda: len(relay.received) > 1)
        sending.end(signal.SIGKILL)
        left = len(relay.received)
        cancelled = run.ok("--yes", "--json", "cancel", str(ISSUE)).document
        counts = run.ok("--json", "status", str(ISSUE)).document["deliveries"]
        assert (counts["sending"], counts["cancelled"]) == (0, cancelled["copies"])
        assert left <= cancelled["left"] <= left + CONNECTIONS  # what was on its way is in doubt
        assert run.ok("--json", "unsent", str(ISSUE)).document["copies"] == cancelled["copies"]
