"""The listener limits its clients, and at its end lets no report without a reply that it has stored."""

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest

from mailer.domain.errors import MailerError
from mailer.gateways.listener import room, server, session
from mailer.gateways.listener.server import Listener
from tests.gateways.listener.listening import ANNA, BORIS, REPORT, Client, Desk, a_client, a_listener, deliver
from tests.servers import free_port

PATIENCE = 30  # seconds; what is waited for takes a moment
FULL = "421 4.3.2 Too many connections; try again later"


async def test_where_it_is_full_the_connection_that_is_idle_for_the_longest_time_makes_room(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(room, "MAX_CONNECTIONS", 2)
    async with a_listener() as (_desk, listener), a_client(listener.port) as first, a_client(listener.port) as second:
        await first.send("EHLO mx.example", "NOOP")
        async with a_client(listener.port) as third:
            assert third.greeting.startswith("220")
            assert (await first.reply(), await first.reply()) == (FULL, "")
            assert (await second.send("NOOP")).startswith("250")


async def test_a_report_that_has_begun_keeps_its_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "MAX_CONNECTIONS", 2)
    async with a_listener() as (desk, listener), a_client(listener.port) as first, a_client(listener.port) as second:
        for client in (first, second):
            await client.start_data()
        async with a_client(listener.port) as third:
            assert (third.greeting, await third.reply()) == (FULL, "")
        monkeypatch.setattr(session, "QUIET_SECONDS", 0.0)  # from now on they are silent for too long
        async with a_client(listener.port) as fourth:
            assert fourth.greeting.startswith("220")
            assert await first.reply() == FULL
        assert (await second.send(REPORT + b".")).startswith("250")
    assert len(desk.reports) == 1


async def test_hundreds_that_do_nothing_keep_no_report_out():
    async with a_listener() as (desk, listener), AsyncExitStack() as idle:
        clients = [await idle.enter_async_context(a_client(listener.port)) for _ in range(300)]
        assert await deliver(listener) == ({}, "2.0.0 Report stored")
        assert len(listener._handler.staying) <= room.MAX_CONNECTIONS
        for client in clients:
            client.writer.write(b"NOOP\r\n")
        assert await deliver(listener) == ({}, "2.0.0 Report stored")
    assert len(desk.reports) == 2


async def trickle(client: Client, octets: bytes) -> int:
    """Send these octets again and again until the connection is closed; how often that was."""
    end, times = asyncio.ensure_future(client.reader.read()), 0
    while not end.done():
        client.writer.write(octets)
        times += 1
        await asyncio.wait({end}, timeout=0.01)
    await asyncio.gather(end, return_exceptions=True)  # the connection may be reset, since octets were under way
    return times


async def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "TIMEOUT_SECONDS", 0.05)
    async with a_listener() as (_desk, listener), a_client(listener.port) as client:
        assert await client.reply() == "421 4.3.2 Nothing came for too long; try again later"
        assert await client.reply() == ""


@pytest.mark.parametrize(("limit", "octets"), [("TIMEOUT_SECONDS", b"x"), ("SESSION_SECONDS", b"NOOP\r\n")])
async def test_who_says_little_or_nothing_that_matters_is_let_go(
    monkeypatch: pytest.MonkeyPatch, limit: str, octets: bytes
):
    monkeypatch.setattr(session, limit, 0.2)
    async with a_listener() as (_desk, listener), a_client(listener.port) as client:
        assert 5 < await trickle(client, octets) < 100


async def test_a_content_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "TIMEOUT_SECONDS", 0.2)
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        await client.start_data()
        assert 5 < await trickle(client, b"x") < 100
    assert desk.reports == []


async def test_a_report_that_is_being_stored_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "TIMEOUT_SECONDS", 0.05)
    async with a_listener() as (desk, listener), a_client(listener.port) as client:
        desk.gate = asyncio.Event()
        await client.start_data()
        client.writer.write(REPORT + b".\r\n")
        reply = asyncio.ensure_future(client.reply())
        await asyncio.wait({reply}, timeout=0.15)
        desk.gate.set()
        assert (await reply).startswith("250")


async def test_free_ports_may_be_chosen():
    port = free_port()

    desk = Desk()
    async with Listener("127.0.0.1", port, admit=desk.admit, take=desk.take) as listener:
        assert listener.port == port
        await deliver(listener)
    assert len(desk.reports) == 1


async def test_at_the_end_what_is_being_taken_is_answered_for_and_nothing_new_begun():
    desk = Desk()
    listener = desk.listener()
    async with (
        listener,
        a_client(listener.port) as first,
        a_client(listener.port) as second,
        a_client(listener.port) as idle,
    ):
        desk.gate = asyncio.Event()
        await first.start_data()
        first.writer.write(REPORT + b".\r\n")
        await desk.taking.wait()
        await second.start_data(BORIS)
        await idle.send("EHLO mx.example", "MAIL FROM:<>")
        ending = asyncio.ensure_future(listener.__aexit__(None, None, None))
        await asyncio.sleep(0)
        assert (await idle.send(f"RCPT TO:<{ANNA}>")) == "421 4.3.2 The service is closing"
        assert (await second.send(b"x\r\n.")) == "421 4.3.2 The service is closing"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", listener.port)
        desk.gate.set()
        await ending
        assert (await first.reply()).startswith("250")
        for client in (first, second, idle):
            assert (await client.reply()).startswith("421")
            assert await client.reply() == ""
    assert [report.recipient for report in desk.reports] == [ANNA]


async def test_a_connection_that_is_accepted_in_the_moment_of_the_end_is_turned_away_and_closed():
    for turns in range(
        2, 6
    ):  # of the loop: it is accepted at the end of the first, and has its transport after the second
        async with a_listener() as (_desk, listener):
            client = socket.create_connection(("127.0.0.1", listener.port))
            for _ in range(turns):
                await asyncio.sleep(0)
        with client:
            client.settimeout(PATIENCE)
            assert client.recv(1024).startswith((b"220", b"421"))
            while client.recv(1024):
                pass


async def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "FINISH_SECONDS", 0.01)

    desk = Desk(gate=asyncio.Event())
    async with desk.listener() as listener:
        client = Client(*await asyncio.open_connection("127.0.0.1", listener.port))
        await client.reply()
        await client.start_data()
        client.writer.write(REPORT + b".\r\n")
        await desk.taking.wait()
    assert (await client.reply()).startswith("421")
    assert await client.reply() == ""
    client.writer.close()
    assert desk.reports == []


async def test_a_port_that_is_taken_is_named():
    async with a_listener() as (desk, listener):
        with pytest.raises(MailerError, match=f"listen at 127.0.0.1:{listener.port} .* choose another port"):
            async with Listener("127.0.0.1", listener.port, admit=desk.admit, take=desk.take):
                pass
