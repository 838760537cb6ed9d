"""The three manners of speaking to a relay, told to one that lapses at every position: nothing is lost, nothing doubled."""

import asyncio
from collections.abc import Callable

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.errors import TransportDown
from mailer.gateways.smtp import connection
from mailer.gateways.smtp.transport import SmtpTransport
from tests.gateways.desk import CUT, EVERYTHING, GROUPS, NOTHING, ONE_BY_ONE, Desk, Relay, Says, listening
from tests.gateways.relays import (
    ANNA,
    BORIS,
    CLARA,
    MESSAGE,
    ZOE,
    Letter,
    Shelf,
    carried,
    carried_by,
    settings,
    until,
)

ALL = (ANNA, BORIS, CLARA, ZOE)
NAMES = ["anna", "boris", "clara", "zoë"]
WINDOW = 3
MANNERS = {
    "one-by-one": (*ONE_BY_ONE, "SMTPUTF8"),
    "groups": (*GROUPS, "SMTPUTF8"),
    "chunks": EVERYTHING,
}
manners = pytest.mark.parametrize("manner", MANNERS)
# Every command of four copies in a row, with how often it was given before.
POSITIONS = [(verb, nth) for verb in ("MAIL", "RCPT", "DATA", "CONTENT", "BDAT", "RSET") for nth in range(1, 5)]


@pytest.fixture(autouse=True)
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every relay counts as far away, so that whoever announces CHUNKING is told whole messages."""
    monkeypatch.setattr(connection, "FAR_SECONDS", 0.0)


def at(verb: str, nth: int, answer: str) -> Says:
    return lambda now, count: answer if (now, count) == (verb, nth) else None


def agrees(shelf: Shelf, relay: Relay, *, uncertain: int) -> None:
    """What was put down is what the relay knows, but for so many that are Unknown at most."""
    kinds = shelf.kinds
    assert list(kinds.values()).count("Unknown") <= uncertain
    for name, kind in kinds.items():
        assert kind == "Unknown" or (name in relay.taken) == (kind == "Accepted"), (name, kind, relay.taken)
    assert len(relay.taken) == len(set(relay.taken))


# --- a relay that does as it should -----------------------------------------------------------------------------------


@manners
@pytest.mark.parametrize("octet_by_octet", [False, True])
async def test_every_copy_arrives_in_every_manner_however_its_answers_are_split(
    manner: str, octet_by_octet: bool
) -> None:
    long = Letter(BORIS, MESSAGE * 2000)
    says: Says = lambda verb, _nth: "250-2.0.0 Ok:\r\n250-2.0.0\r\n250 2.0.0 yes" if verb in "MAILRCPT" else None  # noqa: E731
    relay = Relay(says, MANNERS[manner], octet_by_octet=octet_by_octet)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, long, CLARA, ZOE, window=WINDOW)
        assert shelf.kinds == dict.fromkeys(NAMES, "Accepted")
        assert shelf.outcomes["clara"].reply.queue_id == "3"
        assert [message for _name, message in relay.desks[0].taken] == [MESSAGE, long.message, MESSAGE, MESSAGE]
        assert relay.commands.count("BDAT") == (2 if manner == "chunks" else 0)
        assert shelf.down is None
        assert relay.commands[-1] == "QUIT"


async def test_one_by_one_is_one_by_one_even_after_a_refusal() -> None:
    relay = Relay(at("RCPT", 1, "550 5.1.1 No such user"), ONE_BY_ONE)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, BORIS)
        assert shelf.kinds == {"anna": "Rejected", "boris": "Accepted"}
    whole = b"".join(group for group in relay.groups if group.endswith(b"\r\n"))
    assert b"RSET\r\nMAIL" in whole
    assert all(group.count(b"\r\n") == 1 for group in relay.groups if MESSAGE not in group)


@pytest.mark.parametrize(("window", "far_seconds"), [(1, 0.0), (WINDOW, 1e9)], ids=["window of one", "near"])
async def test_a_near_relay_or_a_window_of_one_gets_no_chunks(
    monkeypatch: pytest.MonkeyPatch, window: int, far_seconds: float
) -> None:
    monkeypatch.setattr(connection, "FAR_SECONDS", far_seconds)
    relay = Relay()
    async with listening(relay) as port:
        await carried(port, *ALL, window=window)
        assert relay.commands.count("DATA") == 4


# --- refusals ---------------------------------------------------------------------------------------------------------


@manners
@pytest.mark.parametrize(("verb", "nth"), [position for position in POSITIONS if position[0] != "RSET"])
@pytest.mark.parametrize("answer", ["450 4.2.1 Later", "550 5.1.1 No"])
async def test_a_refusal_at_any_position_is_of_its_own_copy_alone(
    manner: str, verb: str, nth: int, answer: str
) -> None:
    relay = Relay(
        at(verb, nth, "552 5.3.4 Too big" if verb == "MAIL" and answer[0] == "5" else answer), MANNERS[manner]
    )
    async with listening(relay) as port:
        shelf = await carried(port, *ALL, window=WINDOW)
        agrees(shelf, relay, uncertain=0)
        assert list(shelf.kinds) == NAMES
        assert len(relay.taken) == 4 - (len(relay.commands) > 0 and relay.commands.count(verb) >= nth)
        assert shelf.down is None


@manners
async def test_a_relay_that_will_not_work_for_us_leaves_nothing_in_doubt(manner: str) -> None:
    relay = Relay(
        lambda verb, nth: "550 5.7.1 Enough for today" if verb == "MAIL" and nth > 1 else None, MANNERS[manner]
    )
    async with listening(relay) as port:
        shelf = await carried(port, *ALL, window=WINDOW)
        agrees(shelf, relay, uncertain=0)
        assert shelf.kinds["anna"] == "Accepted"
        assert [shelf.kinds[name] for name in NAMES[1:]] == ["Rejected"] * 3
        assert {shelf.outcomes[name].phase for name in NAMES[1:]} == {Phase.MAIL}
        assert relay.commands[-1] == "QUIT"


async def test_a_data_let_in_without_a_recipient_is_ended_by_a_lone_dot_and_a_reset() -> None:
    lets_in = {("RCPT", 1): "550 5.1.1 No such user", ("DATA", 1): "354 Go on"}
    relay = Relay(lambda verb, nth: lets_in.get((verb, nth)), GROUPS)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, BORIS)
        assert shelf.kinds == {"anna": "Rejected", "boris": "Accepted"}
        assert (shelf.begun, relay.taken) == (["boris"], ["boris"])
        assert relay.commands[1:7] == ["MAIL", "RCPT", "DATA", "CONTENT", "RSET", "MAIL"]


@pytest.mark.parametrize("which", NAMES)
@manners
async def test_a_copy_that_may_not_begin_is_not_with_the_relay(manner: str, which: str) -> None:
    relay = Relay(announced=MANNERS[manner])
    async with listening(relay) as port:
        shelf = Shelf(*ALL, may_begin=lambda parcel: not parcel.envelope.recipient.startswith(which))
        await carried(port, shelf=shelf, window=WINDOW)
        agrees(shelf, relay, uncertain=0)
        assert relay.taken == NAMES[: NAMES.index(which)]
        assert shelf.down is None


# --- the service closes, the connection is lost -----------------------------------------------------------------------


@manners
@pytest.mark.parametrize(("verb", "nth"), POSITIONS)
@pytest.mark.parametrize("lapse", ["421 4.7.0 Too much", CUT])
async def test_the_end_at_any_position_leaves_no_more_in_doubt_than_was_under_way(
    manner: str, verb: str, nth: int, lapse: str
) -> None:
    plan = {(verb, nth): lapse} | ({("RCPT", 1): "550 5.1.1 No"} if verb == "RSET" else {})
    relay = Relay(lambda now, count: plan.get((now, count)), MANNERS[manner])
    async with listening(relay) as port:
        transport = SmtpTransport(settings(port, window=WINDOW))
        shelf = await carried_by(transport, *ALL)
        reached = relay.commands.count(verb) >= nth
        # With 421, whatever was begun behind it has no answer; what was in no doubt before stays so.
        doubt = {"one-by-one": lapse == CUT, "groups": lapse == CUT, "chunks": WINDOW}[manner]
        agrees(shelf, relay, uncertain=doubt if reached else 0)
        assert (shelf.down is not None) == reached
        if lapse != CUT:
            assert all(not blamed for _why, blamed in shelf.backs.values())
        # It was no lapse of form: the manner stays.
        grouped, relay.says = len(relay.groups), lambda _verb, _nth: None
        await carried_by(transport, ANNA)
        assert (manner == "one-by-one") == (b"RCPT" not in relay.groups[grouped + 1])


async def test_a_copy_refused_before_the_connection_was_lost_is_not_asked_for_again() -> None:
    plan = {("RCPT", 1): "550 5.1.1 No such user", ("DATA", 1): CUT}
    relay = Relay(lambda verb, nth: plan.get((verb, nth)), GROUPS)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, BORIS)
        assert shelf.kinds == {"anna": "Rejected"}


# --- answers out of shape ---------------------------------------------------------------------------------------------


TWICE, LETS_IN = "250 2.0.0 Ok\r\n250 2.0.0 Ok", "354 Go on\r\n354 Go on"
OUT_OF_SHAPE = [
    *((verb, lapse) for verb in ("MAIL", "RCPT", "CONTENT") for lapse in (TWICE, LETS_IN, NOTHING, "Nonsense")),
    *(("DATA", lapse) for lapse in (TWICE, LETS_IN, "Nonsense")),
]


@pytest.mark.parametrize(("manner", "nth"), [("groups", 1), ("groups", 2), ("chunks", 1), ("chunks", 2)])
@pytest.mark.parametrize(("verb", "lapse"), OUT_OF_SHAPE)
async def test_after_answers_out_of_shape_the_next_connection_speaks_one_by_one(
    manner: str, nth: int, verb: str, lapse: str
) -> None:
    relay = Relay(at(verb, nth, lapse), MANNERS[manner])
    async with listening(relay) as port:
        transport = SmtpTransport(settings(port, window=WINDOW, timeout_seconds=0.5))
        shelf = await carried_by(transport, *ALL)
        agrees(shelf, relay, uncertain=1 if manner == "groups" else WINDOW)
        assert shelf.down is not None
        if nth == 2 and verb != "CONTENT":  # what was said to be the answer to the copy before
            assert shelf.kinds["anna"] == ("Accepted" if (verb, lapse) == ("DATA", LETS_IN) else "Unknown")
        if (manner, nth, verb, lapse) == ("chunks", 2, "CONTENT", NOTHING):
            return  # from the second content on, one answer too few shows only at the end, and as a lost one
        grouped, relay.says = len(relay.groups), lambda _verb, _nth: None
        again = await carried_by(transport, ANNA, BORIS)
        assert again.kinds == {"anna": "Accepted", "boris": "Accepted"}
        assert all(group.count(b"\r\n") == 1 for group in relay.groups[grouped:] if MESSAGE not in group)


@manners
@pytest.mark.parametrize(("greeting", "lapse"), [("220 hello", "250 2.1.5 Ok\r\n250 2.0.0 One too many")])
async def test_one_answer_too_many_before_the_content_begins_nothing(manner: str, greeting: str, lapse: str) -> None:
    relay = Relay(at("RCPT", 1, lapse), MANNERS[manner], greeting=greeting)
    async with listening(relay) as port:
        shelf = await carried(port, ANNA)
        assert (shelf.begun, relay.taken) == ([], [])
        assert "no valid reply" in str(shelf.down) or "an unexpected reply" in str(shelf.down)


@manners
@pytest.mark.parametrize("lapse", ["250 2.0.0 Ok, I have it", "421 4.3.2 Enough"])
async def test_what_came_before_the_content_left_is_no_answer_to_it(manner: str, lapse: str) -> None:
    relay = Relay(at("DATA", 1, f"354 Go on\r\n{lapse}"), MANNERS[manner])
    async with listening(relay) as port:
        shelf = await carried(port, ANNA, BORIS)
        assert shelf.kinds == {"anna": "Unknown"}
        assert lapse in str(shelf.down)
        assert relay.taken == []


@pytest.mark.parametrize("lapse", ["421 4.4.2 Idle for too long", "250 2.0.0 Hm?"])
async def test_what_is_said_while_nothing_was_asked_ends_the_connection(lapse: str) -> None:
    writers: list[Callable[[bytes], None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk = Desk(announced=GROUPS)
        writers.append(writer.write)
        writer.write(b"220 hello\r\n")
        while data := await reader.read(1 << 20):
            writer.write(desk.receive(data))
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        transport = SmtpTransport(settings(server.sockets[0].getsockname()[1]))
        shelf = Shelf(ANNA, is_open=True)
        carrying = asyncio.create_task(carried_by(transport, shelf=shelf))
        await until(lambda: bool(shelf.outcomes) and bool(shelf.wakers))
        writers[0](lapse.encode() + b"\r\n")
        await carrying
        assert shelf.kinds == {"anna": "Accepted"}
        assert lapse in str(shelf.down)
        # Before a connection carries, the same is its end, and is told to whoever wants it to carry.
        async with transport.connect() as connection:
            writers[1](lapse.encode() + b"\r\n")
            await until(connection._transport.is_closing)
            shelf = Shelf(ANNA)
            with pytest.raises(TransportDown, match=lapse[:8]):
                await connection.carry(shelf)
            assert shelf.log == []
