"""The service manager hears from the daemon: ready when all is there, well while loop and ledger answer, and that it ends."""

import asyncio
from threading import Event

from mailer.app import installation as composition
from mailer.app.scheduler import daemon_runs
from mailer.daemon import Pace
from mailer.gateways.service_manager import ServiceManager
from tests.club import Club, import_register, members
from tests.daemon.running import a_daemon
from tests.doubles import FrozenClock
from tests.notified import Notified, notified
from tests.scripted_relay import Sink

QUICK = Pace(tick=0.01, idle=0.01, stop_within=10)
LEADS = "STATUS=It pulls, plans, begins what is due, and sends."
FOLLOWS = "STATUS=It sends; another daemon pulls, plans, and begins what is due."


async def hears(heard: Notified, line: str) -> list[str]:
    while line not in heard.hear():  # noqa: ASYNC110  (a datagram sets no event)
        await asyncio.sleep(0.01)
    return heard.lines


async def test_it_is_ready_once_it_leads_reloads_and_ends(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch, caplog
) -> None:
    with notified() as heard, a_daemon(club, clock, sink) as daemon:
        daemon.pace, daemon.manager = QUICK, ServiceManager(socket=heard.address)
        running = asyncio.create_task(daemon.run())
        assert await hears(heard, "READY=1") == [LEADS, "READY=1"]
        assert daemon_runs(daemon.app)
        heard.lines.clear()
        club.reschedule({"send": {"cron": "0 10 * * 1-5"}})  # a bad file: it is as ready as before
        daemon.reload()
        assert heard.hear() == ["RELOADING=1", "READY=1"]

        def fail(_app):
            raise MemoryError

        monkeypatch.setattr(composition, "reload", fail)  # whatever it is
        daemon.reload()
        assert heard.hear()[2:] == ["RELOADING=1", "READY=1"]
        assert "reload of schedules/, the old ones are kept, failed: MemoryError" in caplog.text
        daemon.sender.stop(QUICK.stop_within)
        await asyncio.wait_for(running, QUICK.stop_within)
        assert heard.hear()[-1] == "STOPPING=1"


async def test_one_beside_another_that_leads_is_ready_too(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with notified() as heard, a_daemon(club, clock, sink) as leader, a_daemon(club, clock, sink) as daemon:
        await leader.tick()
        daemon.manager = ServiceManager(socket=heard.address)
        await daemon._renew()
        await daemon._renew()
        assert heard.hear() == [FOLLOWS, "READY=1"]


async def test_it_is_not_ready_while_it_doubts_the_clock(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with notified() as heard, a_daemon(club, clock, sink) as worked:
        import_register(worked.app, members(3))
        await worked.tick()
        clock.jump(days=-400)
        with a_daemon(club, clock, sink) as daemon:
            daemon.manager = ServiceManager(socket=heard.address)
            await daemon._renew()
            assert heard.hear() == ["STATUS=It waits for the clock to be right: see its log, and `mailer check`."]
            clock.jump(days=401)
            await daemon._renew()
            assert "READY=1" in heard.hear()


async def test_no_pulse_comes_while_the_ledgers_thread_does_not_answer(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    stuck = Event()
    with notified() as heard, a_daemon(club, clock, sink) as daemon:
        daemon.manager = ServiceManager(socket=heard.address, pulse_within=0.03)
        pulsing = asyncio.create_task(daemon.manager.pulse(daemon.sender.ledger_answers))
        await hears(heard, "WATCHDOG=1")
        held = asyncio.create_task(daemon.sender._ledger._thread.read(lambda *_: stuck.wait(60)))
        await asyncio.sleep(0)
        heard.hear()
        await asyncio.sleep(0.1)
        before = len(heard.hear())
        await asyncio.sleep(0.1)
        assert len(heard.hear()) == before
        stuck.set()
        await held
        heard.lines.clear()
        await hears(heard, "WATCHDOG=1")
        pulsing.cancel()
