"""The listener keeps every octet, answers for one report at a time, and is not brought down by what it hears."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiosmtplib
import pytest

from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.ports import BIGGEST_MAIL
from mailer.gateways.listener import server as listening
from mailer.gateways.listener import session
from mailer.gateways.listener.server import Listener, tls_context
from tests.certificates import Authority
from tests.servers import free_port

ANNA, BORIS = "b-anna@bounces.club.example", "b-boris@bounces.club.example"
REPORT = b"Subject: Undelivered\r\n\r\nNo such user\r\n"


@dataclass
class Desk:
    """Who takes: keeps what comes; `fail` is raised instead, `gate` is waited for."""

    kept: list[RawReport] = field(default_factory=list)
    fail: Exception | None = None
    doubt: Exception | None = None
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def admit(self, recipient: str) -> bool:
        if self.doubt:
            raise self.doubt
        return recipient.startswith("b-")

    async def take(self, report: RawReport) -> None:
        self.reached.set()
        if self.gate:
            await self.gate.wait()
        if self.fail:
            raise self.fail
        self.kept.append(report)

    def listener(self, **options: object) -> Listener:
        return Listener("127.0.0.1", 0, admit=self.admit, take=self.take, **options)


class Caller:
    """Speaks SMTP octet by octet."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def heard(self) -> str:
        """One reply, its lines joined; empty at the end."""
        lines = []
        while line := (await self.reader.readline()).decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, *lines: bytes | str) -> str:
        """The reply to the last of them."""
        said = ""
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
            said = await self.heard()
        return said

    async def opened(self, recipient: str = ANNA) -> str:
        return await self.say("EHLO mx.example", "MAIL FROM:<>", f"RCPT TO:<{recipient}>", "DATA")


@asynccontextmanager
async def call(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        caller = Caller(reader, writer)
        caller.greeting = await caller.heard()
        yield caller
    finally:
        writer.close()


async def story(told: Callable[[Desk, Listener], Awaitable[None]], **options: object) -> Desk:
    """The desk after what was told happened at a listener."""

    desk = Desk()
    async with desk.listener(**options) as listener:
        await told(desk, listener)
    return desk


async def deliver(listener: Listener, content: bytes = REPORT, recipient: str = ANNA) -> tuple[dict, str]:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, start_tls=False) as client:
        return await client.sendmail("", [recipient], content)


async def test_a_report_is_answered_for_once_it_is_kept():
    async def told(desk: Desk, listener: Listener) -> None:
        assert await deliver(listener) == ({}, "2.0.0 It is kept")

    assert (await story(told)).kept == [RawReport(content=REPORT, recipient=ANNA, way=Way.LISTENER)]


async def test_it_says_what_it_can_and_tells_nothing_about_addresses():
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            assert caller.greeting.startswith("220 ")
            said = await caller.say("EHLO mx.example")
            assert [line[4:] for line in said.splitlines()[1:]] == [
                "PIPELINING",
                f"SIZE {BIGGEST_MAIL}",
                "8BITMIME",
                "SMTPUTF8",
                "HELP",
            ]
            assert await caller.say(f"VRFY {ANNA}") == await caller.say("VRFY nobody") == await caller.say("VRFY")
            assert (await caller.say(f"EXPN {ANNA}")).startswith("502")
            assert (await caller.say("AUTH PLAIN AGEAYg==")).startswith("502")
            assert (await caller.say("STARTTLS")).startswith("454")
            assert (await caller.say("DATA")).startswith("503")
            assert (await caller.say("MAIL FROM:<>", f"RCPT TO:<{ANNA}>", "DATA now")).startswith("501")
            assert (await caller.say("RSET", "QUIT")).startswith("221")

    assert (await story(told)).kept == []


@pytest.mark.parametrize(
    "recipient", [b"nobody@bounces.club.example", b"b-\xff@bounces.club.example", "b-\u202eanna@x.example".encode()]
)
async def test_an_unknown_recipient_is_refused_and_another_may_follow(recipient: bytes):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            said = await caller.say("EHLO mx.example", "MAIL FROM:<> SMTPUTF8", b"RCPT TO:<" + recipient + b">")
            assert said == "550 5.1.1 There is no such address here"
            assert (await caller.say("DATA")).startswith("503")
            assert (await caller.say(f"RCPT TO:<{ANNA}>")).startswith("250")

    assert (await story(told)).kept == []


@pytest.mark.parametrize("line", [b"RCPT TO:<", b"MAIL FROM:<", b"RCPT TO:<b-\x00@x>", b"\xff\xfe", b"x" * 200_000])
async def test_what_cannot_be_understood_is_said_to_be_so(line: bytes):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.say("EHLO mx.example")
            if not line.startswith(b"MAIL"):
                await caller.say("MAIL FROM:<>")
            said = await caller.say(line)
            assert said.startswith("5")
            assert "Error)" not in said
            await caller.say("RSET")
            assert (await caller.opened()).startswith("354")
            assert await caller.say(b"x\r\n.") == "250 2.0.0 It is kept"

    assert len((await story(told)).kept) == 1


async def test_each_recipient_has_a_transaction_of_its_own():
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.say("EHLO mx.example", "MAIL FROM:<>", f"RCPT TO:<{ANNA}>")
            assert (await caller.say(f"RCPT TO:<{BORIS}>")).startswith("452 4.5.3 ")
            await caller.say("DATA")
            assert (await caller.say(b"1\r\n.")).startswith("250")
            await caller.say("MAIL FROM:<>", f"RCPT TO:<{BORIS}>", "DATA")
            assert (await caller.say(b"2\r\n.")).startswith("250")

    assert [(one.recipient, one.content) for one in (await story(told)).kept] == [(ANNA, b"1\r\n"), (BORIS, b"2\r\n")]


async def test_commands_may_come_in_groups():
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            group = f"MAIL FROM:<>\r\nRCPT TO:<nobody@x.example>\r\nRCPT TO:<{ANNA}>\r\nDATA\r\n".encode()
            caller.writer.write(b"EHLO mx.example\r\n" + (group + REPORT + b".\r\n") * 2 + b"QUIT\r\n")
            said = (await caller.reader.read()).decode().splitlines()
        codes = [line[:3] for line in said if line[3] == " "]
        assert codes == ["250", *["250", "550", "250", "354", "250"] * 2, "221"]

    assert [one.content for one in (await story(told)).kept] == [REPORT, REPORT]


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
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.opened()
            assert (await caller.say(sent + b".")).startswith("250")

    assert [one.content for one in (await story(told)).kept] == [kept]


@pytest.mark.parametrize("split", range(65_530, 65_540))
async def test_a_line_may_end_wherever_the_reading_does(split: int):
    content = b"." * (split - 1) + b"\r\n.\r\n".replace(b".", b"..")

    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.opened()
            assert (await caller.say(b"." + content + b".")).startswith("250")

    assert (await story(told)).kept[0].content == b"." * (split - 1) + b"\r\n.\r\n"


async def test_what_is_too_big_is_refused_whether_it_says_so_or_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "BIGGEST_MAIL", 100_000)
    held = []

    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            assert (await caller.say("EHLO mx.example", "MAIL FROM:<> SIZE=100001")).startswith("552")
            assert (await caller.say("MAIL FROM:<> SIZE=100000")).startswith("250")
            for content in (b"x" * 99_998 + b"\r\n" + b"y\r\n", b"x" * 5_000_000 + b"\r\n", b"short\r\n" * 100_000):
                await caller.say(f"RCPT TO:<{ANNA}>", "DATA")
                assert (await caller.say(content + b".")).startswith("552 5.3.4 ")
                held.append(listener._reception.held)
                await caller.say("MAIL FROM:<>")
            await caller.say(f"RCPT TO:<{ANNA}>", "DATA")
            assert (await caller.say(b"x" * 99_998 + b"\r\n.")).startswith("250")

    assert [len(one.content) for one in (await story(told)).kept] == [100_000]
    assert held == [0, 0, 0]


async def test_all_together_hold_no_more_than_they_may(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "MOST_HELD", 100)

    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as first, call(listener.port) as second:
            desk.gate = asyncio.Event()
            await first.opened()
            first.writer.write(b"x" * 88 + b"\r\n.\r\n")
            await desk.reached.wait()
            await second.opened()
            assert (await second.say(b"y" * 20 + b"\r\n.")).startswith("452 4.3.1 ")
            desk.gate.set()
            assert (await first.heard()).startswith("250")
            await second.say("MAIL FROM:<>", f"RCPT TO:<{ANNA}>", "DATA")
            assert (await second.say(b"y" * 20 + b"\r\n.")).startswith("250")

    assert len((await story(told)).kept) == 2


@pytest.mark.parametrize(
    ("error", "shown"),
    [(MailerError("the database is locked"), "the database is locked"), (ValueError(f"{ANNA} again"), "ValueError")],
)
async def test_whatever_fails_here_the_client_is_to_come_again(
    error: Exception, shown: str, caplog: pytest.LogCaptureFixture
):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            desk.fail = error
            await caller.opened()
            assert (await caller.say(b"x\r\n.")).startswith("451 4.3.0 ")
            desk.doubt = error
            assert (await caller.say("MAIL FROM:<>", f"RCPT TO:<{ANNA}>")).startswith("451 4.3.0 ")
            desk.fail = desk.doubt = None
            await caller.say(f"RCPT TO:<{ANNA}>", "DATA")
            assert (await caller.say(b"x\r\n.")).startswith("250")

    with caplog.at_level(logging.DEBUG, "mailer"):
        assert len((await story(told)).kept) == 1
    assert caplog.text.count(shown) == 2
    assert "anna" not in caplog.text


async def test_no_address_is_in_the_log(caplog: pytest.LogCaptureFixture):
    async def told(desk: Desk, listener: Listener) -> None:
        await deliver(listener)

    caplog.set_level(logging.INFO)
    await story(told)
    assert "example" not in caplog.text


@pytest.mark.parametrize("end", ["close", "abort"])
@pytest.mark.parametrize("sent", [b"Subject: x\r\n", b"Subject: x\r\n.\r", b"x" * 100_000])
async def test_a_content_that_breaks_off_is_not_taken(sent: bytes, end: str):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.opened()
            caller.writer.write(sent)
            await caller.writer.drain()
            caller.writer.close() if end == "close" else caller.writer.transport.abort()
        await deliver(listener, recipient=BORIS)
        assert listener._reception.held == 0

    assert [one.recipient for one in (await story(told)).kept] == [BORIS]


async def test_what_came_whole_is_taken_though_its_client_does_not_wait():
    async def told(desk: Desk, listener: Listener) -> None:
        desk.gate = asyncio.Event()
        async with call(listener.port) as caller:
            await caller.opened()
            caller.writer.write(REPORT + b".\r\n")
            await desk.reached.wait()
        desk.fail = ValueError("nobody hears of this")
        await deliver_behind(desk, listener)

    async def deliver_behind(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:  # by now the listener knows that the first is gone
            assert (await caller.say("NOOP")).startswith("250")
        desk.fail = None
        desk.gate.set()

    assert [one.content for one in (await story(told)).kept] == [REPORT]


async def test_many_come_at_once():
    async def told(desk: Desk, listener: Listener) -> None:
        everybody = [f"b-{number}@bounces.club.example" for number in range(20)]
        answers = await asyncio.gather(*(deliver(listener, recipient=one) for one in everybody))
        assert answers == [({}, "2.0.0 It is kept")] * 20
        assert sorted(one.recipient for one in desk.kept) == sorted(everybody)

    await story(told)


async def test_one_too_many_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 2)

    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as first, call(listener.port):
            async with call(listener.port) as third:
                assert third.greeting == "421 4.3.2 Too many are here; come again later"
                assert await third.heard() == ""
            await first.say("QUIT")
            assert await first.heard() == ""
            async with call(listener.port) as fourth:
                assert fourth.greeting.startswith("220")

    await story(told)


async def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "PATIENCE", 0.05)

    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            assert await caller.heard() == ""

    await story(told)


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_at_the_end_what_is_being_taken_is_answered_for_and_nothing_new_begun():
    desk = Desk()
    listener = desk.listener()
    async with listener, call(listener.port) as first, call(listener.port) as second, call(listener.port) as idle:
        desk.gate = asyncio.Event()
        await first.opened()
        first.writer.write(REPORT + b".\r\n")
        await desk.reached.wait()
        await second.opened(BORIS)
        await idle.say("EHLO mx.example", "MAIL FROM:<>")
        ending = asyncio.ensure_future(listener.__aexit__(None, None, None))
        await asyncio.sleep(0)
        assert (await idle.say(f"RCPT TO:<{ANNA}>")) == "421 4.3.2 We are closing"
        assert (await second.say(b"x\r\n.")) == "421 4.3.2 We are closing"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", listener.port)
        desk.gate.set()
        await ending
        assert (await first.heard()).startswith("250")
        for one in (first, second, idle):
            assert (await one.heard()).startswith("421")
            assert await one.heard() == ""
    assert [one.recipient for one in desk.kept] == [ANNA]


async def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "FINISH", 0.01)

    desk = Desk(gate=asyncio.Event())
    async with desk.listener() as listener:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", listener.port))
        await caller.heard()
        await caller.opened()
        caller.writer.write(REPORT + b".\r\n")
        await desk.reached.wait()
    assert (await caller.heard()).startswith("421")
    assert await caller.heard() == ""
    caller.writer.close()
    assert desk.kept == []


async def test_a_port_that_is_taken_is_named():
    async def told(desk: Desk, listener: Listener) -> None:
        with pytest.raises(MailerError, match=f"listen at 127.0.0.1:{listener.port} .* choose another port"):
            async with Listener("127.0.0.1", listener.port, admit=desk.admit, take=desk.take):
                pass

    await story(told)


# --- STARTTLS ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("required", [False, True])
async def test_starttls_is_offered_and_may_be_required(authority: Authority, required: bool):
    async def told(desk: Desk, listener: Listener) -> None:
        trust = ssl.create_default_context(cafile=authority.ca_file)
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=listener.port, start_tls=True, tls_context=trust
        ) as client:
            await client.ehlo()
            assert "starttls" not in client.esmtp_extensions
            assert "auth" not in client.esmtp_extensions
            assert (await client.sendmail("", [ANNA], REPORT))[0] == {}
        async with call(listener.port) as caller:
            assert "250-STARTTLS" in await caller.say("EHLO mx.example")
            assert (await caller.say("MAIL FROM:<>")).startswith("530" if required else "250")

    context = tls_context(authority.good_file, authority.good_file)
    assert len((await story(told, tls_context=context, require_starttls=required)).kept) == 1


async def test_what_was_said_in_clear_behind_starttls_is_forgotten(authority: Authority):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.say("EHLO mx.example")
            caller.writer.write(b"STARTTLS\r\nEHLO mx.example\r\nMAIL FROM:<>\r\n")
            assert (await caller.heard()).startswith("220")
            await caller.writer.start_tls(
                ssl.create_default_context(cafile=authority.ca_file), server_hostname="127.0.0.1"
            )
            assert (await caller.say(f"RCPT TO:<{ANNA}>")) == "503 Error: send HELO first"

    await story(told, tls_context=authority.good)


async def test_a_handshake_that_fails_ends_the_connection_only(authority: Authority):
    async def told(desk: Desk, listener: Listener) -> None:
        async with call(listener.port) as caller:
            await caller.say("EHLO mx.example", "STARTTLS")
            caller.writer.write(b"MAIL FROM:<>\r\n")
            assert b"250" not in await caller.reader.read()
        await deliver(listener)

    assert len((await story(told, tls_context=authority.good)).kept) == 1


def test_a_secured_connection_ends_too(authority: Authority):
    async def play() -> None:
        desk = Desk()
        trust = ssl.create_default_context(cafile=authority.ca_file)
        async with desk.listener(tls_context=authority.good) as listener:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, start_tls=True, tls_context=trust)
            await client.connect()
            assert (await client.noop()).code == 250
        with pytest.raises(aiosmtplib.SMTPException):
            await twice(client.noop)  # the farewell may be an answer to the first
        client.close()

    async def twice(ask: Callable[[], Awaitable[object]]) -> None:
        await ask()
        await ask()

    asyncio.run(play())


async def test_who_has_said_goodbye_but_stays_is_cut(authority: Authority):
    desk = Desk()
    async with desk.listener(tls_context=authority.good) as listener:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", listener.port))
        await caller.heard()
        await caller.say("EHLO mx.example", "STARTTLS")
        trust = ssl.create_default_context(cafile=authority.ca_file)
        await caller.writer.start_tls(trust, server_hostname="127.0.0.1")
        caller.writer.transport.pause_reading()  # so TLS does not answer the farewell
        caller.writer.write(b"QUIT\r\n")
        async with call(listener.port) as other:
            await other.say("NOOP", "NOOP", "NOOP")
    assert listener._reception.conversations == set()
    caller.writer.close()


def test_a_certificate_that_cannot_be_used_is_named(authority: Authority, tmp_path: Path):
    none, wrong = tmp_path / "none.pem", tmp_path / "wrong.pem"
    wrong.write_text("not PEM")
    good = authority.good_file
    with pytest.raises(BadInput, match=f"listen_cert_file: {none} cannot be read: No such file"):
        tls_context(none, good)
    with pytest.raises(BadInput, match=f"listen_key_file: {none} cannot be read"):
        tls_context(good, none)
    for certificate, key in ((wrong, good), (good, wrong), (authority.ca_file, good)):
        with pytest.raises(BadInput, match=f"{certificate} and listen_key_file {key} are no certificate"):
            tls_context(certificate, key)


def test_a_key_that_is_locked_asks_nobody(authority: Authority, tmp_path: Path):
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(authority.good_file.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(BadInput, match="unlocked key"):
        tls_context(authority.good_file, locked)


async def test_free_ports_may_be_chosen():
    port = free_port()

    desk = Desk()
    async with Listener("127.0.0.1", port, admit=desk.admit, take=desk.take) as listener:
        assert listener.port == port
        await deliver(listener)
    assert len(desk.kept) == 1
