"""Outside of a newsletter's hours nothing leaves, and the command says until when."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from mailer.gateways.clock import SystemClock
from tests.cli.conftest import NAME
from tests.cli.terminal import a_relay


def test_outside_of_its_hours_a_send_says_until_when_it_waits(run, at):
    club = at("approved")
    now = SystemClock().now().astimezone(ZoneInfo("Europe/London"))
    opens, closes = now + timedelta(hours=2), now + timedelta(hours=3)
    club.reschedule({"send": {"between": f"{opens:%H}:00-{closes:%H}:00"}})
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        said = run("send", NAME, "--wait", "--yes")
    assert said.status == 1
    assert relay.received == []
    [line] = [line for line in said.err.splitlines() if "not tried yet" in line]
    assert "not tried yet: 3 copies; outside of its hours" in line
    assert f"{opens:%H}:00 London time (Europe/London)" in line
