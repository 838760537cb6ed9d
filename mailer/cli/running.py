"""Commands that run the service: the daemon, the console alone, and the demo."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.gateways.log_lines import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mailer.app.beside import Beside, Stopped
    from mailer.app.installation import App
    from mailer.daemon import Daemon
    from mailer.domain.distribution_report import DistributionReport
    from mailer.gateways.service_manager import ServiceManager
    from mailer.pipeline.sending.sender import Sender


def daemon() -> None:
    """Pull, plan and send by the schedules, until SIGTERM.

    Example: mailer --config /etc/mailer/config.toml daemon
    """
    manager = _service_manager()
    from mailer.app.sender import open_sender
    from mailer.daemon import Daemon

    _run("daemon", manager, open_sender, Daemon)


def worker() -> None:
    """Send beside workers on other machines over one PostgreSQL database, until SIGTERM; one of them leads.

    Example: mailer --config /etc/mailer/config.toml worker
    """
    manager = _service_manager()
    from mailer.worker import Worker, open_worker_sender

    _run("worker", manager, open_worker_sender, Worker)


def _service_manager() -> "ServiceManager":
    """The one that started this service; called before all else, since until then SIGHUP would end the process."""
    from mailer.gateways.service_manager import ServiceManager

    manager = ServiceManager.of_environment()
    manager.keep_reloads()
    return manager


def _run(
    service: str,
    manager: "ServiceManager",
    open_sender: "Callable[[App], AbstractContextManager[tuple[Sender, int]]]",
    kind: "type[Daemon]",
) -> None:
    """Run a service that sends, until SIGTERM."""
    import asyncio
    import faulthandler
    import sys

    from mailer.app.resumption import Resumption, waits_for_person
    from mailer.pipeline import servicelog
    from mailer.views.daemon_role import OPENS_DATABASE

    faulthandler.enable(sys.__stderr__ or sys.stderr)  # where it stood still, when the service manager ends it for that
    manager.status(OPENS_DATABASE)
    app = _open(service)
    beside = _beside(app)
    resumed = asyncio.run(Resumption(app=app, beside=beside, manager=manager).wait()) if waits_for_person(app) else app
    if resumed is not None:
        with open_sender(resumed) as (sender, owner):
            servicelog.started(sorted(resumed.schedules.newsletters), service)
            running = kind(app=resumed, sender=sender, owner=owner, beside=beside, manager=manager)
            asyncio.run(running.run())
    servicelog.stopped(service)


def _open(service: str) -> "App":
    """Open the installation for a service; the log's first line says with which versions."""
    from mailer import __version__
    from mailer.pipeline import servicelog

    app = console.open_service(service)
    servicelog.opened(__version__, app.store.software, loses_commits=app.store.loses_commits)
    return app


def _beside(app: "App") -> "Beside | None":
    """What serves the console and the metrics beside the daemon; None where the settings have neither."""
    import asyncio

    services: list[Beside] = []
    if app.config.web.listen:
        from mailer.web.server import serve_beside

        services.append(serve_beside)
    if app.config.monitoring.metrics_listen:
        from mailer.web.metrics import serve_metrics

        services.append(serve_metrics)
    if not services:
        return None

    async def serve(installation: "Callable[[], App]", stopped: "Stopped") -> None:
        await asyncio.gather(*(service(installation, stopped) for service in services))

    return serve


def web() -> None:
    r"""Serve the console alone, until SIGTERM; the daemon serves it too, when `\[web] listen` is set.

    Example: mailer --config /etc/mailer/config.toml web
    """
    manager = _service_manager()
    import asyncio

    from mailer.web.alone import serve_alone

    asyncio.run(serve_alone(_open("daemon"), manager))


def accept_clock() -> None:
    """Say that the clock is right now, although the service was at work later: it was ahead then.

    Example: mailer accept-clock
    """
    from mailer.views.local_time import local_time

    context = console.open_context()
    now = context.clock.now()
    console.confirm(f"It is {local_time(now)} now. Whatever is dated later was dated by a clock that was ahead.")
    context.believe_clock("accepted as right")
    console.say({"now": now}, "The clock is accepted; everything goes on.")


def demo(
    once: Annotated[bool, typer.Option("--once", help="stop after the report")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="undo and back-off times of a second")] = False,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="a new folder for the made-up club")
    ] = None,
) -> None:
    """Run the whole service on this machine alone, for a made-up club.

    Example: mailer demo --once --fast
    """
    import asyncio

    from mailer import demo

    log_to_stderr()
    console.invocation.command = "mailer"  # an installation's own command would ask that installation
    club = demo.prepare(folder)
    say = console.complain if console.invocation.as_json else typer.echo
    asyncio.run(demo.run(club, once=once, fast=fast, say=say, tell=partial(_show_report, club)))


def _show_report(folder: Path, report: "DistributionReport") -> None:
    from mailer.views.report import report_document, report_lines

    config = folder / "config.toml"
    hints = [
        "",
        f"Every message that arrived: {folder / 'mail'}",
        f"How it stands:              mailer --config {config} status",
        f"Why a person got none:      mailer --config {config} why P108 {report.issue}",
        f"Every copy:                 mailer --config {config} delivery list {report.issue}",
    ]
    console.say(report_document(report), *report_lines(report), *hints)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(daemon)
    app.command()(worker)
    app.command()(web)
    app.command()(accept_clock)
    app.command()(demo)
