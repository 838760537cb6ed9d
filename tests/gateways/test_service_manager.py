"""What is said to the service manager is what sd_notify(3) says, and without one nothing is."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from mailer.gateways import service_manager
from mailer.gateways.service_manager import ServiceManager
from tests.notified import notified


@pytest.mark.parametrize("address", ["", "@club-mailer-test"])
def test_it_hears_each_state_once(address: str) -> None:
    with notified(address) as heard:
        manager = ServiceManager(socket=heard.address)
        for _ in range(2):
            manager.status("It sends.")
            with manager.reloading():  # before it is ready: it is not ready sooner
                pass
        for _ in range(2):
            manager.ready()
        with manager.reloading():
            heard.hear()
        manager.stopping()
        assert heard.hear() == ["STATUS=It sends.", "READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]


def test_the_processes_that_are_started_by_it_do_not_speak_for_it() -> None:
    with notified() as heard:
        variables = {
            "NOTIFY_SOCKET": heard.address,
            "WATCHDOG_USEC": "1500000",
            "WATCHDOG_PID": str(os.getpid()),
            "A": "b",
        }
        manager = ServiceManager.of_environment(variables)
        assert variables == {"A": "b"}
        assert manager.pulse_within == 1.5
        manager.ready()
        assert heard.hear() == ["READY=1"]


@pytest.mark.parametrize(
    "variables",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "1"}],
)
async def test_no_pulse_is_awaited(variables: dict[str, str]) -> None:
    manager = ServiceManager.of_environment(variables)
    assert manager.pulse_within is None
    await asyncio.wait_for(manager.pulse(pytest.fail), 10)


def test_a_service_manager_that_is_gone_ends_nothing(tmp_path) -> None:
    ServiceManager.of_environment({}).ready()
    ServiceManager(socket=str(tmp_path / "gone")).ready()


def test_a_service_manager_that_does_not_read_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_manager, "_PATIENCE", 0.01)
    with notified() as heard, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others:
        others.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                others.sendto(b"STATUS=of another service", heard.address)
        manager = ServiceManager(socket=heard.address)
        saying = Thread(target=manager.status, args=("It sends.",), daemon=True)
        saying.start()
        saying.join(10)
        assert not saying.is_alive()


@pytest.mark.leaping
async def test_a_pulse_comes_while_the_service_answers_and_no_longer() -> None:
    stuck = asyncio.Event()

    async def answers() -> None:
        if len(heard.hear()) == 5:
            await stuck.wait()

    with notified() as heard:
        manager = ServiceManager(socket=heard.address, pulse_within=30)
        pulsing = asyncio.create_task(manager.pulse(answers))
        await asyncio.sleep(45)
        assert heard.hear() == ["WATCHDOG=1"] * 5
        await asyncio.sleep(600)
        assert heard.hear() == ["WATCHDOG=1"] * 5
        stuck.set()
        await asyncio.sleep(11)
        assert heard.hear() == ["WATCHDOG=1"] * 7
        pulsing.cancel()


@pytest.fixture
def hangups() -> Iterator[None]:
    """What SIGHUP does is afterwards as before."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangups")
async def test_a_wish_to_reload_that_comes_too_early_is_kept() -> None:
    """By default it ends the process, and systemd starts none anew after that: it counts as a clean end."""
    manager, reloads = ServiceManager(), []
    manager.keep_reloads()
    for _ in range(2):
        signal.raise_signal(signal.SIGHUP)
    manager.reload_by(lambda: reloads.append("at once"))
    assert reloads == ["at once"]
    manager.reload_by(lambda: reloads.append("later"))
    assert reloads == ["at once"]
    signal.raise_signal(signal.SIGHUP)
    while len(reloads) < 2:  # noqa: ASYNC110  (a signal sets no event)
        await asyncio.sleep(0)
    assert reloads == ["at once", "later"]
    asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)
