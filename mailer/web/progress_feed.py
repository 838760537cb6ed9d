"""Follows mailings for everybody who has their progress open: one look a second, however many look on, none when nobody does."""

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
    looks: dict[str, Glimpse] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)  # a reader of a new language waits for a look
    task: "asyncio.Task[None] | None" = None

    def publish(self, looks: dict[str, Glimpse]) -> None:
        self.looks, news = looks, self.news
        self.news = asyncio.Event()
        news.set()


class ProgressFeed:
    """The issues that are followed at present. It belongs to one event loop."""

    def __init__(self, *, shortest: float = SHORTEST, longest: float = LONGEST) -> None:
        self._shortest, self._longest = shortest, longest
        self._watches: dict[str, _Watch] = {}
        self._closed = asyncio.Event()
        self.looked = 0  # how many looks were taken

    async def follow(self, issue: str, language: str, look_at: GlimpseAt) -> AsyncIterator[Glimpse]:
        """What is to be seen of the issue, anew whenever it has changed, until it is over or the feed is closed."""
        watch = self._watches.setdefault(issue, _Watch())
        watch.readers.append(language)
        if language not in watch.looks:
            watch.wanted.set()
        if watch.task is None:
            watch.task = asyncio.create_task(self._keep_looking(watch, look_at))
        shown: Glimpse | None = None
        try:
            while not self._closed.is_set():
                news, look = watch.news, watch.looks.get(language)
                if look is not None and look != shown:
                    shown = look
                    yield look
                    if look.over:
                        return
                    continue
                await self._wait(news, watch.task)
                if watch.task.done() and not self._closed.is_set():
                    watch.task.result()
                    return
        finally:
            watch.readers.remove(language)
            if not watch.readers:
                watch.task.cancel()
                self._watches.pop(issue, None)

    async def close(self) -> None:
        """End every stream: the server stops."""
        self._closed.set()
        for watch in self._watches.values():
            watch.news.set()

    async def _wait(self, news: asyncio.Event, task: "asyncio.Task[None]") -> None:
        """Wait for news, for the end of the feed, or for a look that has failed."""
        closed = asyncio.create_task(self._closed.wait())
        waiting = asyncio.create_task(news.wait())
        try:
            await asyncio.wait({closed, waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
            waiting.cancel()

    async def _keep_looking(self, watch: _Watch, look_at: GlimpseAt) -> None:
        pause = self._shortest
        while True:
            began = monotonic()
            watch.wanted.clear()
            looks = await run_in_threadpool(look_at, frozenset(watch.readers))
            self.looked += 1
            pause = self._shortest if looks != watch.looks else min(2 * pause, self._longest)
            watch.publish(looks)
            took = monotonic() - began
            with suppress(TimeoutError):
                await asyncio.wait_for(watch.wanted.wait(), max(pause, took / SHARE - took))
