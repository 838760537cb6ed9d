"""Serves the console by HTTP until it is stopped: the sockets, TLS, and whose word it takes for who asked."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from sse_starlette.sse import AppStatus
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailer.app.installation import App
from mailer.domain.errors import MailerError
from mailer.gateways.tls import server_context
from mailer.pipeline import maillog
from mailer.web.application import create_app

# Seconds for answers under way when the service stops; a stream ends by itself before.
GRACE = 3
# Seconds for the head of a request, and for the next one on the same connection; octets of a head.
HEAD_SECONDS, NEXT_SECONDS, HEAD_OCTETS = 20, 15, 32_768
# How many connections are open at once; one more is told to come later.
CONNECTIONS = 500
# Seconds between looks at a renewed certificate, and until a port that was taken is tried again.
RENEW, RETRY = 60.0, 60.0

# Waits so many seconds at most, and returns whether the service is to stop.
Stopped = Callable[[float], Awaitable[bool]]


async def serve(installation: Callable[[], App], stopped: Stopped) -> None:
    """Serve the console until `stopped`. Raises MailerError when it cannot listen, or its certificate cannot be used."""
    settings = installation().config.web
    certificate = Certificate(installation()) if settings.cert_file else None
    config = uvicorn.Config(
        create_app(installation),
        http=PatientProtocol,
        loop="none",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,  # it would hold addresses and tokens
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips=[str(network) for network in settings.proxies],
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=NEXT_SECONDS,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=HEAD_OCTETS,
    )
    config.load()
    config.ssl = certificate.context if certificate is not None else None
    server = _Server(config)
    serving = asyncio.create_task(server.serve(listening_sockets(settings.host, settings.port)))
    maillog.console_listens(settings.address)
    try:
        while not serving.done() and not await _stopped_or_done(stopped, serving):
            if certificate is not None:
                certificate.renew()
    finally:
        AppStatus.should_exit = True  # open streams end
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        AppStatus.should_exit = False


async def serve_beside(installation: Callable[[], App], stopped: Stopped) -> None:
    """The same, beside a daemon that must not end with it: a failure is logged once, and it is tried again."""
    logged = ""
    while True:
        try:
            await serve(installation, stopped)
        except Exception as error:  # noqa: BLE001  (sending goes on, whatever happens here)
            if str(error) != logged:
                maillog.failed("serving the console", error)
            logged = str(error)
        if await stopped(RETRY):
            return


async def _stopped_or_done(stopped: Stopped, serving: asyncio.Task[None]) -> bool:
    stopping = asyncio.ensure_future(stopped(RENEW))
    await asyncio.wait((stopping, serving), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        return True
    return stopping.result()


def listening_sockets(host: str, port: int) -> list[socket.socket]:
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
        raise MailerError(f"[web] listen: it is not possible to listen at {host}:{port}: {error.strerror}") from error
    return sockets


class _Server(uvicorn.Server):
    """Leaves the signals to those who run it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Certificate:
    """The certificate and key of [web], read anew when their files change: they are renewed every few weeks."""

    def __init__(self, app: App) -> None:
        self._files = (app.config.path(app.config.web.cert_file), app.config.path(app.config.web.key_file))
        self._changed_at = self._times()
        self.context = server_context(*self._files, setting="[web] ")

    def renew(self) -> None:
        """Show new connections the certificate that the files hold now; a broken one is logged, and the old one stays."""
        times = self._times()
        if times == self._changed_at:
            return
        self._changed_at = times
        try:
            server_context(*self._files, setting="[web] ")  # the pair fits, before it takes the place of the old one
            self.context.load_cert_chain(*self._files, password=lambda: "")
        except (MailerError, OSError, ssl.SSLError) as error:
            maillog.failed("reading the renewed certificate, the old one is kept,", error)

    def _times(self) -> list[int]:
        return [file.stat().st_mtime_ns if file.exists() else 0 for file in self._files]


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
