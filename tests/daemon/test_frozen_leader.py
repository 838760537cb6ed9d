"""A leader that is frozen during a test mailing, and wakes, sends the rest of it only if it leads still."""

from collections.abc import Awaitable, Callable

import pytest

from mailer import daemon as daemons
from mailer.daemon import Daemon
from mailer.domain.delivery import Outcome
from mailer.domain.ports import Envelope
from mailer.pipeline.mailings.report import was_tested
from tests.club import ISSUE, Club
from tests.daemon.running import a_daemon
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Sink

EDITORS = [f"editor{number}@club.example" for number in range(3)]
LONGER_THAN_THE_LEASE = 40.0


@pytest.fixture
def club(club: Club) -> Club:
    club.reschedule({"approval": {"editors": EDITORS}})
    return club


def sends_through(monkeypatch: pytest.MonkeyPatch, daemon: Daemon, transport: ScriptedTransport) -> None:
    """This daemon alone sends its tests through the transport."""
    usual = daemons.first_transport
    monkeypatch.setattr(daemons, "first_transport", lambda app: transport if app is daemon.app else usual(app))


def frozen_at_the_second(clock: FrozenClock, meanwhile: Callable[[], Awaitable[None]]) -> ScriptedTransport:
    """A relay at whose second message its sender is frozen, before the content leaves."""

    begun = clock.now()

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        if len(transport.left) == 1 and clock.now() == begun:
            clock.advance(seconds=LONGER_THAN_THE_LEASE)
            await meanwhile()
        await mark()
        return ACCEPTED

    transport = ScriptedTransport(play)
    return transport


async def test_while_another_leads_it_sends_no_further_message(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with a_daemon(club, clock, sink) as frozen, a_daemon(club, clock, sink) as other:
        transport = frozen_at_the_second(clock, other.tick)
        sends_through(monkeypatch, frozen, transport)
        await frozen.tick()
        assert transport.left == EDITORS[:1]
        assert [test.recipient for test in sink.received] == EDITORS
        assert "another process leads by now, and sends the whole test mailing" in caplog.text


async def test_what_it_sent_is_no_test_until_the_other_has_sent_it(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_daemon(club, clock, sink) as frozen, a_daemon(club, clock, sink) as other:

        async def take_the_lead() -> None:
            await other._renew()

        sends_through(monkeypatch, frozen, frozen_at_the_second(clock, take_the_lead))
        await frozen.tick()
        assert not was_tested(frozen.app.context, ISSUE)
        await other.tick()
        assert [test.recipient for test in sink.received] == EDITORS
        assert was_tested(frozen.app.context, ISSUE)


async def test_alone_it_sends_the_rest(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> None:
        """Nobody leads meanwhile."""

    with a_daemon(club, clock, sink) as frozen:
        transport = frozen_at_the_second(clock, nothing)
        sends_through(monkeypatch, frozen, transport)
        await frozen.tick()
        assert transport.left == EDITORS
        assert was_tested(frozen.app.context, ISSUE)
