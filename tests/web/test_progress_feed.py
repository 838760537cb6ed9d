"""However many look on, there is one look at a time; when nobody does, there is none."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mailer.web.progress_feed import Glimpse, ProgressFeed


class Mailing:
    """Counts the looks at it; each sees something else, until it has ended."""

    def __init__(self, *, looks: int = 1_000_000) -> None:
        self.looked = 0
        self.languages: set[frozenset[str]] = set()
        self._looks = looks

    def __call__(self, languages: frozenset[str]) -> dict[str, Glimpse]:
        self.looked += 1
        self.languages.add(languages)
        return {each: Glimpse(f"{each} {self.looked}", "sending", self.looked >= self._looks) for each in languages}


async def first(stream: AsyncIterator[Glimpse], number: int) -> list[str]:
    seen = []
    async for glimpse in stream:
        seen.append(glimpse.html)
        if len(seen) == number:
            break
    await stream.aclose()
    return seen


async def test_ten_readers_share_each_look() -> None:
    feed, mailing = ProgressFeed(shortest=0.01), Mailing()
    streams = [feed.follow("harbour-letter/41", "en", mailing) for _ in range(10)]
    seen = await asyncio.gather(*(first(stream, 5) for stream in streams))
    assert all(each == seen[0] for each in seen)
    assert mailing.looked <= 6


async def test_nobody_looks_when_nobody_looks_on() -> None:
    feed, mailing = ProgressFeed(shortest=0.001), Mailing()
    await first(feed.follow("harbour-letter/41", "en", mailing), 1)
    assert feed.followed == frozenset()
    looked = mailing.looked
    await asyncio.sleep(0.02)
    assert mailing.looked == looked


async def test_a_stream_ends_when_the_mailing_has() -> None:
    feed = ProgressFeed(shortest=0.001)
    seen = [glimpse async for glimpse in feed.follow("harbour-letter/41", "en", Mailing(looks=3))]
    assert [glimpse.over for glimpse in seen] == [False, False, True]
    assert feed.followed == frozenset()


async def test_each_reader_gets_the_own_language_at_once() -> None:
    feed, mailing = ProgressFeed(shortest=60), Mailing()
    english = feed.follow("harbour-letter/41", "en", mailing)
    assert (await anext(english)).html == "en 1"
    russian = feed.follow("harbour-letter/41", "ru", mailing)
    assert (await anext(russian)).html == "ru 2", "without waiting for a minute"
    await english.aclose()
    await russian.aclose()


async def test_what_goes_wrong_ends_the_streams_and_the_next_reader_begins_anew() -> None:
    feed = ProgressFeed(shortest=0.001)

    def broken(_languages: frozenset[str]) -> dict[str, Glimpse]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await anext(feed.follow("harbour-letter/41", "en", broken))
    assert await first(feed.follow("harbour-letter/41", "en", Mailing()), 1) == ["en 1"]


async def test_what_does_not_change_is_told_once() -> None:
    feed, looked = ProgressFeed(shortest=0.001, longest=0.002), 0

    def same(_languages: frozenset[str]) -> dict[str, Glimpse]:
        nonlocal looked
        looked += 1
        return {"en": Glimpse("paused" if looked < 5 else "over", "paused", looked >= 5)}

    seen = [glimpse.html async for glimpse in feed.follow("harbour-letter/41", "en", same)]
    assert seen == ["paused", "over"]
