"""The console served by HTTP: beside the daemon and alone, by TLS, behind a proxy, and until it is stopped."""

import asyncio
import logging
import shutil
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mailer.app.installation import App
from mailer.app.sender import open_sender
from mailer.daemon import Daemon, Pace
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.gateways.service_manager import ServiceManager
from mailer.web import application, server
from mailer.web.alone import serve_alone
from mailer.web.routes import Public
from mailer.web.server import serve, serve_beside
from tests.certificates import Authority
from tests.club import Club

QUICK = Pace(tick=0.05, idle=0.05, stop_within=10)


async def who(request: Request) -> Response:
    """Say who asks, and by what."""
    return JSONResponse([request.client.host if request.client else "", request.url.scheme])


async def endless(_request: Request) -> Response:
    """Events without an end."""

    async def events() -> AsyncIterator[str]:
        while True:
            yield "on"
            await asyncio.sleep(60)

    return EventSourceResponse(events())


@pytest.fixture(autouse=True)
def routes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "ROUTES", (*application.ROUTES, Public("/who", who), Public("/endless", endless)))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served_club(club: Club, port: int) -> Club:
    club.settle(web={"listen": f"127.0.0.1:{port}"})
    return club


async def ask(
    port: int, request: str = "GET /healthz HTTP/1.1", *headers: str, tls: ssl.SSLContext | None = None
) -> str:
    """The whole answer to a request, on a connection of its own."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
    lines = [request, f"Host: localhost:{port}", "Connection: close", *headers, "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()


class Stop:
    """What stops the server."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def __call__(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.event.wait()
        return self.event.is_set()


@asynccontextmanager
async def serving(
    app: App, run: Callable[[Callable[[], App], Stop], object] = serve
) -> AsyncIterator[asyncio.Task[None]]:
    stop = Stop()
    task = asyncio.ensure_future(run(lambda: app, stop))
    try:
        yield task
    finally:
        stop.event.set()
        await asyncio.wait_for(task, 10)


# --- requests -----------------------------------------------------------------------------------------------------------


async def test_it_answers_and_does_not_say_what_it_is(served_club: Club, port: int) -> None:
    with served_club.opened() as app:
        async with serving(app):
            answer = await ask(port)
            assert answer.startswith("HTTP/1.1 200 OK")
            assert answer.endswith("ok\n")
            assert "server:" not in answer.lower()
            assert "Sign in" in await ask(port, "GET /sign-in HTTP/1.1")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GARBAGE", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b", "400"),
        ("POST /who HTTP/1.1\r\nContent-Length: -1", "400"),
        ("GET /healthz HTTP/1.1\r\nUpgrade: websocket", "200"),
    ],
)
async def test_heads_that_are_none_are_refused(served_club: Club, port: int, head: str, status: str) -> None:
    with served_club.opened() as app:
        async with serving(app):
            assert (await ask(port, head)).split()[1:2] == [status]
            assert (await ask(port)).endswith("ok\n")


async def test_a_head_without_an_end_is_read_only_so_far(served_club: Club, port: int) -> None:
    with served_club.opened() as app:
        async with serving(app):
            await ask(port)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with suppress(ConnectionError):
                while not reader.at_eof():
                    writer.write(b"x" * 50_000)
                    await writer.drain()
                assert (await reader.read()).startswith(b"HTTP/1.1 400")
            writer.close()


async def test_a_request_that_does_not_come_is_waited_for_only_so_long(
    served_club: Club, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.1)
    with served_club.opened() as app:
        async with serving(app):
            await ask(port)
            for began in (b"", b"GET /healthz HTTP/1.1\r\nHost: local"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(began)
                assert await asyncio.wait_for(reader.read(), 5) == b""
                writer.close()


# --- proxies ------------------------------------------------------------------------------------------------------------

FORWARDED = ("X-Forwarded-For: 203.0.113.9, 192.0.2.1", "X-Forwarded-Proto: https")


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ({}, '["127.0.0.1","http"]'),
        ({"behind_proxy": True, "trusted_proxies": ["192.0.2.7"]}, '["127.0.0.1","http"]'),
        ({"behind_proxy": True}, '["192.0.2.1","https"]'),
        ({"behind_proxy": True, "trusted_proxies": ["127.0.0.0/8", "192.0.2.0/24"]}, '["203.0.113.9","https"]'),
    ],
)
async def test_only_named_proxies_say_who_asked(club: Club, port: int, keys: dict[str, object], seen: str) -> None:
    club.settle(web={"listen": f"127.0.0.1:{port}", **keys})
    with club.opened() as app:
        async with serving(app):
            assert (await ask(port, "GET /who HTTP/1.1", *FORWARDED)).endswith(seen)


# --- TLS ----------------------------------------------------------------------------------------------------------------


async def test_it_speaks_tls_and_shows_a_renewed_certificate(
    club: Club, port: int, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = authority.good_file.parent
    pem = tmp_path / "console.pem"
    shutil.copy(next(file for file in folder.glob("*another*.pem")), pem)
    club.settle(web={"listen": f"127.0.0.1:{port}", "cert_file": str(pem), "key_file": str(pem)})
    trust = ssl.create_default_context(cafile=authority.ca_file)
    with club.opened() as app:
        async with serving(app):
            with pytest.raises(ssl.SSLCertVerificationError):
                await ask(port, tls=trust)
            pem.write_text("not a certificate")
            for _ in range(2):
                with pytest.raises(ssl.SSLCertVerificationError):  # the old one
                    await ask(port, tls=trust)
            pem.unlink()
            with pytest.raises(ssl.SSLCertVerificationError):
                await ask(port, tls=trust)
            assert caplog.text.count("are not a certificate and its unlocked key") == 1
            shutil.copy(authority.good_file, pem)
            for _ in range(2):
                assert "strict-transport-security: max-age=31536000" in await ask(port, tls=trust)


async def test_a_certificate_that_cannot_be_used_is_named(club: Club, port: int, tmp_path: Path) -> None:
    club.settle(web={"listen": f"127.0.0.1:{port}", "cert_file": "none.pem", "key_file": "none.pem"})
    with club.opened() as app, pytest.raises(BadInput, match=r"\[web\] cert_file: .*none.pem cannot be read"):
        await serve(lambda: app, Stop())


# --- beside the daemon --------------------------------------------------------------------------------------------------


async def test_the_daemon_serves_it_and_stops_although_a_stream_is_open(served_club: Club, port: int) -> None:
    with served_club.opened(who="daemon") as app, open_sender(app) as (sender, owner):
        daemon = Daemon(app=app, sender=sender, owner=owner, pace=QUICK, beside=serve_beside)
        running = asyncio.create_task(daemon.run())
        assert (await ask(port)).endswith("ok\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /endless HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        await reader.readuntil(b"data: on")
        sender.stop(QUICK.stop_within)
        await asyncio.wait_for(running, QUICK.stop_within)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_a_reload_reaches_the_console(served_club: Club, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    async def names(request: Request) -> Response:
        seen.append(sorted(request.app.state.responder.context.newsletters))
        return JSONResponse([])

    monkeypatch.setattr(application, "ROUTES", (*application.ROUTES, Public("/names", names)))
    with served_club.opened(who="daemon") as app, open_sender(app) as (sender, owner):
        daemon = Daemon(app=app, sender=sender, owner=owner, pace=QUICK, beside=serve_beside)
        running = asyncio.create_task(daemon.run())
        await ask(port, "GET /names HTTP/1.1")
        schedule = served_club.folder / "schedules" / "harbour-letter.toml"
        schedule.with_name("bulletin.toml").write_text(schedule.read_text().replace("harbour-letter", "bulletin", 1))
        daemon.reload()
        await ask(port, "GET /names HTTP/1.1")
        sender.stop(QUICK.stop_within)
        await asyncio.wait_for(running, QUICK.stop_within)
    assert seen == [["harbour-letter"], ["bulletin", "harbour-letter"]]


async def test_a_taken_port_is_logged_once_and_the_daemon_goes_on(
    served_club: Club, port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "RETRY", 0.02)
    with served_club.opened(who="daemon") as app, open_sender(app) as (sender, owner):
        daemon = Daemon(app=app, sender=sender, owner=owner, pace=QUICK, beside=serve_beside)
        with socket.create_server(("127.0.0.1", port)), caplog.at_level(logging.INFO):
            running = asyncio.create_task(daemon.run())
            await asyncio.sleep(0.3)
            assert not running.done()
            lines = [record.getMessage() for record in caplog.records if "console" in record.getMessage()]
            assert len(lines) == 1
            assert f"it is not possible to listen at 127.0.0.1:{port}: Address already in use" in lines[0]
        assert (await ask(port)).endswith("ok\n")  # the port has become free
        sender.stop(QUICK.stop_within)
        await asyncio.wait_for(running, QUICK.stop_within)


async def test_a_fault_of_the_console_does_not_end_the_daemon(
    served_club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_installation: Callable[[], App]) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(server, "create_app", broken)
    with served_club.opened(who="daemon") as app, open_sender(app) as (sender, owner):
        daemon = Daemon(app=app, sender=sender, owner=owner, pace=QUICK, beside=serve_beside)
        running = asyncio.create_task(daemon.run())
        await asyncio.sleep(0.2)
        assert not running.done()
        sender.stop(QUICK.stop_within)
        await asyncio.wait_for(running, QUICK.stop_within)


# --- alone --------------------------------------------------------------------------------------------------------------


async def test_it_is_served_alone_until_a_signal(served_club: Club, port: int) -> None:
    with served_club.opened() as app:
        running = asyncio.create_task(serve_alone(app, ServiceManager()))
        assert (await ask(port)).endswith("ok\n")
        signal.raise_signal(signal.SIGHUP)
        assert (await ask(port)).endswith("ok\n")
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(running, 10)


async def test_alone_it_needs_a_free_port(club: Club, served_club: Club, port: int) -> None:
    with (
        served_club.opened() as app,
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(MailerError, match="listen"),
    ):
        await serve_alone(app, ServiceManager())
    club.settle()
    with club.opened() as app, pytest.raises(Refused, match=r"\[web\] listen is empty"):
        await serve_alone(app, ServiceManager())
