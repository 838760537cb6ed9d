"""The capturing server stores every message that it accepts, and refuses recipients as it is told to."""

import asyncio
import smtplib
from pathlib import Path

import pytest

from mailer.gateways.capturing_server import CapturingServer

MESSAGE = b"Subject: x\r\n\r\n.Body\r\n"


def send(port: int, recipient: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=10) as client:
        client.sendmail("bulletin@club.example", recipient, MESSAGE)


def once(recipient: str, nth: int) -> str | None:
    return "451 4.7.1 Try again" if recipient.startswith("later") and nth == 1 else None


async def test_a_message_is_stored_for_its_owner_only(tmp_path: Path) -> None:
    async with CapturingServer(tmp_path / "mail", refusal=once) as server:
        for name in ("anna", "boris"):
            await asyncio.to_thread(send, server.port, f"{name}@members.example")
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == ["0001.eml", "0002.eml"]
    assert files[0].read_bytes() == MESSAGE
    assert files[0].stat().st_mode & 0o777 == 0o600


async def test_a_refusal_sees_how_often_a_recipient_was_named(tmp_path: Path) -> None:
    async with CapturingServer(tmp_path / "mail", refusal=once) as server:
        with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"451, b'4\.7\.1 Try again'"):
            await asyncio.to_thread(send, server.port, "later@members.example")
        await asyncio.to_thread(send, server.port, "later@members.example")
    assert len(list((tmp_path / "mail").iterdir())) == 1


async def test_it_announces_pipelining_and_cuts_its_clients_at_the_end(tmp_path: Path) -> None:
    async with CapturingServer(tmp_path / "mail", refusal=once) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"EHLO client.example\r\n")
        assert b"250-PIPELINING\r\n" in await reader.readuntil(b"250 HELP\r\n")
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
