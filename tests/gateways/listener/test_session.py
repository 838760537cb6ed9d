"""A session keeps every octet, gives each report its own reply, and survives whatever a client sends."""

import asyncio
import logging

import pytest

from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import MailerError
from mailer.domain.ports import BIGGEST_MAIL
from mailer.gateways.listener import session
from tests.gateways.listener.listening import ANNA, BORIS, NULL_PATH, REPORT, a_client, a_listener, deliver


async def test_a_report_is_answered_for_once_it_is_kept():
    async with a_listener() as (desk, listener):
        assert await deliver(listener) == ({}, "2.0.0 Report stored")
    assert desk.reports == [RawReport(content=NULL_PATH + REPORT, recipient=ANNA, way=Way.LISTENER)]


@pytest.mark.parametrize("sender", [b"", b"anna@reader.example", "аня@пример.рф".encode(), b"a\xffb@reader.example"])
async def test_the_sender_of_the_envelope_is_kept(sender: bytes):
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.send("EHLO mx.example", b"MAIL FROM:<" + sender + b"> SMTPUTF8", f"RCPT TO:<{ANNA}>", "DATA")
        assert (await client.send(REPORT + b".")).startswith("250")
    assert [report.content for report in desk.reports] == [b"Return-Path: <" + sender + b">\r\n" + REPORT]


async def test_it_says_what_it_can_and_tells_nothing_about_addresses():
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        assert client.greeting.startswith("220 ")
        reply = await client.send("EHLO mx.example")
        assert [line[4:] for line in reply.splitlines()[1:]] == [
            "PIPELINING",
            f"SIZE {BIGGEST_MAIL}",
            "8BITMIME",
            "SMTPUTF8",
            "HELP",
        ]
        assert await client.send(f"VRFY {ANNA}") == await client.send("VRFY nobody") == await client.send("VRFY")
        assert (await client.send(f"EXPN {ANNA}")).startswith("502")
        assert (await client.send("AUTH PLAIN AGEAYg==")).startswith("502")
        assert (await client.send("STARTTLS")).startswith("454")
        assert (await client.send("DATA")).startswith("503")
        assert (await client.send("MAIL FROM:<>", f"RCPT TO:<{ANNA}>", "DATA now")).startswith("501")
        assert (await client.send("RSET", "QUIT")).startswith("221")
    assert desk.reports == []


@pytest.mark.parametrize(
    "recipient", [b"nobody@bounces.club.example", b"b-\xff@bounces.club.example", "b-\u202eanna@x.example".encode()]
)
async def test_an_unknown_recipient_is_refused_and_another_may_follow(recipient: bytes):
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        reply = await client.send("EHLO mx.example", "MAIL FROM:<> SMTPUTF8", b"RCPT TO:<" + recipient + b">")
        assert reply == "550 5.1.1 No such address here"
        assert (await client.send("DATA")).startswith("503")
        assert (await client.send(f"RCPT TO:<{ANNA}>")).startswith("250")
    assert desk.reports == []


@pytest.mark.parametrize("line", [b"RCPT TO:<", b"MAIL FROM:<", b"RCPT TO:<b-\x00@x>", b"\xff\xfe", b"x" * 200_000])
async def test_what_cannot_be_understood_is_said_to_be_so(line: bytes):
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.send("EHLO mx.example")
        if not line.startswith(b"MAIL"):
            await client.send("MAIL FROM:<>")
        reply = await client.send(line)
        assert reply.startswith("5")
        assert "Error)" not in reply
        await client.send("RSET")
        assert (await client.start_data()).startswith("354")
        assert await client.send(b"x\r\n.") == "250 2.0.0 Report stored"
    assert len(desk.reports) == 1


async def test_each_recipient_has_a_transaction_of_its_own():
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.send("EHLO mx.example", "MAIL FROM:<>", f"RCPT TO:<{ANNA}>")
        assert (await client.send(f"RCPT TO:<{BORIS}>")).startswith("452 4.5.3 ")
        await client.send("DATA")
        assert (await client.send(b"1\r\n.")).startswith("250")
        await client.send("MAIL FROM:<>", f"RCPT TO:<{BORIS}>", "DATA")
        assert (await client.send(b"2\r\n.")).startswith("250")
    assert [(report.recipient, report.content.removeprefix(NULL_PATH)) for report in desk.reports] == [
        (ANNA, b"1\r\n"),
        (BORIS, b"2\r\n"),
    ]


async def test_commands_may_come_in_groups():
    async with a_listener() as (desk, listener):
        async with a_client(listener.port) as client:
            group = f"MAIL FROM:<>\r\nRCPT TO:<nobody@x.example>\r\nRCPT TO:<{ANNA}>\r\nDATA\r\n".encode()
            client.writer.write(b"EHLO mx.example\r\n" + (group + REPORT + b".\r\n") * 2 + b"QUIT\r\n")
            replies = (await client.reader.read()).decode().splitlines()
        codes = [line[:3] for line in replies if line[3] == " "]
        assert codes == ["250", *["250", "550", "250", "354", "250"] * 2, "221"]
    assert [report.content for report in desk.reports] == [NULL_PATH + REPORT] * 2


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"..dot\r\n...\r\n.x\r\n", b".dot\r\n..\r\nx\r\n"),
        (b"bare\nLF\n.\nand\rCR\r.\rNUL\x00\xff\r\n", b"bare\nLF\n.\nand\rCR\r.\rNUL\x00\xff\r\n"),
        (b"x" * 5_000 + b"\r\n", b"x" * 5_000 + b"\r\n"),
        (b".." + b"y" * 200_000 + b"\r\n.z\r\n", b"." + b"y" * 200_000 + b"\r\nz\r\n"),
        (b"", b""),
        (b"\r\n\n.\r\n..\r\n", b"\r\n\n.\r\n.\r\n"),
    ],
    ids=["dots", "bare", "long", "longer", "empty", "smuggled"],
)
async def test_every_octet_is_kept(sent: bytes, kept: bytes):
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.start_data()
        assert (await client.send(sent + b".")).startswith("250")
    assert [report.content for report in desk.reports] == [NULL_PATH + kept]


@pytest.mark.parametrize("split", range(65_530, 65_540))
async def test_a_line_may_end_wherever_the_reading_does(split: int):
    content = b"." * (split - 1) + b"\r\n.\r\n".replace(b".", b"..")
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.start_data()
        assert (await client.send(b"." + content + b".")).startswith("250")
    assert desk.reports[0].content == NULL_PATH + b"." * (split - 1) + b"\r\n.\r\n"


async def test_what_is_too_big_is_refused_whether_it_says_so_or_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "BIGGEST_MAIL", 100_000)
    held = []
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        assert (await client.send("EHLO mx.example", "MAIL FROM:<> SIZE=100001")).startswith("552")
        assert (await client.send("MAIL FROM:<> SIZE=100000")).startswith("250")
        for content in (b"x" * 99_998 + b"\r\n" + b"y\r\n", b"x" * 5_000_000 + b"\r\n", b"short\r\n" * 100_000):
            await client.send(f"RCPT TO:<{ANNA}>", "DATA")
            assert (await client.send(content + b".")).startswith("552 5.3.4 ")
            held.append(listener._handler.buffered)
            await client.send("MAIL FROM:<>")
        await client.send(f"RCPT TO:<{ANNA}>", "DATA")
        assert (await client.send(b"x" * 99_998 + b"\r\n.")).startswith("250")
    assert [len(report.content) for report in desk.reports] == [len(NULL_PATH) + 100_000]
    assert held == [0, 0, 0]


async def test_all_together_hold_no_more_than_they_may(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "MAX_BUFFERED", 100)
    async with (
        a_listener() as (desk, listener),
        a_client(listener.port) as first,
        a_client(listener.port) as second,
    ):
        desk.gate = asyncio.Event()
        await first.start_data()
        first.writer.write(b"x" * 88 + b"\r\n.\r\n")
        await desk.taking.wait()
        await second.start_data()
        assert (await second.send(b"y" * 20 + b"\r\n.")).startswith("452 4.3.1 ")
        desk.gate.set()
        assert (await first.reply()).startswith("250")
        await second.send("MAIL FROM:<>", f"RCPT TO:<{ANNA}>", "DATA")
        assert (await second.send(b"y" * 20 + b"\r\n.")).startswith("250")
    assert len(desk.reports) == 2


@pytest.mark.parametrize(
    ("error", "shown"),
    [(MailerError("the database is locked"), "the database is locked"), (ValueError(f"{ANNA} again"), "ValueError")],
)
async def test_whatever_fails_here_the_client_is_to_come_again(
    error: Exception, shown: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, "mailer")
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        desk.take_error = error
        await client.start_data()
        assert (await client.send(b"x\r\n.")).startswith("451 4.3.0 ")
        desk.admit_error = error
        assert (await client.send("MAIL FROM:<>", f"RCPT TO:<{ANNA}>")).startswith("451 4.3.0 ")
        desk.take_error = desk.admit_error = None
        await client.send(f"RCPT TO:<{ANNA}>", "DATA")
        assert (await client.send(b"x\r\n.")).startswith("250")
    assert len(desk.reports) == 1
    assert caplog.text.count(shown) == 2
    assert "anna" not in caplog.text


async def test_no_address_is_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    async with a_listener() as (_desk, listener):
        await deliver(listener)
    assert "example" not in caplog.text


@pytest.mark.parametrize("end", ["close", "abort"])
@pytest.mark.parametrize("sent", [b"Subject: x\r\n", b"Subject: x\r\n.\r", b"x" * 100_000])
async def test_a_content_that_breaks_off_is_not_taken(sent: bytes, end: str):
    async with a_listener() as (desk, listener):
        async with a_client(listener.port) as client:
            await client.start_data()
            client.writer.write(sent)
            await client.writer.drain()
            client.writer.close() if end == "close" else client.writer.transport.abort()
        await deliver(listener, recipient=BORIS)
        assert listener._handler.buffered == 0
    assert [report.recipient for report in desk.reports] == [BORIS]


async def test_what_came_whole_is_taken_though_its_client_does_not_wait():
    async with a_listener() as (desk, listener):
        desk.gate = asyncio.Event()
        async with a_client(listener.port) as client:
            await client.start_data()
            client.writer.write(REPORT + b".\r\n")
            await desk.taking.wait()
        desk.take_error = ValueError("nobody hears of this")
        async with a_client(listener.port) as client:  # by now the listener knows that the first is gone
            assert (await client.send("NOOP")).startswith("250")
        desk.take_error = None
        desk.gate.set()

    assert [report.content for report in desk.reports] == [NULL_PATH + REPORT]


async def test_many_come_at_once():
    async with a_listener() as (desk, listener):
        recipients = [f"b-{number}@bounces.club.example" for number in range(20)]
        answers = await asyncio.gather(*(deliver(listener, recipient=recipient) for recipient in recipients))
        assert answers == [({}, "2.0.0 Report stored")] * 20
        assert sorted(report.recipient for report in desk.reports) == sorted(recipients)
