"""Serves the console by HTTP until it is stopped: the sockets, TLS, and whose word it takes for who asked."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from math import inf

import uvicorn
from sse_starlette.sse import AppStatus
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailer.app.beside import Stopped
from mailer.app.installation import App
from mailer.domain.errors import MailerError
from mailer.gateways.tls import RenewedCertificate
from mailer.pipeline import maillog, servicelog
from mailer.web.application import create_app

# Seconds for answers under way when the service stops; a stream ends by itself before.
GRACE = 3
# Seconds for the head of a request, and for the next one on the same connection; octets of a head.
HEAD_SECONDS, NEXT_SECONDS, HEAD_OCTETS = 20, 15, 32_768
# How many connections are open at once; one more is told to come later.
CONNECTIONS = 500
# Seconds until a port that was taken is tried again.
RETRY = 60.0


async def serve(installation: Callable[[], App], stopped: Stopped) -> None:
    """Serve the console until `stopped`. Raises MailerError when it cannot listen, or its certificate cannot be used."""
    settings = installation().config.web
    application, certificate = create_app(installation), _certificate(installation())
    sockets = listening_sockets(settings.host, settings.port, setting="[web] listen")
    servicelog.console_listens(settings.address)
    try:
        await serve_at(
            sockets,
            application,
            stopped,
            proxies=settings.proxies,
            certificate=certificate,
            end_streams=_end_streams,
        )
    finally:
        AppStatus.should_exit = False


async def serve_at(
    sockets: list[socket.socket],
    app: ASGIApp,
    stopped: Stopped,
    *,
    proxies: Collection[IPv4Network | IPv6Network] = (),
    certificate: ssl.SSLContext | None = None,
    end_streams: Callable[[], None] = lambda: None,
) -> None:
    """Serve an application at these sockets until `stopped`; the word of these proxies is believed."""
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        loop="none",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,  # it would hold addresses and tokens
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[str(network) for network in proxies],
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=NEXT_SECONDS,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=HEAD_OCTETS,
    )
    config.load()
    config.ssl = certificate
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets))
    try:
        await _until_stopped_or_done(stopped, serving)
    finally:
        end_streams()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


async def serve_beside(installation: Callable[[], App], stopped: Stopped) -> None:
    """The same, beside a daemon that must not end with it: a failure is logged once, and it is tried again."""
    await keep_serving(partial(serve, installation, stopped), stopped, "serving the console")


async def keep_serving(serve: Callable[[], Awaitable[None]], stopped: Stopped, what: str) -> None:
    """Serve again and again until `stopped`; each new failure is logged once."""
    logged = ""
    while True:
        try:
            await serve()
        except Exception as error:  # noqa: BLE001  (sending goes on, whatever happens here)
            if str(error) != logged:
                maillog.failed(what, error)
            logged = str(error)
        if await stopped(RETRY):
            return


def _end_streams() -> None:
    AppStatus.should_exit = True


def _certificate(app: App) -> ssl.SSLContext | None:
    settings = app.config.web
    if not settings.cert_file:
        return None
    files = (app.config.path(settings.cert_file), app.config.path(settings.key_file))
    return RenewedCertificate(*files, setting="[web] ", tell=servicelog.certificate_refused).context


async def _until_stopped_or_done(stopped: Stopped, serving: asyncio.Task[None]) -> None:
    stopping = asyncio.ensure_future(stopped(inf))
    await asyncio.wait((stopping, serving), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


def listening_sockets(host: str, port: int, *, setting: str) -> list[socket.socket]:
    """A socket for each address of the host. Raises MailerError when the port is taken or the host is not ours."""
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            listening = socket.socket(family, kind, protocol)
            sockets.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.listen()
            listening.setblocking(False)
    except OSError as error:
        for listening in sockets:
            listening.close()
        raise MailerError(f"{setting}: it is not possible to listen at {host}:{port}: {error.strerror}") from error
    return sockets


class _Server(uvicorn.Server):
    """Leaves the signals to those who run it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PatientProtocol(H11Protocol):
    """HTTP/1.1, which closes a connection whose request does not come in time."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request; the next one may have begun."""
        super().data_received(data)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_request(self) -> None:
        if self._is_answering():
            self._stop_waiting()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self._is_answering():
            self.timeout_keep_alive_handler()

    def _is_answering(self) -> bool:
        return not getattr(self.cycle, "response_complete", True)  # there is no cycle before the first request
