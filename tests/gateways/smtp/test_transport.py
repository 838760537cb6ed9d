"""A connection to the relay is private, checked and logged in, or there is none and the reason is told."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtplib import SMTP

from mailer.domain.bounce import Phase as Stage
from mailer.domain.delivery import Accepted
from mailer.domain.errors import BadInput, LoginRefused, Refused, TransportDown
from mailer.gateways.smtp.settings import Security, SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from tests.gateways.relays import (
    ANNA,
    BORIS,
    Shelf,
    a_bare_server,
    a_connection,
    carried,
    connect,
    connect_by,
    settings,
    until,
)
from tests.scripted_relay import Phase, Sink

# --- privacy --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_the_conversation_is_private_and_the_outcome_tells_the_tls_version(security: Security, authority) -> None:
    async with Sink(security=security, tls_context=authority.good) as sink:
        async with a_connection(sink.port, security=security, ca_file=authority.ca_file) as connection:
            shelf = Shelf(ANNA, BORIS)
            await connection.carry(shelf)
            for outcome in shelf.outcomes.values():
                assert isinstance(outcome, Accepted)
                assert outcome.tls_version == "TLSv1.3"
        assert (len(sink.received), sink.connections) == (2, 1)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_of_another_host_or_of_an_unknown_authority_stops_everything(
    security: Security, authority
) -> None:
    async with Sink(security=security, tls_context=authority.for_another_host) as sink:
        with pytest.raises(TransportDown, match=r"certificate that cannot be trusted.*check host of .smtp."):
            await connect(settings(sink.port, security, ca_file=authority.ca_file))
    async with Sink(security=security, tls_context=authority.good) as sink:
        with pytest.raises(TransportDown, match=r"certificate that cannot be trusted.*ca_file"):
            await connect(settings(sink.port, security))
        assert sink.received == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        ("expired", r"certificate has expired\); nothing was sent; its operator must renew it; .*clock is wrong"),
        ("not_yet_valid", r"certificate is not yet valid\); nothing was sent; is this machine's clock wrong\?"),
        (
            "for_another_host",
            r"not valid for '127\.0\.0\.1'.*check host of \[smtp\]: it must be a name in the certificate",
        ),
    ],
)
async def test_each_fault_of_a_certificate_has_its_own_remedy(
    security: Security, certificate: str, sentence: str, authority
) -> None:
    async with Sink(security=security, tls_context=getattr(authority, certificate)) as sink:
        with pytest.raises(TransportDown, match=sentence) as down:
            await connect(settings(sink.port, security, ca_file=authority.ca_file))
    assert "authority" not in str(down.value)


async def test_tls_stripped_on_the_way_stops_everything() -> None:  # R29
    asked: list[Phase] = []
    async with Sink(script=lambda phase, _sender, _recipient, _nth: asked.append(phase)) as sink:
        with pytest.raises(TransportDown, match=r"STARTTLS.*nothing was sent"):
            await connect(settings(sink.port, Security.STARTTLS))
        with pytest.raises(TransportDown, match=r"TLS.*nothing was sent"):
            await connect(settings(sink.port, Security.TLS))
        assert set(asked) == {Phase.CONNECT, Phase.HELLO}


async def test_a_login_is_made_and_its_refusal_shows_no_password(authority) -> None:
    private = {"security": Security.STARTTLS, "ca_file": authority.ca_file}
    async with Sink(security=Security.STARTTLS, tls_context=authority.good, login=("mailer", "пароль-123")) as sink:
        async with a_connection(sink.port, username="mailer", password="пароль-123", **private) as connection:
            shelf = Shelf(ANNA)
            await connection.carry(shelf)
            assert shelf.kinds == {"anna": "Accepted"}
        with pytest.raises(TransportDown, match=r"refuses the login of mailer.*535 5.7.8") as refused:
            await connect(settings(sink.port, username="mailer", password="wrong-123", **private))
        assert "wrong-123" not in str(refused.value)
        async with a_connection(sink.port, **private) as connection:
            shelf = Shelf(ANNA)
            await connection.carry(shelf)
            refusal = shelf.outcomes["anna"]
            assert (refusal.reply.code, refusal.reply.status, refusal.phase) == (530, "5.7.0", Stage.MAIL)
        assert len(sink.received) == 1


@asynccontextmanager
async def a_gatekeeper(*answers: str) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answers one login after another, the last answer for ever; keeps the words of each that was tried."""
    tried: list[bytes] = []
    inside: list[asyncio.StreamWriter] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(writer)
        writer.write(b"220 relay.example\r\n")
        try:
            async for said in reader:
                if said.startswith(b"AUTH"):
                    tried.append(said)
                    writer.write(answers[min(len(tried), len(answers)) - 1].encode() + b"\r\n")
                elif said.startswith(b"EHLO"):
                    writer.write(b"250-relay.example\r\n250 AUTH CRAM-MD5 LOGIN PLAIN\r\n")
                else:
                    writer.write(b"221 2.0.0 Bye\r\n")
                    break
        except ConnectionResetError:
            pass
        finally:
            writer.close()
            inside.remove(writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], tried
        await until(lambda: not inside)
        await asyncio.sleep(0)  # lets the loop close the last one's socket


async def test_a_wrong_password_is_tried_once_by_all_connections_together() -> None:
    async with a_gatekeeper("535 5.7.8 Wrong", "235 2.7.0 Right", "235 2.7.0 Right", "535 5.7.8 Wrong") as at:
        port, tried = at
        transport = SmtpTransport(settings(port, username="mailer", password="secret-123"))

        async def connect_often(times: int) -> list[BaseException | None]:
            return await asyncio.gather(*(connect_by(transport) for _ in range(times)), return_exceptions=True)

        refused = await connect_often(4)
        assert [type(one) for one in refused] == [LoginRefused] * 4
        assert len({str(one) for one in refused}) == 1
        assert len(tried) == 1
        assert tried[0].startswith(b"AUTH PLAIN ")
        assert await connect_often(2) == [None, None]  # it was mended
        assert len(tried) == 3
        assert isinstance((await connect_often(1))[0], LoginRefused)  # known to be let in, and no more
        assert [type(one) for one in await connect_often(3)] == [LoginRefused] * 3
        assert len(tried) == 5


async def test_a_login_that_cannot_be_looked_at_now_is_not_refused() -> None:
    async with a_gatekeeper("454 4.7.0 Temporary authentication failure") as (port, _tried):
        with pytest.raises(TransportDown, match=r"answers ‘454 4\.7\.0 Temporary") as down:
            await connect(settings(port, username="mailer", password="secret-123"))
        assert not isinstance(down.value, LoginRefused)


async def test_a_login_that_the_relay_does_not_offer_stops_everything() -> None:
    async with Sink() as sink:
        with pytest.raises(TransportDown, match="AUTH"):
            await connect(settings(sink.port, username="mailer", password="secret-123"))


def test_the_password_is_not_in_the_settings_words() -> None:
    assert "secret-123" not in repr(settings(25, password="secret-123"))


@pytest.mark.parametrize("host", ["relay.example", "192.0.2.1", "2001:db8::1", "localhost.example"])
def test_clear_text_is_refused_off_loopback(host: str) -> None:
    with pytest.raises(Refused, match=f"only for a loopback host, not for {host}"):
        SmtpTransport(SmtpSettings(host=host, port=25, security=Security.NONE))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_clear_text_is_allowed_on_loopback(host: str) -> None:
    SmtpTransport(SmtpSettings(host=host, port=25, security=Security.NONE))


def test_a_ca_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_bytes(b"")
    for name in ("absent.pem", "empty.pem"):
        with pytest.raises(BadInput, match=name):
            SmtpTransport(settings(25, Security.TLS, ca_file=tmp_path / name))


# --- relays that do not welcome us -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "sentence"),
    [
        ("554 5.3.2 Not today", "answers ‘554 5.3.2 Not today’"),
        ("421 Too many connections", "421 Too many"),
        ("Hello there", "Malformed"),
        ("2", "does not speak SMTP"),
        (
            "SSH-2.0-OpenSSH_9.2",
            r"does not speak SMTP \(Malformed SMTP response line: SSH-2.0-OpenSSH_9.2\); check host, port",
        ),
    ],
)
async def test_a_relay_that_does_not_welcome_us_is_down(greeting: str, sentence: str) -> None:
    async with a_bare_server(greeting) as port:
        with pytest.raises(TransportDown, match=sentence):
            await connect(settings(port, timeout_seconds=0.2))


async def test_a_relay_that_says_nothing_or_is_not_there_is_down() -> None:
    async with a_bare_server() as port:
        with pytest.raises(TransportDown, match=r"does not answer within 0\.2 seconds; check"):
            await connect(settings(port, timeout_seconds=0.2))
    with pytest.raises(TransportDown, match=r"cannot be used .*; nothing was sent"):
        await connect(settings(port))


async def test_a_relay_that_does_not_answer_quit_does_not_hold_us_up() -> None:
    async with a_bare_server("220 hello", "250 hello") as port:
        await connect(settings(port, timeout_seconds=0.2))


async def test_leaving_in_a_hurry_cuts_the_connection() -> None:
    async with Sink() as sink:

        async def stay() -> None:
            async with a_connection(sink.port):
                connected.set()
                await asyncio.Event().wait()

        connected = asyncio.Event()
        task = asyncio.create_task(stay())
        await connected.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_connecting_that_is_cancelled_leaves_nothing_open() -> None:
    greeted, closed = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        greeted.set()
        if not await reader.read():  # it goes without a word
            closed.set()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        connecting = asyncio.create_task(connect(settings(server.sockets[0].getsockname()[1])))
        await greeted.wait()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        await closed.wait()


async def test_a_relay_that_goes_as_it_is_taken_over_is_down() -> None:
    async def goes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250 hello\r\n")
        writer.close()

    async with await asyncio.start_server(goes, "127.0.0.1", 0) as server:
        shelf = await carried(server.sockets[0].getsockname()[1], ANNA)
        assert shelf.down is not None
        assert shelf.outcomes == {}
    with pytest.raises(TransportDown, match="closed the connection"):
        SmtpTransport(settings(25))._take_over(SMTP())


async def test_settings_that_cannot_be_said_show_no_password(authority) -> None:
    async with Sink(security=Security.STARTTLS, tls_context=authority.good, login=("mailer", "x")) as sink:
        given = settings(
            sink.port, Security.STARTTLS, ca_file=authority.ca_file, username="mailer", password="secret\udcff"
        )
        with pytest.raises(TransportDown, match="cannot be used with these settings") as refused:
            await connect(given)
        assert "secret" not in str(refused.value)


# --- the reply that stands behind a failure -----------------------------------------------------------------------------

HELLO = "250-relay.example\r\n250 AUTH PLAIN"


@pytest.mark.parametrize(
    ("lines", "phase", "code"),
    [
        (("554 5.3.2 Not today",), Stage.CONNECT, 554),
        (("421 4.7.0 Too many connections",), Stage.CONNECT, 421),
        (("220 hello", "421 4.7.0 Try again later, closing connection."), Stage.HELLO, 421),
        (("220 hello", "550 5.7.1 Helo command rejected: need fully-qualified hostname"), Stage.HELLO, 550),
        (("220 hello", "502 5.5.1 What?", "450 4.7.1 Come back later"), Stage.HELLO, 450),
        (("220 hello", HELLO, "454 4.7.0 Temporary authentication failure"), Stage.AUTH, 454),
        (("220 hello", HELLO, "535 5.7.8 Wrong"), Stage.AUTH, 535),
    ],
)
async def test_a_failure_carries_the_reply_and_what_it_replied_to(
    lines: tuple[str, ...], phase: Stage, code: int
) -> None:
    async with a_bare_server(*lines) as port:
        with pytest.raises(TransportDown) as down:
            await connect(settings(port, username="mailer", password="secret-123"))
    assert down.value.phase is phase
    assert down.value.reply is not None
    assert down.value.reply.code == code


async def test_a_refused_starttls_is_one_of_its_phase() -> None:
    async with a_bare_server("220 hello", "250-relay.example\r\n250 STARTTLS", "454 4.7.0 TLS not available") as port:
        with pytest.raises(TransportDown, match="TLS not available") as down:
            await connect(settings(port, Security.STARTTLS))
    assert (down.value.phase, down.value.reply and down.value.reply.status) == (Stage.STARTTLS, "4.7.0")


async def test_a_failure_without_a_reply_carries_none() -> None:
    async with a_bare_server("Hello there") as port:
        with pytest.raises(TransportDown) as down:
            await connect(settings(port))
    assert (down.value.reply, down.value.phase) == (None, Stage.CONNECT)


# --- the name in EHLO ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "options", "greeting"),
    [
        ("mail.club.example", {"ehlo_name": "relay-client.example"}, "relay-client.example"),
        ("mail.club.example", {"sender_domain": "club.example"}, "mail.club.example"),
        ("localhost", {"sender_domain": "club.example"}, "club.example"),
        ("3f2a1b4c5d6e", {}, "[127.0.0.1]"),
    ],
)
async def test_the_relay_is_greeted_by_a_name_that_means_us(own, options, greeting, monkeypatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: own)
    monkeypatch.setattr(socket, "gethostname", lambda: own)
    lines: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"220 hello", b"250 hello", b"221 bye"):
            writer.write(answer + b"\r\n")
            lines.append(await reader.readline())
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        await connect(settings(server.sockets[0].getsockname()[1], **({"ehlo_name": ""} | options)))
    assert lines[0].decode() == f"EHLO {greeting}\r\n"


async def test_a_relay_that_knows_only_helo_is_used() -> None:
    async with a_bare_server("220 hello", "500 5.5.2 unrecognized command", "250 hello", "221 bye") as port:
        await connect(settings(port))
