"""What the tests of the listener share: a listener, the desk that takes its reports, and a client that speaks raw SMTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiosmtplib

from mailer.domain.bounce import RawReport
from mailer.gateways.listener.server import Listener

ANNA, BORIS = "b-anna@bounces.club.example", "b-boris@bounces.club.example"
REPORT = b"Subject: Undelivered\r\n\r\nNo such user\r\n"
NULL_PATH = b"Return-Path: <>\r\n"  # what the listener puts above a report


@dataclass
class Desk:
    """Accepts every address that begins with b-, and keeps the reports.

    `admit_error` and `take_error` are raised if set. With a `gate`, a report is kept only after it is opened;
    `taking` is set as soon as there is one.
    """

    reports: list[RawReport] = field(default_factory=list)
    admit_error: Exception | None = None
    take_error: Exception | None = None
    gate: asyncio.Event | None = None
    taking: asyncio.Event = field(default_factory=asyncio.Event)

    async def admit(self, recipient: str) -> bool:
        if self.admit_error:
            raise self.admit_error
        return recipient.startswith("b-")

    async def take(self, report: RawReport) -> None:
        self.taking.set()
        if self.gate:
            await self.gate.wait()
        if self.take_error:
            raise self.take_error
        self.reports.append(report)

    def listener(self, **options: object) -> Listener:
        return Listener("127.0.0.1", 0, admit=self.admit, take=self.take, **options)


@asynccontextmanager
async def a_listener(**options: object) -> AsyncIterator[tuple[Desk, Listener]]:
    desk = Desk()
    async with desk.listener(**options) as listener:
        yield desk, listener


class Client:
    """Sends SMTP commands as octets."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self) -> str:
        """One reply, its lines joined; empty when the connection is closed."""
        lines = []
        while line := (await self.reader.readline()).decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def send(self, *lines: bytes | str) -> str:
        """Send each line after the reply to the one before; return the last reply."""
        reply = ""
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
            reply = await self.reply()
        return reply

    async def start_data(self, recipient: str = ANNA) -> str:
        return await self.send("EHLO mx.example", "MAIL FROM:<>", f"RCPT TO:<{recipient}>", "DATA")


@asynccontextmanager
async def a_client(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        client = Client(reader, writer)
        client.greeting = await client.reply()
        yield client
    finally:
        writer.close()


async def deliver(listener: Listener, content: bytes = REPORT, recipient: str = ANNA) -> tuple[dict, str]:
    """Send a report with aiosmtplib."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, start_tls=False) as client:
        return await client.sendmail("", [recipient], content)
