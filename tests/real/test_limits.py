"""Real relays with limits: they take every copy in the end, at the pace that they allow, and no reader pays for it."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.app.relays import send_settings
from mailer.domain.mailing import MailingState
from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.wait import send_until_done
from tests import opensmtpd, postfix
from tests.club import ISSUE, Club, Member, begin, copies, states
from tests.real.doors import Doors, doors
from tests.real.relay import agreed, sending
from tests.servers import wait_until

pytestmark = pytest.mark.real
needs_postfix = pytest.mark.skipif(
    bool(postfix.absent()), reason=f"{postfix.absent()}: run sh tests/real/install as root"
)
needs_opensmtpd = pytest.mark.skipif(
    bool(opensmtpd.absent()), reason=f"{opensmtpd.absent()}: run sh tests/real/install as root"
)

UNIT = 3  # seconds; Postfix counts in whole ones, so that a window takes one more
WINDOW = UNIT + 1
ANVIL = f"anvil_rate_time_unit = {UNIT}s\nsmtpd_client_event_limit_exceptions =\n"
LIMITS = {
    "messages": {"smtpd_client_message_rate_limit": "20"},
    "recipients": {"smtpd_client_recipient_rate_limit": "20"},
    "sessions": {"smtpd_client_connection_rate_limit": "2"},
    "atonce": {"smtpd_client_connection_count_limit": "2"},
}
FIRST = {door: 100 * number for number, door in enumerate(LIMITS, 1)}
GENEROUS = 3.0  # times the seconds that the limit dictates; what is measured is printed


def unrelated(count: int, first: int) -> list[Member]:
    """Members whose addresses have nothing in common."""
    return [
        Member(number=number, address=f"desk{number}@home{number}.example") for number in range(first, first + count)
    ]


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


@pytest.fixture(scope="module")
def limited() -> Iterator[Doors]:
    """One Postfix with a door for each of its limits."""
    with doors(LIMITS, settings=ANVIL) as its:
        its.open()
        yield its


async def carried(app: App, sender: Sender, dictated: float) -> None:
    """Send the issue as `send --wait` does: every copy is accepted at its first attempt, in about the time dictated."""
    began = time.monotonic()
    why = await send_until_done(app.context, sender, ISSUE, send_settings(app.config).relays)
    seconds = time.monotonic() - began
    sys.stderr.write(
        f"\n{seconds:.1f} s, the limit dictates {dictated:.1f} s: {seconds / max(dictated, 1):.2f} times\n"
    )
    assert (why, states(app)) == ("", {"accepted": len(copies(app))})
    assert {copy.attempts for copy in copies(app).values()} == {1}
    assert issue_progress(app.context, ISSUE).state is MailingState.CLOSED
    assert distribution_report(app.context, ISSUE).balance.balanced
    assert seconds < GENEROUS * max(dictated, UNIT)


@needs_postfix
@pytest.mark.parametrize(
    ("door", "count", "dictated", "refusal"),
    [
        ("messages", 70, 3 * WINDOW, (450, "4.7.1")),
        ("recipients", 70, 3 * WINDOW, (450, "4.7.1")),
        ("sessions", 60, 0, (421, "4.7.0")),
        ("atonce", 60, 0, (421, "4.7.0")),
    ],
)
async def test_a_limit_of_postfix_slows_the_mailing_and_costs_no_attempt(
    club: Club, limited: Doors, door: str, count: int, dictated: float, refusal: tuple[int, str]
) -> None:
    with sending(club, SystemClock(), limited.ports[door], connections=4) as (app, sender):
        begin(app, unrelated(count, FIRST[door]))
        await carried(app, sender, dictated)
        assert agreed(app, limited, door) == count
        assert {(said.code, said.status) for said in limited.refusals(door)} <= {refusal}


@needs_opensmtpd
async def test_opensmtpd_with_its_default_limits_takes_more_than_its_sessions_carry(club: Club) -> None:
    """A hundred messages a session, 452 to each MAIL after them, and the session stays open."""
    count = 500
    with opensmtpd.running() as relay, sending(club, SystemClock(), relay.port, connections=4) as (app, sender):
        begin(app, unrelated(count, 1))
        await carried(app, sender, 0)
        wait_until(lambda: len(relay.taken()) >= count, "OpenSMTPD does not log all that it took")
        assert Counter(relay.taken()) == {copy.address: 1 for copy in copies(app).values()}
