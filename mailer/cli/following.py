"""Follows a mailing until nothing is left that can be done now, with a progress bar, and says how it stands."""

import asyncio
import signal
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailer import app as composition
from mailer.app import App
from mailer.cli import console
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.pipeline import reporting
from mailer.pipeline.press import IssueName
from mailer.pipeline.sending import Sender
from mailer.store.deliveries import Delivery

# How often to look (seconds), and how many times in a row to find the relay down before giving up for now.
LOOK = 0.5
DOWN = 5


def hand_over(opened: App, name: IssueName, *, wait: bool) -> int:
    """Let the mailing be sent: by the daemon when one runs, else from here when asked to wait. Returns the exit status."""
    daemon = composition.daemon_runs(opened)
    if not wait:
        found = reporting.progress(opened.press, name)
        if daemon or found.state is MailingState.CLOSED:
            console.say(_document(found), *lines(found))
            return 0 if daemon else status_of(opened, found)
        console.complain(f"{name} is queued, but no daemon runs: `mailer send {name} --wait` sends it from here")
        return 1
    down = asyncio.run(_follow(opened, name) if daemon else _send_here(opened, name))
    found = reporting.progress(opened.press, name)
    console.say(_document(found), *lines(found))
    if down:
        console.complain(
            f"the relay is down: {down}; {found.counts['pending']} copies wait, nobody's attempt is used up"
        )
    return status_of(opened, found)


def status_of(opened: App, found: reporting.Progress) -> int:
    """0 when every copy is accepted; else 1, with a line on stderr for each that is not."""
    missing = reporting.not_accepted(opened.press, IssueName.parse(found.issue))
    for one in missing:
        console.complain(copy_line(one))
    return 1 if missing else 0


async def _send_here(opened: App, name: IssueName) -> str:
    """Send in this process until nothing is left that can be done now; returns why the relay is down, if it is."""
    with composition.sending(opened) as (sender, _owner):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, sender.stop)
        watching = asyncio.create_task(_watch(opened, name))
        try:
            return await _until_done(opened, sender, name)
        finally:
            watching.cancel()


async def _until_done(opened: App, sender: Sender, name: IssueName) -> str:
    down = 0
    while True:
        drained = await sender.drain(name)
        found = reporting.progress(opened.press, name)
        down = down + 1 if drained.down else 0
        if down == DOWN:
            return drained.down
        if not waits(opened, found) and not drained.down:
            return ""
        if await sender.stopped(LOOK if not down else 2 ** (down - 1)):
            return ""


def waits(opened: App, found: reporting.Progress) -> bool:
    """Whether something can still be done now: a copy that is due, or the undo time that has yet to pass."""
    if found.state is not MailingState.SENDING or found.counts["pending"] + found.counts["sending"] == 0:
        return False
    newsletter = opened.press.newsletter(IssueName.parse(found.issue).newsletter)
    now = opened.press.clock.now()
    if not newsletter.schedule.open_at(now):
        return False
    return found.next_at is None or found.next_at <= now or found.counts["sending"] > 0


async def _follow(opened: App, name: IssueName) -> str:
    """Look on while the daemon sends; returns when it can do nothing more now."""
    watching = asyncio.create_task(_watch(opened, name))
    try:
        while composition.daemon_runs(opened) and waits(opened, reporting.progress(opened.press, name)):  # noqa: ASYNC110
            await asyncio.sleep(LOOK)  # the daemon is another process: there is no event to wait for
    finally:
        watching.cancel()
    return ""


async def _watch(opened: App, name: IssueName) -> None:
    """A progress bar on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(str(name))
        while True:
            found = await asyncio.to_thread(reporting.progress, opened.press, name)
            bar.update(task, total=found.copies, completed=found.done)
            await asyncio.sleep(LOOK)


def lines(found: reporting.Progress) -> list[str]:
    """How a mailing stands, for people."""
    counted = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
    return [
        f"{found.issue} is {found.state}: {found.done} of {found.copies} copies done ({counted or 'no copies'})",
        *_more(found),
    ]


def _more(found: reporting.Progress) -> list[str]:
    said = remark(found)
    return [f"  {said}"] if said else []


def remark(found: reporting.Progress) -> str:
    """What to know besides: when it begins, how long it takes, why it is held."""
    if found.held_reason:
        return f"held: {found.held_reason}; `mailer send {found.issue}` sends it all the same"
    if found.state in {MailingState.PLANNED, MailingState.APPROVED}:
        return f"due {console.time_of(found.due_at)}" if found.due_at else ""
    if found.state is MailingState.SENDING and found.done == 0 and found.starts_at:
        return f"from {console.time_of(found.starts_at)}; until then `mailer cancel {found.issue}` undoes it"
    if found.next_at:
        return f"the next attempt is at {console.time_of(found.next_at)}"
    return f"about {found.seconds_left:.0f} s left" if found.seconds_left else ""


def copy_line(one: Delivery) -> str:
    """A copy that is not accepted, with what to do about it."""
    said = (
        f" ({one.last_code or ''} {one.last_status or ''} {one.last_text or ''})".replace("  ", " ")
        if one.attempts
        else ""
    )
    head = f"delivery {one.id}, person {one.person}, {one.language}: {one.state}"
    match one.state:
        case State.UNCERTAIN:
            return f"{head}{said}; it may have arrived: ask, then `mailer delivery settle {one.id} --as accepted` or `--as resend`"
        case State.HELD:
            return f"{head}: {one.held_reason}; `mailer delivery release {one.id}` when that is mended"
        case State.PENDING if one.next_attempt_at:
            return f"{head}, deferred until {console.time_of(one.next_attempt_at)}{said}"
        case State.REJECTED | State.BOUNCED:
            return f"{head}{said}; correct the address in the register, then `mailer unsent`"
        case _:
            return f"{head}{said}"


def _document(found: reporting.Progress) -> dict[str, object]:
    return {
        "issue": found.issue,
        "state": found.state.value,
        "copies": found.copies,
        "done": found.done,
        "deliveries": found.counts,
    }
