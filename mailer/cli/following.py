"""Follows a mailing until nothing is left that can be done now, with a progress bar, and says how it stands."""

import asyncio
import signal
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from mailer.app.installation import App
from mailer.app.relays import first_transport, send_settings
from mailer.app.scheduler import daemon_runs
from mailer.app.sender import open_sender
from mailer.cli import accounts, console
from mailer.cli.accounts import copy_lines, progress_document, progress_lines
from mailer.domain.mailing import MailingState
from mailer.domain.pacing import MINUTE
from mailer.domain.progress import Progress
from mailer.pipeline import maillog
from mailer.pipeline.context import IssueName
from mailer.pipeline.letters import outbox
from mailer.pipeline.mailings.report import issue_progress, unaccepted_copies
from mailer.pipeline.sending.limits import room_through
from mailer.pipeline.sending.sender import Sender

# How often to look (seconds), and how many times in a row to find the relay down before giving up for now.
LOOK = 0.5
DOWN = 5
# After so many looks at which nothing could be handed over it is given up: more than a minute, for `per_minute`.
IDLE = 140


def hand_over(opened: App, name: IssueName, *, wait: bool) -> int:
    """Let the mailing be sent: by the daemon when one runs, else from here when asked to wait. Returns the exit status."""
    daemon = daemon_runs(opened)
    if not wait:
        found = issue_progress(opened.context, name)
        if daemon or found.state is MailingState.CLOSED:
            _tell(opened, found)
            return status_of(opened, found) if found.state is MailingState.CLOSED else 0
        console.say(progress_document(found))
        console.complain(f"{name} is queued, but no daemon runs: `mailer send {name} --wait` sends it from here")
        return 1
    why = asyncio.run(_follow(opened, name) if daemon else _send_here(opened, name))
    found = issue_progress(opened.context, name)
    _tell(opened, found)
    if why:
        console.complain(f"{why}; {found.counts['pending']} copies wait, nobody's attempt is used up")
    for line in accounts.resting_lines(found):
        console.complain(line)
    return status_of(opened, found)


def status_of(opened: App, found: Progress) -> int:
    """0 when every copy is accepted; else 1, with a line on stderr for each that is not."""
    missing, failed = unaccepted_copies(opened.context, IssueName.parse(found.issue))
    for line in copy_lines(missing, failed):
        console.complain(line)
    return 1 if missing else 0


def _tell(opened: App, found: Progress) -> None:
    console.say(progress_document(found), *progress_lines(found, opened.context.clock.now()))


async def _send_here(opened: App, name: IssueName) -> str:
    """Send in this process until nothing is left that can be done now; returns why not all, if that is not the copies' doing."""
    with open_sender(opened) as (sender, _owner):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, sender.stop)
        watching = asyncio.create_task(_watch(opened, name))
        try:
            why = await _until_done(opened, sender, name)
        finally:
            watching.cancel()
        await _tell_of_it(opened, sender)
        return why


async def _tell_of_it(opened: App, sender: Sender) -> None:
    """Write and send the letters that are due, as the daemon does; what cannot be sent now waits, and harms nothing."""
    try:
        await asyncio.to_thread(outbox.write_digests, opened.context)
        await asyncio.to_thread(outbox.write_reminder, opened.context)
        await outbox.send(opened.context, first_transport(opened), until=sender.until_stopped)
    except Exception as error:  # noqa: BLE001  (the mailing is done, whatever becomes of the letters)
        maillog.failed("sending the letters", error)


async def _until_done(opened: App, sender: Sender, name: IssueName) -> str:
    down = idle = 0
    while True:
        drained = await sender.drain(name)
        found = issue_progress(opened.context, name)
        down = down + 1 if drained.down else 0
        undone = found.starts_at is not None and opened.context.clock.now() < found.starts_at
        idle = 0 if drained.handed_over or undone else idle + 1
        if down == DOWN:
            return f"the relay is down: {drained.down}"
        if idle == IDLE:
            return _idle(opened)
        if not waits(opened, found) and not drained.down:
            return ""
        if await sender.stopped(LOOK if not down else 2 ** (down - 1)):
            return ""


def waits(opened: App, found: Progress) -> bool:
    """Whether something can still be done now: a copy that is due, or the undo time that has yet to pass."""
    if not found.under_way:
        return False
    newsletter = opened.context.newsletters.get(IssueName.parse(found.issue).newsletter)
    now = opened.context.clock.now()
    if newsletter is None or not newsletter.schedule.open_at(now):
        return False
    if found.rest_at is not None and now < found.rest_at:
        return False  # the canary wave has gone, and the rest has its time
    due = found.at_once or (found.next_at is not None and found.next_at <= now)
    # A short rest of a provider is waited for, as a minute's limit is.
    soon = any(one.until is not None and one.until <= now + MINUTE for one in found.resting)
    return due or soon or found.counts["sending"] > 0


def _idle(opened: App) -> str:
    """Why nothing could be handed over for a while, though no relay is down."""
    limit_of, now = send_settings(opened.config).relays, opened.context.clock.now()
    with opened.store.reading() as connection:
        full = [name for name, limit in limit_of.items() if not room_through(connection, name, limit, now, 1)]
    if len(full) < len(limit_of):
        return "nothing could be handed over for a while: a limit of [[domain]] is reached, or the log says why"
    return f"no more may leave through {', '.join(full)} for now: its per_minute or new_relay_per_hour is reached"


async def _follow(opened: App, name: IssueName) -> str:
    """Look on while the daemon sends; returns when it can do nothing more now."""
    watching = asyncio.create_task(_watch(opened, name))
    try:
        down = idle = done = 0
        while True:  # the daemon is another process: there is no event to wait for
            found = issue_progress(opened.context, name)
            down = down + 1 if found.relay_down else 0
            undone = found.starts_at is not None and opened.context.clock.now() < found.starts_at
            idle = 0 if found.done != done or undone else idle + 1
            done = found.done
            if idle == IDLE and not found.relay_down:
                return _idle(opened)
            if down == 2 * DOWN or not waits(opened, found) or not daemon_runs(opened):
                return f"the relay is down: {found.relay_down}" if found.relay_down else ""
            await asyncio.sleep(LOOK)
    finally:
        watching.cancel()


async def _watch(opened: App, name: IssueName) -> None:
    """A progress bar on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProgressBar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(str(name))
        while True:
            found = await asyncio.to_thread(issue_progress, opened.context, name)
            bar.update(task, total=found.copies, completed=found.done)
            await asyncio.sleep(LOOK)
