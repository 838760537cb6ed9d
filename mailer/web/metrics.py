"""Serves the figures for a monitor at `/metrics`, at an address of this machine alone."""

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mailer.app.beside import Stopped
from mailer.app.installation import App
from mailer.app.metrics import MetricsReader
from mailer.config.hosts import listen_at
from mailer.formats.exposition import exposition
from mailer.pipeline import servicelog
from mailer.store import DatabaseError
from mailer.web.health import alive
from mailer.web.server import keep_serving, listening_sockets, serve_at

# A page of another site whose name leads to this machine (DNS rebinding) names that site.
_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1")
# Monitors ask for ever, also while the figures of a huge or silent database take long: the console's threads are not for them.
MOST_WAITING = 3
_BUSY = "the figures are being read for those who asked before\n"
_SILENT = "the database does not answer; the daemon's log says why\n"


def metrics_app(installation: Callable[[], App]) -> ASGIApp:
    """The application for the installation that the callable returns, which may be another one after a reload."""
    reader, turn, asking = MetricsReader(), asyncio.Lock(), 0

    async def metrics(request: Request) -> Response:
        nonlocal asking
        if asking > MOST_WAITING:
            return PlainTextResponse(_BUSY, 503)
        asking += 1
        try:
            async with turn:
                figures = await run_in_threadpool(reader.read, installation())
        except DatabaseError:
            return PlainTextResponse(_SILENT, 503)
        finally:
            asking -= 1
        text, media_type = await run_in_threadpool(exposition, figures, request.headers.get("accept", ""))
        return Response(text, headers={"content-type": media_type, "cache-control": "no-store"})

    async def healthz(request: Request) -> Response:
        return alive(request, installation())

    host, _ = listen_at(installation().config.monitoring.metrics_listen)
    own = Middleware(TrustedHostMiddleware, allowed_hosts=[*_OWN_HOSTS, host], www_redirect=False)
    return Starlette(routes=[Route("/metrics", metrics), Route("/healthz", healthz)], middleware=[own])


async def serve_metrics(installation: Callable[[], App], stopped: Stopped) -> None:
    """Serve the figures beside a daemon that must not end with it, until `stopped`."""
    await keep_serving(partial(_serve, installation, stopped), stopped, "serving the metrics")


async def _serve(installation: Callable[[], App], stopped: Stopped) -> None:
    listen = installation().config.monitoring.metrics_listen
    application = metrics_app(installation)
    sockets = listening_sockets(*listen_at(listen), setting="[monitoring] metrics_listen")
    servicelog.metrics_listen(f"http://{listen}/metrics")
    await serve_at(sockets, application, stopped)
