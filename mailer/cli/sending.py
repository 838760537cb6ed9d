"""Has a mailing sent by the daemon or from this process, with a progress bar, and prints what came of it."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailer.app.installation import App
from mailer.app.relays import send_settings, transports
from mailer.app.scheduler import daemon_runs
from mailer.app.sender import open_sender
from mailer.cli import console
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action
from mailer.pipeline import maillog
from mailer.pipeline.context import IssueName
from mailer.pipeline.letters import outbox
from mailer.pipeline.mailings.report import issue_progress, unaccepted_copies
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.wait import (
    explain_waits,
    progress_if_answered,
    send_until_done,
    watch_until_done,
)
from mailer.views.copies import open_copy_lines, replaced_sentence
from mailer.views.progress import explain_state, progress_document, progress_lines, throttle_lines
from mailer.views.remedies import advise

# Seconds between two steps of the progress bar.
STEP = 0.5


def hand_over(app: App, name: IssueName, *, wait: bool) -> int:
    """Leave the mailing to the daemon when one runs, else send it here when asked to wait. Returns the exit status."""
    daemon = daemon_runs(app)
    if not wait:
        progress = issue_progress(app.context, name)
        if daemon or progress.state is MailingState.CLOSED:
            console.say(progress_document(progress), *progress_lines(progress, app.context.clock.now()))
            return _exit_status(app, name) if progress.state is MailingState.CLOSED else 0
        console.say(progress_document(progress))
        console.complain(advise(f"{name} is queued, but no daemon runs", Action.SEND_HERE.of(name)))
        return 1
    reason = asyncio.run(_watch_daemon(app, name) if daemon else _send_here(app, name))
    progress = issue_progress(app.context, name)
    console.say(progress_document(progress), *progress_lines(progress, app.context.clock.now()))
    if reason:
        console.complain(f"{reason}; {progress.counts['pending']} copies wait, no attempt is used up")
    if daemon and progress.under_way and not daemon_runs(app):
        console.complain(advise("the daemon has ended, and none runs now", Action.SEND_HERE.of(name)))
    for line in throttle_lines(progress):
        console.complain(line)
    return _exit_status(app, name)


def note_without_daemon(app: App, name: IssueName) -> None:
    """Say how the mailing is sent when no daemon runs."""
    if not daemon_runs(app):
        console.warn([advise("no daemon runs", Action.SEND_HERE.of(name))])


def _exit_status(app: App, name: IssueName) -> int:
    """0 when every copy is accepted; else 1, with a line on stderr for each that is not."""
    unaccepted = unaccepted_copies(app.context, name)
    copies, replaced = unaccepted.copies, unaccepted.replaced
    waits = explain_state(issue_progress(app.context, name), app.context.clock.now()) if copies else ""
    owed = unaccepted.corrections.owed_among(copies)
    still_open = [copy for copy in copies if copy.id not in replaced]
    for line in open_copy_lines(str(name), still_open, unaccepted.corrections.failures, owed, waits):
        console.complain(line)
    if replaced:
        console.complain(replaced_sentence(len(replaced)))
    return 1 if copies else 0


async def _send_here(app: App, name: IssueName) -> str:
    app.context.refuse_wrong_clock()
    with open_sender(app) as (sender, _owner):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, sender.stop)
        async with _shown(app, name):
            reason = await send_until_done(app.context, sender, name, send_settings(app.config).relays)
        if not sender.is_stopped():
            await _send_letters(app, sender)
        return reason


async def _send_letters(app: App, sender: Sender) -> None:
    """Write and send the letters that are due, as the daemon does; those that cannot be sent now wait."""
    try:
        await asyncio.to_thread(outbox.write_digests, app.context)
        await asyncio.to_thread(outbox.write_daily_letter, app.context)
        await outbox.send(app.context, transports(app), until=sender.until_stopped)
    except Exception as error:  # noqa: BLE001  (the mailing is done, whatever becomes of the letters)
        maillog.failed("sending the letters", error)


async def _watch_daemon(app: App, name: IssueName) -> str:
    async with _shown(app, name):
        relays = send_settings(app.config).relays
        return await watch_until_done(app.context, name, relays, daemon_runs=lambda: daemon_runs(app))


@asynccontextmanager
async def _shown(app: App, name: IssueName) -> AsyncIterator[None]:
    """Show how far it is, and what is waited for."""
    tasks = [
        asyncio.create_task(_show_bar(app, name)),
        asyncio.create_task(explain_waits(app.context, name, console.complain)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _show_bar(app: App, name: IssueName) -> None:
    """Show a progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(str(name))
        while True:
            progress = await progress_if_answered(app.context, name)
            if progress is not None:
                bar.update(task, total=progress.copies, completed=progress.done)
            await asyncio.sleep(STEP)
