"""A monitor elsewhere is told that all is well, by https, and only while it is."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mailer.app.heartbeat import LONG_OUTAGE, Heartbeat
from mailer.domain.errors import MailerError
from mailer.gateways import ping as gateway
from mailer.gateways.ping import ping
from mailer.store.ledger import outages
from tests.certificates import Authority
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock

URL = "https://monitor.example/ping/5e1f"


class Monitor:
    """Is told that all is well; fails when it is to."""

    def __init__(self) -> None:
        self.beats: list[str] = []
        self.why = ""

    async def __call__(self, url: str) -> None:
        if self.why:
            raise MailerError(self.why)
        self.beats.append(url)


async def answers() -> None:
    """The ledger's thread goes on."""


def heart(monitor: Monitor, *, leads: bool = True, **more) -> Heartbeat:
    return Heartbeat(leads=lambda: leads, answers=answers, send=monitor, **more)


@pytest.fixture
def watched(tmp_path: Path) -> Club:
    club = Club.found(tmp_path)
    club.settle(monitoring={"ping_url": URL})
    return club


async def test_a_daemon_that_leads_and_is_well_says_so(watched: Club) -> None:
    monitor = Monitor()
    with watched.opened() as app:
        await heart(monitor).beat(app)
        assert monitor.beats == [URL]
        await heart(monitor, leads=False).beat(app)
        assert monitor.beats == [URL]


async def test_without_an_address_nothing_is_said(watched: Club) -> None:
    watched.settle()
    monitor = Monitor()
    with watched.opened() as app:
        await heart(monitor).beat(app)
    assert monitor.beats == []


async def test_in_a_long_outage_it_is_silent(watched: Club) -> None:
    monitor, clock = Monitor(), FrozenClock(THURSDAY)
    with watched.opened(clock) as app:
        with app.store.transaction() as connection:
            outages.begin(connection, THURSDAY, "no connection")
        await heart(monitor).beat(app)
        assert len(monitor.beats) == 1
        later = replace(app, context=replace(app.context, clock=FrozenClock(THURSDAY + LONG_OUTAGE)))
        await heart(monitor).beat(later)
        assert len(monitor.beats) == 1
        with app.store.transaction() as connection:
            outages.end(connection, THURSDAY + timedelta(minutes=11))
        await heart(monitor).beat(later)
        assert len(monitor.beats) == 2


async def test_while_the_ledger_stands_still_it_is_silent(watched: Club) -> None:
    monitor, held_up = Monitor(), asyncio.Event()

    async def stands_still() -> None:
        await held_up.wait()

    with watched.opened() as app:
        beat = asyncio.ensure_future(Heartbeat(leads=lambda: True, answers=stands_still, send=monitor).beat(app))
        await asyncio.sleep(0)
        assert monitor.beats == []
        held_up.set()
        await beat
    assert monitor.beats == [URL]


async def test_a_monitor_that_fails_is_logged_once_and_without_its_secret(watched: Club, caplog) -> None:
    caplog.set_level("INFO")
    monitor = Monitor()
    beating = heart(monitor)
    with watched.opened() as app:
        for why in ("monitor.example answers with status 500", "monitor.example cannot be reached (gaierror)", ""):
            monitor.why = why
            await beating.beat(app)
    failed, works = [record.getMessage() for record in caplog.records]
    assert failed.startswith("the monitor could not be told that all is well: monitor.example answers with status 500")
    assert works == "the monitor knows again that all is well"
    assert "5e1f" not in caplog.text


# --- over the network ---------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["User-Agent"]))  # type: ignore[attr-defined]
        self.send_response(int(self.path[1:4]))
        self.send_header("Location", "/200/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(authority: Authority) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []  # type: ignore[attr-defined]
    server.socket = authority.good.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.ca_file))


async def test_the_address_is_asked_for_once(server, trusting) -> None:
    await ping(f"https://127.0.0.1:{server.server_port}/200/secret", trusting)
    assert server.asked == [("/200/secret", "club-mailer")]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
async def test_another_answer_is_a_failure_and_no_redirect_is_followed(server, trusting, status) -> None:
    with pytest.raises(MailerError, match=f"^127.0.0.1 answers with status {status}$"):
        await ping(f"https://127.0.0.1:{server.server_port}/{status}/secret", trusting)
    assert len(server.asked) == 1


async def test_a_server_that_is_not_trusted_is_not_asked(server) -> None:
    with pytest.raises(MailerError, match=r"^127\.0\.0\.1 cannot be reached \(SSLCertVerificationError\)$"):
        await ping(f"https://127.0.0.1:{server.server_port}/200/secret")
    assert server.asked == []


async def test_a_server_that_is_not_there_is_named_without_the_path(trusting) -> None:
    with pytest.raises(MailerError, match=r"^127\.0\.0\.1 cannot be reached \(ConnectionRefusedError\)$"):
        await ping("https://127.0.0.1:1/200/secret", trusting)


@pytest.mark.parametrize("drop", [b"", b"H", b"HTTP/1.1 200 OK\r\nX: ", b"\0\xff\r\n\r\n"])
async def test_a_server_that_answers_in_drops_or_in_rubbish_holds_nothing_up(
    authority, trusting, monkeypatch, drop
) -> None:
    monkeypatch.setattr(gateway, "SECONDS", 0.2)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(drop)
                await writer.drain()
                await asyncio.sleep(0.01)

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=authority.good) as drops:
        port = drops.sockets[0].getsockname()[1]
        with pytest.raises(
            MailerError, match=r"^127\.0\.0\.1 (has not answered within 0\.2 seconds|cannot be reached)"
        ):
            await ping(f"https://127.0.0.1:{port}/200/secret", trusting)
