"""What is lost before it began uses up nobody's attempt; what is lost after that is unknown; the connection is closed."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from mailer.domain.delivery import Rejected, Unknown
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Parcel
from mailer.gateways.smtp.connection import SLOWEST
from tests.gateways.desk import CUT, GROUPS, NOTHING, ONE_BY_ONE, Relay, listening
from tests.gateways.relays import ANNA, BEFORE, BORIS, MESSAGE, Shelf, a_bare_server, a_connection, carried, only, until
from tests.scripted_relay import Misbehaviour, Phase, Sink


@pytest.fixture(params=[True, False], ids=["groups", "one-by-one"])
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setitem(Sink.__init__.__kwdefaults__, "pipelining", request.param)
    return request.param


# --- what is lost ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("pipelining")
@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("how", list(Misbehaviour))
async def test_what_is_lost_before_it_began_uses_up_nobodys_attempt(phase: Phase, how: Misbehaviour) -> None:
    async with Sink(script=only(phase, how)) as sink:
        shelf = await carried(sink.port, ANNA, BORIS, timeout_seconds=0.2)
        assert "was lost" in str(shelf.down)
        assert shelf.log == ["take anna", "back anna"]
        why, blamed = shelf.backs["anna"]
        assert f"127.0.0.1:{sink.port} was lost" in why
        assert blamed
        assert sink.received == []


@pytest.mark.usefixtures("pipelining")
@pytest.mark.parametrize("phase", [Phase.CONTENT, Phase.END])
@pytest.mark.parametrize("how", list(Misbehaviour))
async def test_what_is_lost_after_it_began_is_unknown_and_the_next_one_is_not_to_blame(
    phase: Phase, how: Misbehaviour
) -> None:
    async with Sink(script=only(phase, how)) as sink:
        shelf = await carried(sink.port, ANNA, BORIS, timeout_seconds=0.2)
        outcome = shelf.outcomes["anna"]
        assert isinstance(outcome, Unknown)
        assert outcome.reply is None
        assert outcome.detail.count("lost") == 1
        assert shelf.begun == ["anna"]
        assert "was lost" in str(shelf.down)
        assert all(not blamed for _why, blamed in shelf.backs.values())
        assert len(sink.received) == (phase is Phase.END)


async def test_a_connection_that_ends_before_it_carries_is_down() -> None:
    async with AsyncExitStack() as stack:
        async with Sink() as sink:
            connection = await stack.enter_async_context(a_connection(sink.port))
        await connection._disconnected.wait()
        shelf = Shelf(ANNA)
        with pytest.raises(TransportDown, match="was lost"):
            await connection.carry(shelf)
        assert shelf.log == []


async def test_a_connection_that_ends_while_it_idles_uses_up_nobodys_attempt() -> None:
    shelf = Shelf(ANNA, is_open=True)
    async with AsyncExitStack() as stack:
        async with Sink() as sink:
            connection = await stack.enter_async_context(a_connection(sink.port))
            carrying = asyncio.create_task(connection.carry(shelf))
            await until(lambda: bool(shelf.outcomes))
        with pytest.raises(TransportDown, match="was lost"):
            await carrying
        shelf.add(BORIS)
        await asyncio.sleep(0)
    assert shelf.kinds == {"anna": "Accepted"}
    assert len(shelf.waiting) == 1


async def test_a_relay_that_goes_after_its_greeting_is_down_in_every_case() -> None:
    for says in (CUT, "250 desk.example", "250-desk.example\r\n250 PIPELINING"):
        relay = Relay(says=lambda verb, _nth, says=says: says if verb == "EHLO" else CUT)
        async with listening(relay) as port:
            shelf = await carried(port, ANNA)
            assert shelf.down is not None
            assert shelf.outcomes == {}


async def test_a_connection_that_is_lost_while_it_is_taken_over_is_down() -> None:
    async def says_hello_and_goes(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n250 hello\r\n")
        writer.close()

    async with await asyncio.start_server(says_hello_and_goes, "127.0.0.1", 0) as server:
        for _ in range(20):
            shelf = await carried(server.sockets[0].getsockname()[1], ANNA, timeout_seconds=0.2)
            assert shelf.down is not None
            assert shelf.outcomes == {}


@pytest.mark.usefixtures("pipelining")
async def test_a_connection_that_ends_as_a_copy_begins_is_unknown() -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:

        def cut(_parcel: Parcel) -> bool:
            connection._transport.abort()
            return True

        shelf = Shelf(ANNA, may_begin=cut)
        with pytest.raises(TransportDown, match="was lost"):
            await connection.carry(shelf)
        assert shelf.kinds == {"anna": "Unknown"}
        assert sink.received == []


def fail(*_given: object, **_named: object) -> bool:
    raise RuntimeError("the claim is no longer ours")


@pytest.mark.usefixtures("pipelining")
async def test_what_begin_raises_comes_through_and_nothing_of_the_content_leaves() -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:
        shelf = Shelf(ANNA, may_begin=fail)
        with pytest.raises(RuntimeError, match="no longer ours"):
            await connection.carry(shelf)
        assert shelf.log == ["take anna", "back anna"]
        assert sink.received == []


@pytest.mark.usefixtures("pipelining")
@pytest.mark.parametrize("what", ["take", "end"])
async def test_whatever_the_tray_raises_ends_the_carrying(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:
        shelf = Shelf(is_open=True)
        monkeypatch.setattr(shelf, what, fail)
        if what == "take":
            monkeypatch.setattr(shelf, "take", lambda wake: shelf.wakers.append(wake) if not shelf.waiting else fail())
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: bool(shelf.wakers))
        shelf.add(ANNA)
        with pytest.raises(RuntimeError, match="no longer ours"):
            await carrying


async def test_whatever_the_tray_raises_when_the_connection_is_lost_ends_the_carrying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with listening(Relay(says=lambda verb, _nth: CUT if verb == "MAIL" else None)) as port:
        shelf = Shelf(ANNA)
        monkeypatch.setattr(shelf, "put_back", fail)
        async with a_connection(port) as connection:
            with pytest.raises(RuntimeError, match="no longer ours"):
                await connection.carry(shelf)


@pytest.mark.usefixtures("pipelining")
@pytest.mark.parametrize("phase", [*BEFORE, Phase.END])
async def test_a_cancelled_carrying_closes_the_connection(phase: Phase) -> None:
    reached = asyncio.Event()
    hang = only(phase, Misbehaviour.HANG)

    def script(now: Phase, sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        if now is phase:
            reached.set()
        return hang(now, sender, recipient, nth)

    async with Sink(script=script) as sink:
        shelf = Shelf(ANNA, BORIS)
        carrying = asyncio.create_task(carried(sink.port, shelf=shelf))
        await reached.wait()
        carrying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carrying
        assert shelf.all_put_down()
        assert shelf.kinds["anna"] == ("Unknown" if phase is Phase.END else "back")
        assert all(not blamed for _why, blamed in shelf.backs.values())


async def test_leaving_that_is_cancelled_closes_the_connection_all_the_same() -> None:
    relay = Relay(says=lambda verb, _nth: NOTHING if verb == "QUIT" else None)
    async with listening(relay) as port:
        shelf = Shelf(ANNA)
        leaving = asyncio.create_task(carried(port, shelf=shelf))
        await until(lambda: "QUIT" in relay.commands)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert shelf.kinds == {"anna": "Accepted"}


# --- how long an answer may take ----------------------------------------------------------------------------------------


async def test_a_long_content_may_take_as_long_as_a_slow_line_takes() -> None:
    relay = Relay(says=lambda verb, _nth: NOTHING if verb == "CONTENT" else None)
    async with listening(relay) as port, a_connection(port, timeout_seconds=1000.0) as connection:
        shelf = Shelf(ANNA)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: "CONTENT" in relay.commands)
        connection._waits_since -= 1000  # as if so much time had passed
        connection._judge()
        assert not carrying.done()
        assert shelf.outcomes == {}
        connection._waits_since -= (len(MESSAGE) + 3) / SLOWEST
        connection._judge()
        assert isinstance(shelf.outcomes["anna"], Unknown)
        with pytest.raises(TransportDown, match="no answer within 1e\\+03 seconds"):
            await carrying


async def test_the_time_in_which_we_were_frozen_is_not_the_relay_s() -> None:
    relay = Relay(says=lambda verb, _nth: NOTHING if verb == "CONTENT" else None)
    async with listening(relay) as port, a_connection(port, timeout_seconds=1000.0) as connection:
        shelf = Shelf(ANNA)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: "CONTENT" in relay.commands)
        for clock in ("_waits_since", "_watch_at"):  # as if nothing had run for an hour
            setattr(connection, clock, getattr(connection, clock) - 3600)
        connection._watch()
        connection._judge()
        assert not carrying.done()
        assert shelf.outcomes == {}
        connection._waits_since -= 1001
        connection._judge()
        assert isinstance(shelf.outcomes["anna"], Unknown)
        with pytest.raises(TransportDown):
            await carrying


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_copy_is_not_blamed_when_the_relay_hangs_up_on_a_frozen_client(frozen: bool) -> None:
    relay = Relay(says=lambda verb, _nth: NOTHING if verb == "MAIL" else None)
    async with listening(relay) as port, a_connection(port, timeout_seconds=1000.0) as connection:
        shelf = Shelf(ANNA)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: "MAIL" in relay.commands)
        connection._watch_at -= 3600 * frozen
        connection.eof_received()
        with pytest.raises(TransportDown):
            await carrying
        (_, blamed) = shelf.backs["anna"]
        assert blamed is not frozen


@pytest.mark.parametrize("verb", ["RCPT", "CONTENT"])
async def test_octets_that_trickle_gain_the_relay_no_time(verb: str) -> None:
    relay = Relay(says=lambda command, _nth: NOTHING if command == verb else None, announced=ONE_BY_ONE)
    async with listening(relay) as port, a_connection(port, timeout_seconds=1000.0) as connection:
        shelf = Shelf(ANNA)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: verb in relay.commands)
        for _ in range(11):
            assert not carrying.done()
            connection._waits_since -= 100
            connection.data_received(b"250-2.0.0 still thinking\r\n")
            connection._judge()
        with pytest.raises(TransportDown, match="no answer within 1e\\+03 seconds"):
            await carrying
        assert shelf.kinds == {"anna": "Unknown" if verb == "CONTENT" else "back"}


async def test_the_answer_to_a_content_may_take_longer_than_one_to_a_command() -> None:
    relay = Relay(says=lambda command, _nth: NOTHING if command == "CONTENT" else None)
    timeouts = {"timeout_seconds": 100.0, "final_timeout_seconds": 700.0}
    async with listening(relay) as port, a_connection(port, **timeouts) as connection:
        shelf = Shelf(ANNA)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: "CONTENT" in relay.commands)
        connection._waits_since -= 600
        connection._judge()
        assert not carrying.done()
        connection._waits_since -= 101
        connection._judge()
        with pytest.raises(TransportDown, match="no answer within 700 seconds"):
            await carrying


async def test_no_timer_is_left_behind() -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:
        await connection.carry(Shelf(ANNA))
        assert connection._watcher is not None
        assert connection._watcher.cancelled()


# --- relays that misbehave in ways the sink does not know -----------------------------------------------------------


@pytest.mark.parametrize("announced", [GROUPS, ONE_BY_ONE])
@pytest.mark.parametrize("answer", ["250 Go ahead", "100 Wait", "600 What", "025 Low", "Nonsense"])
async def test_no_answer_to_data_is_no_leave_to_send(answer: str, announced: tuple[str, ...]) -> None:
    relay = Relay(says=lambda verb, _nth: answer if verb == "DATA" else None, announced=announced)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA)
        assert shelf.down is not None
        assert shelf.log == ["take anna", "back anna"]


@pytest.mark.parametrize("announced", [GROUPS, ONE_BY_ONE])
@pytest.mark.parametrize("answer", ["354 Go on", "100 Wait", "Nonsense", "25", "025 Low"])
async def test_no_answer_to_the_content_is_unknown(answer: str, announced: tuple[str, ...]) -> None:
    relay = Relay(says=lambda verb, _nth: answer if verb == "CONTENT" else None, announced=announced)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, timeout_seconds=0.5)
        assert isinstance(shelf.outcomes["anna"], Unknown)
        assert shelf.down is not None


async def test_a_relay_that_cannot_start_anew_after_a_refusal_is_left() -> None:
    async with a_bare_server("220 hello", "250 hello", "250 ok", "550 5.1.1 No", "451 Confused") as port:
        shelf = await carried(port, ANNA, BORIS)
        assert isinstance(shelf.outcomes["anna"], Rejected)
        assert "answered 451 Confused to RSET" in str(shelf.down)
        assert shelf.backs["boris"][1] is False
