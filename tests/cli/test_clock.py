"""What the commands say while the clock is far behind the last work, and how a person says that it is right."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.cli.terminal import Terminal
from tests.club import Club
from tests.doubles import FrozenClock

AHEAD = datetime(2099, 1, 1, tzinfo=UTC)


def test_while_the_clock_is_in_doubt_status_says_so_and_pull_is_refused(
    at: Callable[[str], Club], run: Terminal
) -> None:
    club = at("pulled")
    with club.opened(FrozenClock(AHEAD)) as app:
        app.context.believe_clock("the clock was ahead")
    assert "at work on 2099-01-01 00:00 UTC" in run("status").err
    refusal = run("pull")
    assert (refusal.status, "at work on 2099-01-01 00:00 UTC" in refusal.err) == (1, True)
    question = run("accept-clock")
    assert (question.status, "no terminal" in question.err) == (1, True)
    assert "everything goes on" in run.ok("accept-clock", "--yes").out
    run.ok("status")
    run.ok("pull")
