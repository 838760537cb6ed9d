"""What is lost before the mark uses up nobody's attempt; what is lost after it is unknown; the connection is closed."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from mailer.domain.delivery import Rejected, Unknown
from mailer.domain.errors import TransportDown
from mailer.gateways.sink import Misbehaviour, Phase, Sink
from mailer.gateways.smtp import SmtpTransport
from tests.gateways.relays import (
    ANNA,
    BEFORE,
    BORIS,
    MESSAGE,
    ZOE,
    Marks,
    a_bare_server,
    a_connection,
    nothing,
    only,
    settings,
    to,
)

run = asyncio.run


# --- what is lost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("how", list(Misbehaviour))
def test_what_is_lost_before_the_mark_uses_up_nobodys_attempt(phase: Phase, how: Misbehaviour) -> None:
    async def story() -> None:
        async with Sink(script=only(phase, how)) as sink, a_connection(sink, timeout_seconds=0.2) as connection:
            marks = Marks()
            with pytest.raises(TransportDown, match=rf"127\.0\.0\.1:\d+ was lost at {phase.name}"):
                await connection.send(to(ANNA), MESSAGE, marks)
            assert not connection.usable
            assert marks.made == 0

    run(story())


@pytest.mark.parametrize("phase", [Phase.CONTENT, Phase.END])
@pytest.mark.parametrize("how", list(Misbehaviour))
def test_what_is_lost_after_the_mark_is_unknown(phase: Phase, how: Misbehaviour) -> None:
    async def story() -> None:
        async with Sink(script=only(phase, how)) as sink, a_connection(sink, timeout_seconds=0.2) as connection:
            marks = Marks()
            outcome = await connection.send(to(ANNA), MESSAGE, marks)
            assert isinstance(outcome, Unknown)
            assert outcome.reply is None
            assert "lost" in outcome.detail
            assert marks.made == 1
            assert not connection.usable
            assert len(sink.received) == (phase is Phase.END)

    run(story())


def test_a_connection_that_ends_while_it_idles_uses_up_nobodys_attempt() -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            async with Sink() as sink:
                connection = await stack.enter_async_context(a_connection(sink))
                await connection.send(to(ANNA), MESSAGE, nothing)
            with pytest.raises(TransportDown):
                await connection.send(to(ZOE), MESSAGE, nothing)

    run(story())


def test_a_connection_that_ends_during_the_mark_is_unknown_and_says_that_nothing_left() -> None:
    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            outcome = await connection.send(to(ANNA), MESSAGE, Marks(connection.close))
            assert isinstance(outcome, Unknown)
            assert "nothing of it was sent" in outcome.detail
            assert sink.received == []

    run(story())


def test_what_the_mark_raises_comes_through_and_nothing_of_the_content_leaves() -> None:
    def fail() -> None:
        raise RuntimeError("the claim is no longer ours")

    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            with pytest.raises(RuntimeError, match="no longer ours"):
                await connection.send(to(ANNA), MESSAGE, Marks(fail))
            assert not connection.usable
            assert sink.received == []

    run(story())


@pytest.mark.parametrize("phase", [*BEFORE, Phase.END])
def test_a_cancelled_attempt_closes_the_connection(phase: Phase) -> None:
    async def story() -> None:
        reached = asyncio.Event()
        hang = only(phase, Misbehaviour.HANG)

        def script(now: Phase, sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
            if now is phase:
                reached.set()
            return hang(now, sender, recipient, nth)

        async with Sink(script=script) as sink, a_connection(sink) as connection:
            attempt = asyncio.create_task(connection.send(to(ANNA), MESSAGE, nothing))
            await reached.wait()
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            assert not connection.usable
            with pytest.raises(TransportDown):
                await connection.send(to(BORIS), MESSAGE, nothing)

    run(story())


# --- relays that misbehave in ways the sink does not know -----------------------------------------------------------


@pytest.mark.parametrize("answer", ["250 Go ahead", "100 Wait", "600 What", "Nonsense"])
def test_no_answer_to_data_is_no_leave_to_send(answer: str) -> None:
    async def story() -> None:
        async with (
            a_bare_server("220 hello", "250 hello", "250 ok", "250 ok", answer) as port,
            SmtpTransport(settings(port)).connect() as connection,
        ):
            marks = Marks()
            with pytest.raises(TransportDown):
                await connection.send(to(ANNA), MESSAGE, marks)
            assert (connection.usable, marks.made) == (False, 0)

    run(story())


@pytest.mark.parametrize("answer", ["354 Go on", "100 Wait", "Nonsense", "25"])
def test_no_answer_to_the_content_is_unknown(answer: str) -> None:
    async def story() -> None:
        async with (
            a_bare_server("220 hello", "250 hello", "250 ok", "250 ok", "354 go", answer) as port,
            SmtpTransport(settings(port, timeout_seconds=0.5)).connect() as connection,
        ):
            outcome = await connection.send(to(ANNA), MESSAGE, nothing)
            assert isinstance(outcome, Unknown)
            assert not connection.usable

    run(story())


def test_a_relay_that_cannot_start_anew_after_a_refusal_is_left() -> None:
    async def story() -> None:
        async with (
            a_bare_server("220 hello", "250 hello", "250 ok", "550 5.1.1 No", "451 Confused") as port,
            SmtpTransport(settings(port)).connect() as connection,
        ):
            assert isinstance(await connection.send(to(ANNA), MESSAGE, nothing), Rejected)
            with pytest.raises(TransportDown, match="‘451 Confused’ to RSET"):
                await connection.send(to(BORIS), MESSAGE, nothing)
            assert not connection.usable

    run(story())
