"""Follows mailings for everybody who has their progress open: one look a second for all readers, none without readers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from starlette.concurrency import run_in_threadpool

# Seconds between two looks; as long as nothing changes they grow apart to the longest.
SHORTEST, LONGEST = 1.0, 10.0
# A look may take at most this share of the time, so that sending is not slowed down by being watched.
SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a look has seen: the part of the page, `phase` (another one needs another page), and whether it is `over`."""

    html: str
    phase: str
    over: bool


# Makes what readers of each of these languages see of one issue, by language.
GlimpseAt = Callable[[frozenset[str]], dict[str, Glimpse]]


@dataclass(slots=True)
class _Watch:
    """One issue that is followed: its readers by language, what they see, and the news that they wait for."""

    readers: list[str] = field(default_factory=list)
    glimpses: dict[str, Glimpse] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)  # a reader of a new language waits for a look
    failure: Exception | None = None
    task: "asyncio.Task[None] | None" = None

    def publish(self, glimpses: dict[str, Glimpse]) -> None:
        self.glimpses, news = glimpses, self.news
        self.news = asyncio.Event()
        news.set()


class ProgressFeed:
    """The issues that are followed at present. It belongs to one event loop."""

    def __init__(self, *, shortest: float = SHORTEST, longest: float = LONGEST) -> None:
        self._shortest, self._longest = shortest, longest
        self._watches: dict[str, _Watch] = {}

    @property
    def followed(self) -> frozenset[str]:
        """The issues whose progress is open in a browser."""
        return frozenset(self._watches)

    async def follow(
        self, issue: str, language: str, glimpse_at: GlimpseAt, stopping: asyncio.Event | None = None
    ) -> AsyncIterator[Glimpse]:
        """What is to be seen of the issue, anew whenever it has changed, until it is over or the server is `stopping`.

        Raises what a look raises.
        """
        stop = asyncio.create_task((stopping or asyncio.Event()).wait())
        watch = self._watches.setdefault(issue, _Watch())
        watch.readers.append(language)
        if language not in watch.glimpses:
            watch.wanted.set()
        if watch.task is None:
            watch.task = asyncio.create_task(self._keep_looking(watch, glimpse_at))
        shown: Glimpse | None = None
        try:
            while not stop.done() and (shown is None or not shown.over):
                news, glimpse = watch.news, watch.glimpses.get(language)
                if glimpse is not None and glimpse != shown:
                    shown = glimpse
                    yield glimpse
                elif watch.failure is not None:
                    raise watch.failure
                else:
                    waiting = asyncio.create_task(news.wait())
                    try:
                        await asyncio.wait({waiting, stop}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        waiting.cancel()
        finally:
            stop.cancel()
            watch.readers.remove(language)
            if not watch.readers:
                watch.task.cancel()
                del self._watches[issue]

    async def _keep_looking(self, watch: _Watch, glimpse_at: GlimpseAt) -> None:
        pause = self._shortest
        while True:
            began = monotonic()
            watch.wanted.clear()
            try:
                glimpses = await run_in_threadpool(glimpse_at, frozenset(watch.readers))
            except Exception as error:  # noqa: BLE001  (each reader gets it)
                watch.failure = error
                watch.publish({})
                return
            pause = self._shortest if glimpses != watch.glimpses else min(2 * pause, self._longest)
            watch.publish(glimpses)
            took = monotonic() - began
            with suppress(TimeoutError):
                await asyncio.wait_for(watch.wanted.wait(), max(pause, took / SHARE - took))
