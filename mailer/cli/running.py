"""Commands that run the service: the daemon, and the demo."""

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mailer import daemon as daemons
from mailer import demo as demos
from mailer.app.sender import open_sender
from mailer.cli import console
from mailer.cli.accounts import report_document, report_lines
from mailer.domain.distribution_report import DistributionReport
from mailer.pipeline import maillog


def daemon() -> None:
    """Pull, plan and send by the schedules, until SIGTERM.

    Example: mailer --config /etc/mailer/config.toml daemon
    """
    console.log_to_stderr(logging.INFO)
    opened = console.installation(who="daemon")
    with open_sender(opened) as (sender, owner):
        maillog.started(sorted(opened.schedules.newsletters))
        # A stop waits for the reply to what is in flight, and a little longer.
        longest = max(relay.timeout_seconds for relay in opened.config.relays)
        pace = daemons.Pace(stop_within=longest + 15)
        asyncio.run(daemons.Daemon(app=opened, sender=sender, owner=owner, pace=pace).run())
    maillog.stopped()


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
    console.log_to_stderr()
    made_in = demos.prepare(folder)
    say = console.complain if console.invocation.as_json else typer.echo
    asyncio.run(demos.run(made_in, once=once, fast=fast, say=say, tell=partial(_tell, made_in)))


def _tell(folder: Path, made: DistributionReport) -> None:
    config = folder / "config.toml"
    look = [
        "",
        f"Every message that arrived: {folder / 'mail'}",
        f"How it stands:              mailer --config {config} status",
        f"Why somebody got none:      mailer --config {config} why P108 {made.issue}",
        f"Every copy:                 mailer --config {config} delivery list {made.issue}",
    ]
    console.say(report_document(made), *report_lines(made), *look)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(daemon)
    app.command()(demo)
