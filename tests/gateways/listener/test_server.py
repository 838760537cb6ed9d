"""The listener limits its clients, and at its end lets no report without a reply that it has stored."""

import asyncio

import pytest

from mailer.domain.errors import MailerError
from mailer.gateways.listener import server
from mailer.gateways.listener.server import Listener
from tests.gateways.listener.listening import ANNA, BORIS, REPORT, Client, Desk, a_client, a_listener, deliver
from tests.servers import free_port


async def test_one_too_many_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 2)
    async with a_listener() as (_desk, listener), a_client(listener.port) as first, a_client(listener.port):
        async with a_client(listener.port) as third:
            assert third.greeting == "421 4.3.2 Too many connections; try again later"
            assert await third.reply() == ""
        await first.send("QUIT")
        assert await first.reply() == ""
        async with a_client(listener.port) as fourth:
            assert fourth.greeting.startswith("220")


async def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "TIMEOUT_SECONDS", 0.05)
    async with a_listener() as (_desk, listener), a_client(listener.port) as client:
        assert await client.reply() == ""


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
