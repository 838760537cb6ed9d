"""A relay's name may have several addresses, of which some are dead: the next one is tried, and an error names them all."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.errors import TransportDown
from mailer.gateways.smtp.settings import Security, SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from tests.gateways.relays import ANNA, Shelf, a_bare_server, carried_by
from tests.scripted_relay import Sink

NAME = "another.example"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of NAME, to be filled by the test."""
    listed: list[str] = []
    genuine = socket.getaddrinfo

    def look_up(host: str, port: int, *more: int) -> list[tuple[object, ...]]:
        names = listed if host == NAME else [host]
        return [address for name in names for address in genuine(name, port, *more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return listed


@contextmanager
def silence(ip: str, port: int = 0) -> Iterator[int]:
    """Listen, but answer no SYN: the queue of connections is full."""
    with socket.socket() as listener:
        listener.bind((ip, port))
        listener.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for caller in callers:
            caller.close()


def transport(port: int, host: str = NAME, **more: object) -> SmtpTransport:
    options = {"security": Security.STARTTLS, "timeout_seconds": 5.0, "ehlo_name": "client.example"} | more
    return SmtpTransport(SmtpSettings(host=host, port=port, **options))


async def delivered(authority, port: int) -> Shelf:
    return await carried_by(transport(port, ca_file=authority.ca_file), ANNA)


@pytest.mark.parametrize("dead", ["127.0.0.2", "::1"])
async def test_an_address_that_refuses_is_passed_over(authority, addresses, dead) -> None:
    addresses += [dead, "127.0.0.1"]
    async with Sink(security=Security.STARTTLS, tls_context=authority.for_another_host) as sink:
        shelf = await delivered(authority, sink.port)
    assert shelf.kinds == {"anna": "Accepted"}


async def test_an_address_that_never_answers_costs_a_fraction_of_a_second(authority, addresses) -> None:
    addresses += ["127.0.0.2", "127.0.0.1"]
    async with Sink(security=Security.STARTTLS, tls_context=authority.for_another_host) as sink:
        with silence("127.0.0.2", sink.port):
            before = time.monotonic()
            shelf = await delivered(authority, sink.port)
    assert shelf.kinds == {"anna": "Accepted"}
    assert time.monotonic() - before < 3


async def test_an_address_that_hangs_up_before_its_greeting_is_passed_over(authority, addresses) -> None:
    addresses += ["127.0.0.2", "127.0.0.1"]

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with (
        Sink(security=Security.STARTTLS, tls_context=authority.for_another_host) as sink,
        await asyncio.start_server(hang_up, "127.0.0.2", sink.port),
    ):
        shelf = await delivered(authority, sink.port)
    assert shelf.kinds == {"anna": "Accepted"}


async def test_a_relay_that_says_no_is_believed(addresses) -> None:
    """A greeting of 4xx or 5xx is the relay's word: no other address of it is asked."""
    addresses += ["127.0.0.1", "127.0.0.2"]
    asked: list[object] = []

    def ask(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)
        writer.close()

    async with (
        a_bare_server("421 4.7.0 Too many connections") as port,
        await asyncio.start_server(ask, "127.0.0.2", port),
    ):
        with pytest.raises(TransportDown, match=r"421 4\.7\.0"):
            async with transport(port).connect():
                pass
    assert asked == []


async def test_every_address_that_was_tried_is_named(addresses) -> None:
    addresses += ["127.0.0.1", "127.0.0.2", "::1"]
    with pytest.raises(
        TransportDown,
        match=r"another\.example:1 cannot be used \(no connection to 127\.0\.0\.1, 127\.0\.0\.2, ::1: Connection refused\)",
    ) as down:
        async with transport(1).connect():
            pass
    assert (down.value.phase, down.value.reply) == (Phase.CONNECT, None)


async def test_when_none_answers_in_time_all_are_named(addresses) -> None:
    addresses += ["127.0.0.2", "127.0.0.3"]
    with (
        silence("127.0.0.2") as port,
        silence("127.0.0.3", port),
        pytest.raises(TransportDown, match=r"does not answer within 0\.6 seconds at 127\.0\.0\.2, 127\.0\.0\.3; check"),
    ):
        async with transport(port, timeout_seconds=0.6).connect():
            pass


async def test_a_name_without_an_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        TransportDown, match=r"no address of this name is known: Name or service not known\); .* check host"
    ):
        async with transport(25).connect():
            pass


async def test_an_ipv6_address_is_used() -> None:
    async with await asyncio.start_server(_greet, "::1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with transport(port, "::1", security=Security.NONE).connect() as connection:
            assert connection.size_limit == 7_000


async def test_nothing_leaves_this_machine_unencrypted_whatever_its_name_means(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 25))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: elsewhere)
    with pytest.raises(TransportDown, match=r"not encrypted, and not this machine: 192\.0\.2\.7\); nothing was sent"):
        async with transport(25, "localhost", security=Security.NONE).connect():
            pass


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for line in ("220 hello", "250-relay.example\r\n250 SIZE 7000", "221 bye"):
        writer.write(f"{line}\r\n".encode())
        await reader.readline()
    writer.close()
