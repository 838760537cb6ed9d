"""How far a mailing is: its countdown and its figures, live, with the buttons that stop, pause, resume and cancel it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.access import Right
from mailer.domain.mailing import ENDED, UNDER_WAY, MailingState
from mailer.domain.progress import Progress
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.report import issue_progress
from mailer.texts import N_, texts
from mailer.web.answers import Answer
from mailer.web.console.mailing_pages import ISSUE, STANDSTILLS, path_of, show_of, why_not
from mailer.web.progress_feed import Glimpse, ProgressFeed
from mailer.web.render import render
from mailer.web.routes import AnyRoute, Page, Stream
from mailer.web.visit import Visit

# Seconds between two signs of life on a stream without news, so that no proxy takes it for dead.
HEARTBEAT = 15
# Seconds that a stream has to end by itself when the server stops; fewer than the server waits for it.
GRACE = 1


def progress(visit: Visit) -> Answer:
    """Show how far the mailing is, and what can be done."""
    state = issue_progress(visit.context, visit.issue)
    now = visit.context.clock.now()
    return show_of(
        visit,
        "sending/progress.html",
        here="progress",
        phase=_phase(state, now),
        live=state.state in UNDER_WAY,
        reasons=_reasons(visit, state),
        **_values(state, now),
    )


async def events(visit: Visit, request: Request) -> Response:
    """The same figures whenever they change, until the mailing has ended."""
    from sse_starlette import EventSourceResponse

    feed, name = feed_of(request), visit.issue
    await run_in_threadpool(issue_progress, visit.context, name)  # there is such a mailing
    stopping = asyncio.Event()
    return EventSourceResponse(
        _events(feed, visit.context, name, visit.language, stopping),
        ping=HEARTBEAT,
        send_timeout=2 * HEARTBEAT,
        shutdown_event=stopping,  # type: ignore[arg-type]  # it is only set; anyio's own would be one more library
        shutdown_grace_period=GRACE,
    )


def feed_of(request: Request) -> ProgressFeed:
    """The one feed of the application."""
    state = request.app.state
    if not hasattr(state, "progress_feed"):
        state.progress_feed = ProgressFeed()
    feed: ProgressFeed = state.progress_feed
    return feed


async def _events(
    feed: ProgressFeed, context: Context, name: IssueName, language: str, stopping: asyncio.Event
) -> AsyncIterator[dict[str, str]]:
    async for look in feed.follow(str(name), language, partial(_look_at, context, name), stopping):
        yield {"event": "phase", "data": look.phase}
        yield {"event": "progress", "data": look.html}
        if look.over:
            yield {"event": "end", "data": ""}


def _look_at(context: Context, name: IssueName, languages: frozenset[str]) -> dict[str, Glimpse]:
    state, now = issue_progress(context, name), context.clock.now()
    phase, over = _phase(state, now), state.state not in UNDER_WAY
    return {language: Glimpse(_figures(state, now, language), phase, over) for language in sorted(languages)}


def _figures(state: Progress, now: datetime, language: str) -> str:
    """The part of the page that changes."""
    return " ".join(render("sending/figures.html", texts(language), **_values(state, now)).split())


def _values(state: Progress, now: datetime) -> dict[str, Any]:
    starts_at = state.starts_at if state.counts_down(now) else None
    return {
        "progress": state,
        "now": now,
        "ended": state.state in ENDED,
        "seconds_to_start": (starts_at - now).total_seconds() if starts_at else 0,
        "first_at": starts_at.astimezone(ZoneInfo(state.timezone)).strftime("%H:%M:%S") if starts_at else "",
        "failed": state.counts["rejected"] + state.counts["bounced"],
        "standstills": STANDSTILLS,
    }


def _phase(state: Progress, now: datetime) -> str:
    """While this stays the same, the same buttons can be pressed."""
    signs = {
        "countdown": state.counts_down(now), "stoppable": state.stoppable, "still": state.standstill is not None,
    }  # fmt: skip
    return "-".join([state.state, *(sign for sign, shows in signs.items() if shows)])


def _reasons(visit: Visit, state: Progress) -> dict[str, str]:
    """Why each button is grey; empty for those that can be pressed."""
    sending, paused = state.state is MailingState.SENDING, state.state is MailingState.PAUSED
    why = {
        "stop": "" if state.stoppable else N_("A copy has left: pause it instead."),
        "pause": "" if sending else N_("Nothing is being sent."),
        "resume": "" if paused else N_("It is not paused."),
        "cancel": N_("It has ended.") if state.state in ENDED else "",
    }
    if not state.stoppable and not (sending or paused):
        why["stop"] = N_("No countdown is running.")
    reasons = {deed: why_not(visit, Right.SEND, reason) for deed, reason in why.items()}
    return {**reasons, "send": why_not(visit, Right.SEND, action=Action.SEND)}


def address_of(name: IssueName) -> str:
    """Where one follows the mailing."""
    return path_of(name, "progress")


ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{ISSUE}/progress", progress, Right.SEE_ISSUES),
    Stream(f"{ISSUE}/progress/events", events, Right.SEE_ISSUES),
)
