"""Messages over real SMTP on loopback: every way in which a relay can take, put off, refuse or lose one."""

import asyncio

import pytest

from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Message
from tests.gateways.desk import GROUPS, ONE_BY_ONE, Relay, listening
from tests.gateways.relays import (
    ANNA,
    BEFORE,
    BORIS,
    CLARA,
    MESSAGE,
    SENDER,
    ZOE,
    Letter,
    Shelf,
    a_connection,
    carried,
    only,
    until,
)
from tests.scripted_relay import Phase, Received, Script, Sink


@pytest.fixture(params=[True, False], ids=["groups", "one-by-one"], autouse=True)
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Every story is told twice: to a relay that takes commands in groups, and to one that takes them one by one."""
    monkeypatch.setitem(Sink.__init__.__kwdefaults__, "pipelining", request.param)
    return request.param


# --- what is taken --------------------------------------------------------------------------------------------------


async def test_a_message_arrives_whole_and_the_outcome_has_the_relays_own_number() -> None:
    async with Sink() as sink:
        shelf = await carried(sink.port, ANNA)
        assert shelf.outcomes["anna"] == Accepted(
            reply=Reply(code=250, status="2.0.0", text="Ok: queued as 0001", queue_id="0001"), tls_version=""
        )
        assert shelf.log == ["take anna", "begin anna", "end anna"]
        assert sink.received == [Received(sender=SENDER.wire, recipient=ANNA.wire, message=MESSAGE)]


async def test_one_connection_serves_many_messages() -> None:
    async with Sink() as sink:
        many = [Letter(ANNA) for _ in range(20)]
        shelf = await carried(sink.port, *many)
        assert shelf.log.count("end anna") == 20
        assert shelf.down is None
        assert (len(sink.received), sink.connections) == (20, 1)


async def test_a_connection_carries_no_more_than_it_may() -> None:
    async with Sink() as sink:
        shelf = await carried(sink.port, ANNA, BORIS, CLARA, messages_per_connection=2)
        assert (list(shelf.outcomes), len(shelf.waiting)) == (["anna", "boris"], 1)


async def test_long_lines_and_empty_lines_arrive_as_they_were() -> None:
    message = Message(b"\r\n\r\n" + b"y" * 5000 + b"\r\n\r\n")

    async with Sink() as sink:
        await carried(sink.port, Letter(ANNA, message))
        assert sink.received[0].message == message


async def test_eight_bit_octets_arrive() -> None:
    message = Message("To: zoë@members.example\r\n\r\nИюль\r\n".encode())

    async with Sink() as sink:
        assert (await carried(sink.port, Letter(ZOE, message))).kinds == {"zoë": "Accepted"}
        assert sink.received[0].message == message


async def test_what_comes_later_is_carried_by_the_same_connection(pipelining: bool) -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:
        shelf = Shelf(is_open=True)
        carrying = asyncio.create_task(connection.carry(shelf))
        for count, name in enumerate((ANNA, BORIS, CLARA), start=1):
            await until(lambda count=count: bool(shelf.wakers) and len(shelf.outcomes) == count - 1)
            assert len(shelf.wakers) == 1  # however often it found nothing, it is woken once
            shelf.add(name)
        shelf.close()
        await carrying
        assert shelf.kinds == dict.fromkeys(["anna", "boris", "clara"], "Accepted")
        assert sink.connections == 1


async def test_a_tray_that_closes_ends_the_carrying_of_a_connection_that_idles_and_later_wakes_do_nothing() -> None:
    async with Sink() as sink, a_connection(sink.port) as connection:
        shelf = Shelf(is_open=True)
        carrying = asyncio.create_task(connection.carry(shelf))
        await until(lambda: bool(shelf.wakers))
        late = shelf.wakers[0]
        shelf.close()
        await carrying
        shelf.waiting.append(Letter(ANNA))
        late()
        await asyncio.sleep(0)
        assert shelf.log == []
    late()
    await asyncio.sleep(0)
    assert shelf.log == []


# --- what is refused or put off -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        *((phase, "451 4.7.1 Greylisted", Deferred) for phase in BEFORE),
        (Phase.MAIL, "552 5.3.4 Message too big", Rejected),
        (Phase.RCPT, "550 5.1.1 No such user", Rejected),
        (Phase.RCPT, "550 5.7.1 host mx.example said: relay access denied", Rejected),
        (Phase.DATA, "554 5.5.1 No valid recipients", Rejected),
    ],
)
async def test_a_refusal_before_the_content_begins_nothing_and_the_connection_goes_on(
    phase: Phase, answer: str, kind: type[Outcome]
) -> None:
    async with Sink(script=only(phase, answer)) as sink:
        shelf = await carried(sink.port, ANNA, BORIS)
        outcome = shelf.outcomes["anna"]
        assert type(outcome) is kind
        assert outcome.reply is not None
        assert f"{outcome.reply.code} {outcome.reply.status} {outcome.reply.text}" == answer
        assert "refused" in outcome.detail
        assert isinstance(shelf.outcomes["boris"], Accepted)
        assert shelf.begun == ["boris"]
        assert [received.recipient for received in sink.received] == [BORIS.wire]
        assert sink.connections == 1


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        (Phase.MAIL, "550 5.7.60 Client is not allowed to send as this sender"),
        (Phase.RCPT, "554 5.7.1 <anna@example.org>: Relay access denied"),
        (Phase.RCPT, "550 5.7.54 Unable to relay recipient in non-accepted domain"),
    ],
)
async def test_a_refusal_of_ourselves_says_to_what_it_was_the_reply(phase: Phase, answer: str) -> None:
    async with Sink(script=only(phase, answer)) as sink:
        shelf = await carried(sink.port, ANNA, BORIS)
        outcome = shelf.outcomes["anna"]
        assert isinstance(outcome, Rejected)
        assert (outcome.phase.value, f"{outcome.reply.code} {outcome.reply.status} {outcome.reply.text}") == (
            phase.value,
            answer,
        )
        assert isinstance(shelf.outcomes["boris"], Accepted)


@pytest.mark.parametrize(("answer", "kind"), [("452 4.3.1 Full", Deferred), ("554 5.7.1 Spam", Rejected)])
async def test_a_refusal_of_the_content_had_begun_and_the_connection_goes_on(answer: str, kind: type[Outcome]) -> None:
    async with Sink(script=only(Phase.END, answer)) as sink:
        shelf = await carried(sink.port, ANNA, BORIS)
        assert type(shelf.outcomes["anna"]) is kind
        assert isinstance(shelf.outcomes["boris"], Accepted)
        assert shelf.begun == ["anna", "boris"]
        assert [received.recipient for received in sink.received] == [BORIS.wire]


@pytest.mark.parametrize("phase", BEFORE)
async def test_a_relay_that_ends_the_session_says_so_and_uses_up_no_attempt(phase: Phase) -> None:
    answer = "421 4.3.2 Shutting down"
    async with Sink(script=only(phase, answer)) as sink, a_connection(sink.port) as connection:
        shelf = Shelf(ANNA, BORIS)
        with pytest.raises(TransportDown, match=answer[:3]) as raised:
            await connection.carry(shelf)
        assert (raised.value.phase.value, raised.value.reply.code) == (phase.value, 421)
        with pytest.raises(TransportDown, match=answer[:3]):
            await connection.carry(shelf)
        assert (shelf.log, sink.received) == (["take anna", "back anna"], [])
        assert shelf.backs["anna"][1] is False


async def test_421_to_the_content_is_an_answer_and_the_end_of_the_connection() -> None:
    async with Sink(script=only(Phase.END, "421 4.3.2 Shutting down")) as sink:
        shelf = await carried(sink.port, ANNA, BORIS)
        assert isinstance(shelf.outcomes["anna"], Deferred)
        assert "421 4.3.2 Shutting down to the content" in str(shelf.down)
        assert list(shelf.outcomes) == ["anna"]
        assert all(not blamed for _why, blamed in shelf.backs.values())


# --- addresses and content that want more of the relay ----------------------------------------------------------------


async def test_an_address_with_other_letters_is_sent_where_smtputf8_is_announced() -> None:
    async with Sink(smtputf8=True) as sink:
        assert (await carried(sink.port, ZOE)).kinds == {"zoë": "Accepted"}
        assert sink.received[0].recipient == ZOE.wire


async def test_an_address_with_other_letters_is_rejected_where_it_is_not_and_the_relay_is_not_asked() -> None:
    asked: list[Phase] = []
    script: Script = lambda phase, _sender, _recipient, _nth: asked.append(phase)  # noqa: E731
    async with Sink(smtputf8=False, script=script) as sink:
        shelf = await carried(sink.port, ZOE)
        outcome = shelf.outcomes["zoë"]
        assert isinstance(outcome, Rejected)
        assert outcome.reply is not None
        assert (outcome.reply.code, outcome.reply.status) == (553, "5.6.7")
        assert outcome.reply.text == "the relay does not announce SMTPUTF8, needed for this address"
        assert (asked, shelf.begun) == ([Phase.CONNECT, Phase.HELLO], [])
        assert (await carried(sink.port, ZOE, ANNA)).kinds == {"zoë": "Rejected", "anna": "Accepted"}


async def test_an_address_with_other_letters_is_rejected_where_eight_bits_are_not_announced() -> None:
    async with listening(Relay(announced=("SMTPUTF8",))) as port:
        shelf = await carried(port, ZOE, ANNA)
        assert shelf.kinds == {"zoë": "Rejected", "anna": "Accepted"}
        assert "does not announce 8BITMIME" in shelf.outcomes["zoë"].reply.text


# --- what may not begin -----------------------------------------------------------------------------------------------


async def test_a_copy_that_may_not_begin_leaves_nothing_with_the_relay_and_the_others_are_not_touched(
    pipelining: bool,
) -> None:
    relay = Relay(announced=GROUPS if pipelining else ONE_BY_ONE)
    async with listening(relay) as port:
        shelf = Shelf(ANNA, BORIS, CLARA, may_begin=lambda parcel: parcel.envelope.recipient != BORIS.wire)
        await carried(port, shelf=shelf)
        assert shelf.kinds == {"anna": "Accepted"}
        assert shelf.log[-1] == "withhold boris"
        assert shelf.down is None
        assert (relay.taken, len(shelf.waiting)) == (["anna"], 1)
