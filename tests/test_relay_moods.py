"""A relay's trouble as a client meets it: each mood, in its phase, in its words, and the relay's account of it."""

import asyncio
import smtplib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from tests.doubles import FrozenClock
from tests.gateways.relays import until
from tests.relay_moods import (
    TOO_FAST,
    TOO_MANY_A_SESSION,
    TOO_MANY_AT_ONCE,
    always,
    at_once,
    closes_behind,
    every,
    first_of,
    in_all,
    in_any,
    in_each,
    loses_answers,
    most_within,
    per_session,
    rate,
)
from tests.relay_plays import Ending, Endless, Late, Misbehaviour, Mood, Phase, Play, Trickling
from tests.scripted_relay import Sink

BEFORE_CONTENT = [Phase.CONNECT, Phase.HELLO, Phase.MAIL, Phase.RCPT, Phase.DATA]
CONTENT = "Subject: x\r\n\r\nBody\r\n."


class Client:
    """Sends a line and has the whole reply to it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def reply(self) -> str:
        """The last line of the next reply; empty when the connection is over."""
        while True:
            line = (await self._reader.readline()).decode().rstrip("\r\n")
            if line[3:4] != "-":
                return line

    async def say(self, line: str) -> str:
        self._writer.write(f"{line}\r\n".encode())
        return await self.reply()

    async def transaction(self, number: int = 1) -> list[str]:
        """The replies to one message, up to the first that is no good one."""
        mail = "MAIL FROM:<letter@club.example>", f"RCPT TO:<r{number}@m{number}.example>", "DATA", CONTENT
        replies: list[str] = []
        for line in mail:
            replies.append(await self.say(line))
            if replies[-1][:1] not in {"2", "3"}:
                break
        if replies[-1][:1] in {"4", "5"} and not replies[-1].startswith("421"):
            assert (await self.say("RSET")).startswith("250")
        return replies

    async def hello(self) -> list[str]:
        """The greeting, and the reply to EHLO."""
        return [await self.reply(), await self.say("EHLO client.example")]

    async def is_over(self) -> bool:
        """Whether the server has closed, with nothing more to read."""
        return await self._reader.read() == b""

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def client_of(sink: Sink) -> AsyncIterator[Client]:
    client = Client(*await asyncio.open_connection("127.0.0.1", sink.port))
    try:
        yield client
    finally:
        client.close()


async def outcomes(mood: Mood, count: int, *, seconds_apart: float = 0.0) -> tuple[list[str], Sink]:
    """The last reply to each of so many messages, one after another on one connection, by a clock that is moved."""
    clock = FrozenClock(datetime(2018, 7, 12, tzinfo=UTC))
    async with Sink(mood=mood, elapsed=clock.elapsed) as sink, client_of(sink) as client:
        await client.hello()
        replies: list[str] = []
        for number in range(count):
            replies.append((await client.transaction(number))[-1])
            clock.advance(seconds=seconds_apart)
        return replies, sink


def refused(replies: list[str]) -> list[int]:
    return [number for number, reply in enumerate(replies) if reply[:1] in {"4", "5"}]


@pytest.mark.parametrize("phase", [*BEFORE_CONTENT, Phase.END])
async def test_a_refusal_is_said_in_its_phase_and_421_ends_the_session(phase: Phase) -> None:
    for words in ("451 4.3.2 Not now", "421 4.3.2 Not now"):
        async with Sink(mood=always(words, at=phase)) as sink, client_of(sink) as client:
            replies = [await client.reply()]
            if replies[-1].startswith("220"):
                replies.append(await client.say("EHLO client.example"))
            if replies[-1].startswith("250"):
                replies += await client.transaction()
            assert replies[-1] == words
            assert len(replies) == 1 + [*BEFORE_CONTENT, Phase.END].index(phase)
            assert sink.received == []
            assert sink.counts == {words: 1}
            assert sink.said[0].moment.phase is phase
            if words.startswith("421"):
                assert await client.is_over()
            elif phase is Phase.CONNECT:  # RFC 5321 §3.1: everything but QUIT is out of sequence
                assert (await client.say("EHLO client.example")).startswith("503")
                assert (await client.say("QUIT")).startswith("221")
                assert await client.is_over()


async def test_a_rate_is_a_bucket_that_fills_with_the_clock() -> None:
    replies, sink = await outcomes(rate(2), 12, seconds_apart=0.125)
    assert refused(replies) == [2, 3, 5, 6, 7, 9, 10, 11]
    assert sink.counts == {TOO_FAST: 8}
    assert [message.at for message in sink.received] == [0.0, 0.125, 0.5, 1.0]
    replies, _ = await outcomes(rate(0.5, burst=1, at=Phase.MAIL, says="454 Throttling failure"), 5, seconds_apart=1)
    assert refused(replies) == [1, 3]


async def test_a_fixed_window_begins_anew_and_a_sliding_one_moves() -> None:
    replies, sink = await outcomes(in_each(10, 3), 12, seconds_apart=2)
    assert refused(replies) == [3, 4, 8, 9]
    assert most_within(10, (message.at for message in sink.received)) == 3
    replies, sink = await outcomes(in_any(10, 3, at=Phase.DATA), 12, seconds_apart=2)
    assert refused(replies) == [3, 4, 8, 9]
    replies, _ = await outcomes(in_each(10, 3, refusals_count=True), 5, seconds_apart=0)
    assert refused(replies) == [3, 4]
    replies, _ = await outcomes(in_all(2, says="554 5.7.1 Your account is out of quota"), 5, seconds_apart=1000)
    assert refused(replies) == [2, 3, 4]


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.DATA, Phase.END])
async def test_so_many_a_session_and_the_next_session_has_as_many(phase: Phase) -> None:
    async with Sink(mood=per_session(2, at=phase)) as sink:
        for _ in range(2):
            async with client_of(sink) as client:
                await client.hello()
                assert [(await client.transaction())[-1][:3] for _ in range(4)] == ["250", "250", "452", "452"]
        assert sink.counts == {TOO_MANY_A_SESSION: 4}
        assert [message.session for message in sink.received] == [1, 1, 2, 2]


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.HELLO, Phase.MAIL, Phase.DATA])
@pytest.mark.parametrize("refuses_all", [False, True])
async def test_so_many_at_once_and_another_as_soon_as_one_is_closed(phase: Phase, refuses_all: bool) -> None:
    async with Sink(mood=at_once(1, at=phase, says="432 4.3.2 Too many", refuses_all=refuses_all)) as sink:
        async with client_of(sink) as first:
            hello = await first.hello()
            async with client_of(sink) as second:
                replies = [await second.reply()]
                if replies[-1].startswith("220"):
                    replies += [await second.say("EHLO client.example"), *await second.transaction()]
                assert "432 4.3.2 Too many" in replies
                during = (await first.transaction())[-1]
            assert hello[1].startswith("250")
            assert during.startswith("432" if refuses_all and phase in {Phase.MAIL, Phase.DATA} else "250")
            await until(lambda: len(sink.open_sessions) == 1)
            assert (await first.transaction())[-1].startswith("250")
        await until(lambda: not sink.open_sessions)
        async with client_of(sink) as third:
            await third.hello()
            assert (await third.transaction())[-1].startswith("250")
        assert sink.most_open == 2


async def test_too_many_connections_are_greeted_with_421_and_closed() -> None:
    async with Sink(mood=at_once(1)) as sink, client_of(sink) as first, client_of(sink) as second:
        assert (await first.hello())[1].startswith("250")
        assert await second.reply() == TOO_MANY_AT_ONCE
        assert await second.is_over()


async def test_it_closes_right_behind_an_answer() -> None:
    async with Sink(mood=closes_behind(2)) as sink, client_of(sink) as client:
        await client.hello()
        assert (await client.transaction())[-1].startswith("250")
        assert (await client.transaction())[-1] == "250 2.0.0 Ok: queued as 0002"
        assert await client.is_over()
        assert len(sink.received) == 2


async def test_commands_behind_the_last_reply_are_not_answered() -> None:
    async with Sink(mood=closes_behind()) as sink, client_of(sink) as client:
        await client.hello()
        group = "MAIL FROM:<a@club.example>\r\nRCPT TO:<b@members.example>\r\nDATA\r\n" + CONTENT + "\r\n"
        await client.say(group * 2 + "QUIT")
        assert [(await client.reply())[:3] for _ in range(4)] == ["250", "354", "250", ""]
        assert len(sink.received) == 1


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.HELLO, Phase.RCPT])
async def test_a_usual_answer_can_be_the_last_one(phase: Phase) -> None:
    async with Sink(mood=always(Ending(), at=phase)) as sink, client_of(sink) as client:
        replies = [await client.reply()]
        if phase is not Phase.CONNECT:
            replies.append(await client.say("EHLO client.example"))
        if phase is Phase.RCPT:
            replies.append(await client.say("MAIL FROM:<letter@club.example>"))
            replies.append(await client.say("RCPT TO:<r1@m1.example>"))
        assert {reply[:1] for reply in replies} == {"2"}
        assert await client.is_over()


async def test_it_takes_the_content_and_closes_without_a_word() -> None:
    async with Sink(mood=loses_answers()) as sink, client_of(sink) as client:
        await client.hello()
        assert (await client.transaction())[-1] == ""
        assert len(sink.received) == 1
        assert sink.counts == {"close": 1}


@pytest.mark.parametrize(
    ("play", "reply", "taken"),
    [
        (Late(seconds=0.02), "250 2.0.0 Ok: queued as 0001", 1),
        (Late(seconds=0.02, then="451 4.3.0 Too late"), "451 4.3.0 Too late", 0),
        (Late(seconds=0.02, then=Ending(reply="250 Ok")), "250 Ok", 1),
        (Trickling(seconds=0.0005), "250 2.0.0 Ok: queued as 0001", 1),
        (Trickling(seconds=0.0005, reply="554 5.7.1 No"), "554 5.7.1 No", 0),
    ],
)
async def test_it_takes_its_time(play: Play, reply: str, taken: int) -> None:
    async with Sink(mood=always(play, at=Phase.END)) as sink, client_of(sink) as client:
        await client.hello()
        began = time.monotonic()
        assert (await client.transaction())[-1] == reply
        assert time.monotonic() - began >= 0.006
        assert len(sink.received) == taken


async def test_an_answer_that_never_ends() -> None:
    async with Sink(mood=always(Endless(seconds=0.001), at=Phase.END)) as sink, client_of(sink) as client:
        await client.hello()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.transaction(), 0.05)
        assert sink.counts == {"250-2.0.0 Still working": 1}
        assert len(sink.received) == 1


async def test_it_hangs_at_every_third_and_refuses_for_another_reason() -> None:
    mood = first_of(every(3, Misbehaviour.HANG), every(2, "450 4.7.1 Odd", at=Phase.MAIL))
    async with Sink(mood=mood) as sink, client_of(sink) as client:
        await client.hello()
        assert [(await client.transaction())[-1][:3] for _ in range(4)] == ["250", "450", "250", "450"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.transaction(), 0.05)
        assert sink.counts == {"450 4.7.1 Odd": 2, "hang": 1}


async def test_another_client_meets_the_same() -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=10) as client:
            client.sendmail("letter@club.example", "r@members.example", CONTENT)

    async with Sink(mood=always("451 4.7.0 Try again later", at=Phase.HELLO)) as sink:
        with pytest.raises(smtplib.SMTPHeloError, match="451"):
            await asyncio.to_thread(send, sink.port)
    async with Sink(mood=always("554 5.7.1 No service for you", at=Phase.CONNECT)) as sink:
        with pytest.raises(smtplib.SMTPConnectError, match="554"):
            await asyncio.to_thread(send, sink.port)


def test_the_greatest_number_in_a_window_is_counted_over_all_windows() -> None:
    assert most_within(1, [0.0, 0.5, 0.9, 1.4, 1.5, 3.0]) == 3
    assert most_within(1, [0.0, 1.0, 2.0]) == 1
    assert most_within(1, []) == 0
