"""Messages over real SMTP on loopback: every way in which a relay can take, put off, refuse or lose one."""

import asyncio

import pytest

from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply
from mailer.domain.errors import TransportDown
from mailer.gateways.sink import Phase, Received, Script, Sink
from mailer.gateways.smtp import SmtpTransport
from tests.gateways.relays import (
    ANNA,
    BEFORE,
    BORIS,
    MESSAGE,
    SENDER,
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


# --- what is taken --------------------------------------------------------------------------------------------------


def test_a_message_arrives_whole_and_the_outcome_has_the_relays_own_number() -> None:
    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            marks = Marks()
            outcome = await connection.send(to(ANNA), MESSAGE, marks)
            assert outcome == Accepted(
                reply=Reply(code=250, status="2.0.0", text="Ok: queued as 0001", queue_id="0001"), tls_version=""
            )
            assert marks.made == 1
            assert sink.received == [Received(sender=SENDER.wire, recipient=ANNA.wire, message=MESSAGE)]

    run(story())


def test_one_connection_serves_many_messages() -> None:
    async def story() -> None:
        async with Sink() as sink:
            async with a_connection(sink) as connection:
                for _ in range(20):
                    assert isinstance(await connection.send(to(ANNA), MESSAGE, nothing), Accepted)
                assert connection.usable
            assert not connection.usable
            assert (len(sink.received), sink.connections) == (20, 1)

    run(story())


def test_dots_long_lines_and_empty_lines_arrive_as_they_were() -> None:
    message = b".\r\n..\r\n.x\r\n\r\n" + b"y" * 5000 + b"\r\n.\r\n"

    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            await connection.send(to(ANNA), message, nothing)
            assert sink.received[0].message == message

    run(story())


def test_eight_bit_octets_are_announced_and_arrive() -> None:
    message = "Subject: x\r\n\r\nИюль\r\n".encode()

    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            assert isinstance(await connection.send(to(ANNA), message, nothing), Accepted)
            assert sink.received[0].message == message

    run(story())


@pytest.mark.parametrize("message", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n", b"no end", b""])
def test_a_bare_line_feed_never_leaves(message: bytes) -> None:
    async def story() -> None:
        async with Sink() as sink, a_connection(sink) as connection:
            with pytest.raises(ValueError, match="CRLF"):
                await connection.send(to(ANNA), message, nothing)
            assert isinstance(await connection.send(to(ANNA), MESSAGE, nothing), Accepted)
            assert len(sink.received) == 1

    run(story())


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
def test_a_refusal_before_the_content_leaves_no_mark_and_the_connection_goes_on(
    phase: Phase, answer: str, kind: type[Outcome]
) -> None:
    async def story() -> None:
        async with Sink(script=only(phase, answer)) as sink, a_connection(sink) as connection:
            marks = Marks()
            outcome = await connection.send(to(ANNA), MESSAGE, marks)
            assert type(outcome) is kind
            assert outcome.reply is not None
            assert f"{outcome.reply.code} {outcome.reply.status} {outcome.reply.text}" == answer
            assert "refused" in outcome.detail
            assert (marks.made, sink.received) == (0, [])
            assert isinstance(await connection.send(to(BORIS), MESSAGE, marks), Accepted)
            assert [received.recipient for received in sink.received] == [BORIS.wire]
            assert sink.connections == 1

    run(story())


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        (Phase.MAIL, "550 5.7.60 Client is not allowed to send as this sender"),
        (Phase.RCPT, "554 5.7.1 <anna@example.org>: Relay access denied"),
        (Phase.RCPT, "550 5.7.54 Unable to relay recipient in non-accepted domain"),
    ],
)
def test_a_refusal_of_ourselves_is_no_members_fault(phase: Phase, answer: str) -> None:
    async def story() -> None:
        async with Sink(script=only(phase, answer)) as sink, a_connection(sink) as connection:
            marks = Marks()
            with pytest.raises(TransportDown, match="refuses to work for us"):
                await connection.send(to(ANNA), MESSAGE, marks)
            assert (marks.made, sink.received) == (0, [])

    run(story())


@pytest.mark.parametrize(("answer", "kind"), [("452 4.3.1 Full", Deferred), ("554 5.7.1 Spam", Rejected)])
def test_a_refusal_of_the_content_is_marked_and_the_connection_goes_on(answer: str, kind: type[Outcome]) -> None:
    async def story() -> None:
        async with Sink(script=only(Phase.END, answer)) as sink, a_connection(sink) as connection:
            marks = Marks()
            assert type(await connection.send(to(ANNA), MESSAGE, marks)) is kind
            assert (marks.made, sink.received) == (1, [])
            assert isinstance(await connection.send(to(BORIS), MESSAGE, nothing), Accepted)

    run(story())


@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("answer", ["421 4.3.2 Shutting down", "530 5.7.0 Authentication required"])
def test_what_concerns_our_standing_with_the_relay_uses_up_nobodys_attempt(phase: Phase, answer: str) -> None:
    async def story() -> None:
        async with Sink(script=only(phase, answer)) as sink, a_connection(sink) as connection:
            marks = Marks()
            with pytest.raises(TransportDown, match=answer[:3]):
                await connection.send(to(ANNA), MESSAGE, marks)
            assert not connection.usable
            assert (marks.made, sink.received) == (0, [])

    run(story())


def test_421_to_the_content_is_an_answer_and_the_end_of_the_connection() -> None:
    async def story() -> None:
        async with Sink(script=only(Phase.END, "421 4.3.2 Shutting down")) as sink, a_connection(sink) as connection:
            assert isinstance(await connection.send(to(ANNA), MESSAGE, nothing), Deferred)
            assert not connection.usable
            with pytest.raises(TransportDown):
                await connection.send(to(BORIS), MESSAGE, nothing)

    run(story())


# --- addresses and content that want more of the relay ----------------------------------------------------------------


def test_an_address_with_other_letters_is_sent_where_smtputf8_is_announced() -> None:
    async def story() -> None:
        async with Sink(smtputf8=True) as sink, a_connection(sink) as connection:
            assert isinstance(await connection.send(to(ZOE), MESSAGE, nothing), Accepted)
            assert sink.received[0].recipient == ZOE.wire

    run(story())


def test_an_address_with_other_letters_is_rejected_where_it_is_not_and_the_relay_is_not_asked() -> None:
    async def story() -> None:
        asked: list[Phase] = []
        script: Script = lambda phase, _sender, _recipient, _nth: asked.append(phase)  # noqa: E731
        async with Sink(smtputf8=False, script=script) as sink, a_connection(sink) as connection:
            marks = Marks()
            outcome = await connection.send(to(ZOE), MESSAGE, marks)
            assert isinstance(outcome, Rejected)
            assert outcome.reply is not None
            assert (outcome.reply.code, outcome.reply.status) == (553, "5.6.7")
            assert outcome.reply.text == "the relay does not announce SMTPUTF8, needed for this address"
            assert (asked, marks.made) == ([], 0)
            assert isinstance(await connection.send(to(ANNA), MESSAGE, nothing), Accepted)

    run(story())


def test_eight_bit_octets_are_rejected_where_they_are_not_announced() -> None:
    async def story() -> None:
        async with (
            a_bare_server("220 hello", "250 hello") as port,
            SmtpTransport(settings(port, timeout_seconds=0.2)).connect() as connection,
        ):
            outcome = await connection.send(to(ANNA), "x\r\n\r\nИюль\r\n".encode(), nothing)
            assert isinstance(outcome, Rejected)
            assert outcome.reply is not None
            assert (outcome.reply.code, outcome.reply.status) == (554, "5.6.3")

    run(story())
