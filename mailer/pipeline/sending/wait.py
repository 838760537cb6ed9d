"""Waits until nothing of a mailing is left that can be done now, while it is sent here or by the daemon.

A database that is away is waited for.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from mailer.domain.pacing import RelayLimit
from mailer.domain.progress import Progress
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.sending.lane import DrainResult
from mailer.pipeline.sending.ledger_thread import uncancelled
from mailer.pipeline.sending.limits import room_for_relay
from mailer.pipeline.sending.sender import Sender
from mailer.store import is_away
from mailer.views.progress import explain_state, slow_relay_sentence

T = TypeVar("T")

# Seconds between two looks, and so many looks in a row that find the relay down before it is given up for now.
LOOK = 0.5
DOWN = 5
# So many looks in a row with nothing handed over or in flight before it is given up: more than a minute, for `per_minute`.
IDLE = 140
# Seconds without a copy finished after which is said what is waited for.
QUIET = 15.0


async def send_until_done(context: Context, sender: Sender, name: IssueName, relays: Mapping[str, RelayLimit]) -> str:
    """Send until nothing is left that can be done now. Returns why copies are left, unless it is for their own sake."""
    down = idle = 0
    while True:
        drained, progress = await _drained(sender, name), await progress_if_answered(context, name)
        if drained is None or progress is None:
            if await sender.stopped(LOOK):
                return ""
            continue
        down = down + 1 if drained.down else 0
        idle = 0 if drained.handed_over or _takes_its_time(context, progress) else idle + 1
        if down == DOWN:
            return f"the relay is down: {drained.down}"
        if idle == IDLE:
            return _explain_idle(context, relays, progress)
        if not _can_continue(context, name, progress) and not drained.down:
            return ""
        if await sender.stopped(LOOK if not down else 2 ** (down - 1)):
            return ""


async def watch_until_done(
    context: Context, name: IssueName, relays: Mapping[str, RelayLimit], *, daemon_runs: Callable[[], bool]
) -> str:
    """Look on while the daemon sends, until it can do no more now. Returns the same."""
    down = idle = done = 0
    while True:  # the daemon is another process: there is no event to wait for
        progress, runs = await progress_if_answered(context, name), await _if_answered(daemon_runs)
        if progress is None or runs is None:
            await asyncio.sleep(LOOK)
            continue
        down = down + 1 if progress.relay_down else 0
        idle = 0 if progress.done != done or _takes_its_time(context, progress) else idle + 1
        done = progress.done
        if idle == IDLE and not progress.relay_down:
            return _explain_idle(context, relays, progress)
        if down == 2 * DOWN or not _can_continue(context, name, progress) or not runs:
            return f"the relay is down: {progress.relay_down}" if progress.relay_down else ""
        await asyncio.sleep(LOOK)


async def explain_waits(context: Context, name: IssueName, say: Callable[[str], None]) -> None:
    """Say what is waited for whenever no copy has been finished for a while, until it is cancelled."""
    done, since, explained = -1, 0.0, ""
    while True:
        progress = await progress_if_answered(context, name)
        if progress is None:
            await asyncio.sleep(2 * LOOK)
            continue
        if progress.done != done:
            done, since, explained = progress.done, context.clock.elapsed(), ""
        explanation = explain_state(replace(progress, seconds_left=None), context.clock.now())
        if context.clock.elapsed() - since >= QUIET and explanation not in ("", explained):
            say(f"{name}: {explanation}")
            explained = explanation
        await asyncio.sleep(2 * LOOK)


async def progress_if_answered(context: Context, name: IssueName) -> Progress | None:
    """How far it is; None while the database is away."""
    return await _if_answered(partial(issue_progress, context, name))


async def _if_answered(look: Callable[[], T]) -> T | None:
    try:
        return await uncancelled(asyncio.to_thread(look))
    except Exception as error:
        if not is_away(error):
            raise
        maillog.failed("looking how far it is", error)
        return None


async def _drained(sender: Sender, name: IssueName) -> DrainResult | None:
    try:
        return await sender.drain(name)
    except Exception as error:
        if not is_away(error):
            raise
        maillog.failed("sending", error)
        return None


def _takes_its_time(context: Context, progress: Progress) -> bool:
    """Whether it can still be undone, or the relay has not answered yet: a connection times out by itself."""
    if progress.starts_at is not None and context.clock.now() < progress.starts_at:
        return True
    return progress.counts["sending"] > 0


def _can_continue(context: Context, name: IssueName, progress: Progress) -> bool:
    newsletter = context.newsletters.get(name.newsletter)
    return newsletter is not None and progress.can_continue(newsletter.schedule, context.clock.now())


def _explain_idle(context: Context, relays: Mapping[str, RelayLimit], progress: Progress) -> str:
    """Why no copy could be handed over for a while, though no relay is down."""
    if progress.slow_relays:
        return "; ".join(map(slow_relay_sentence, progress.slow_relays))
    now = context.clock.now()
    with context.store.reading() as connection:
        full = [name for name, limit in relays.items() if not room_for_relay(connection, name, limit, now, 1)]
    if len(full) < len(relays):
        return "nothing could be handed over for a while: a limit of [[domain]] is reached, or the log says why"
    return f"no more may leave through {', '.join(full)} for now: its per_minute or new_relay_per_hour is reached"
