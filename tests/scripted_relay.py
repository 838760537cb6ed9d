"""A relay on loopback that captures every message, and misbehaves where a script tells it to."""

import argparse
import asyncio
import ssl
import sys
from collections import Counter
from collections.abc import Callable
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from mailer.gateways import private_files
from mailer.gateways.smtp.settings import Security
from mailer.gateways.stop_accepting import stop_accepting
from tests.relay_plays import (
    Ending,
    Endless,
    Late,
    Misbehaviour,
    Moment,
    Mood,
    Phase,
    Play,
    Received,
    Said,
    Script,
    Trickling,
    reply_of,
)

__all__ = ["LOOPBACK", "Misbehaviour", "Phase", "Received", "Script", "Sink"]

LOOPBACK = "127.0.0.1"


class Sink:
    """A capturing SMTP server on loopback inside the running loop, from `async with` to its end.

    With a `folder` each message is written there as <nnnn>.eml (0600); with a `log` a line `message-id recipient` is
    appended for each. `login` is (user, password), required when given; as aiosmtpd has it, it wants STARTTLS.
    `pipelining`: whether it announces that commands may come in groups (RFC 2920), which aiosmtpd can take. `dsn`: whether
    it announces that reports can be asked for (RFC 3461); it writes none, and keeps what was asked. `size` is the limit that it
    announces (RFC 1870), 0 for none. A `mood` (tests/relay_moods.py) is asked before the `script`; its instants are those of
    `elapsed`, which a test's clock can give; else those of the loop.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        script: Script = lambda _phase, _sender, _recipient, _nth: None,
        mood: Mood = lambda _moment: None,
        elapsed: Callable[[], float] | None = None,
        security: Security = Security.NONE,
        tls_context: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        smtputf8: bool = True,
        pipelining: bool = True,
        dsn: bool = False,
        size: int = 0,
        port: int = 0,
        log: Path | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self.received: list[Received] = []
        self.said: list[Said] = []  # every answer of script and mood, the usual ones left out
        self.connections = 0
        self.most_open = 0
        self.port = port
        self._folder = folder
        self._script = script
        self._mood = mood
        self._elapsed = elapsed or (lambda: asyncio.get_running_loop().time())
        self._security = security
        self._tls_context = tls_context
        self._login = login
        self._smtputf8 = smtputf8
        self._announced = [f"250-{word}" for word, on in (("PIPELINING", pipelining), ("DSN", dsn)) if on]
        self.dsn = dsn
        self._size = size
        self._log = log
        self._delay = delay_seconds
        self._named: Counter[str] = Counter()
        self.open_sessions: set[_Session] = set()

    @property
    def counts(self) -> Counter[str]:
        """How often it said each reply that was not the usual one, or misbehaved so."""
        return Counter(said.words for said in self.said)

    async def __aenter__(self) -> Self:
        """Listen on `port`."""
        implicit = self._tls_context if self._security is Security.TLS else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, LOOPBACK, self.port, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening and cut every open connection."""
        await stop_accepting(self._server)
        for session in tuple(self.open_sessions):
            session.cut()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # lets the loop call connection_lost

    def _session(self) -> "_Session":
        self.connections += 1
        return _Session(
            self,
            self.connections,
            hostname="sink.example",
            data_size_limit=self._size or None,
            enable_SMTPUTF8=self._smtputf8,
            tls_context=self._tls_context if self._security is Security.STARTTLS else None,
            require_starttls=self._security is Security.STARTTLS,
            auth_required=self._login is not None,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, credentials: LoginPassword
    ) -> AuthResult:
        accepted = self._login is not None and credentials == LoginPassword(*(word.encode() for word in self._login))
        return AuthResult(success=accepted, handled=False)

    def began(self, server: "_Session") -> int:
        """Count a session that begins; how many are open, with it."""
        self.open_sessions.add(server)
        self.most_open = max(self.most_open, len(self.open_sessions))
        return len(self.open_sessions)

    def ended(self, server: "_Session") -> None:
        """Count a session as over."""
        self.open_sessions.discard(server)

    # --- aiosmtpd's hooks; MISSING asks for its usual answer ----------------------------------------------------------

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: "_Session", session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        """Announce aiosmtpd's extensions, and those of the options."""
        session.host_name = name
        return [lines[0], *self._announced, *lines[1:]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: "_Session", _session: Session, _envelope: Envelope, sender: str, _options: list[str]
    ) -> Any:
        """Reply to MAIL."""
        self._named[sender] += 1
        return await self.answer(server, Phase.MAIL, sender, "")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: "_Session", _session: Session, envelope: Envelope, recipient: str, _options: list[str]
    ) -> Any:
        """Reply to RCPT."""
        self._named[recipient] += 1
        return await self.answer(server, Phase.RCPT, envelope.mail_from, recipient)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: "_Session", _session: Session, envelope: Envelope
    ) -> Any:
        """Accept the message unless it is refused."""
        sender, recipient = envelope.mail_from or "", envelope.rcpt_tos[0]
        planned = self.plan(server, Phase.END, sender, recipient)
        server.brought += 1
        if reply_of(planned)[:1] in {"4", "5"}:
            return await self.play(server, planned)
        number = self._take(
            Received(
                sender=sender,
                recipient=recipient,
                message=envelope.original_content or b"",
                parameters=tuple(server.parameters),
                session=server.number,
                at=self._elapsed(),
            )
        )
        await asyncio.sleep(self._delay)
        reply = await self.play(server, planned)
        return f"250 2.0.0 Ok: queued as {number}" if reply is MISSING else reply

    def plan(self, server: "_Session", phase: Phase, sender: str | None, recipient: str) -> Play | None:
        """Ask the mood, then the script, about this phase of this transaction."""
        sender = sender or ""
        nth = self.connections if phase in {Phase.CONNECT, Phase.HELLO} else self._named[recipient or sender]
        moment = Moment(
            phase=phase,
            sender=sender,
            recipient=recipient,
            nth=nth,
            at=self._elapsed(),
            session=server.number,
            brought=server.brought,
            place=server.place,
            open=len(self.open_sessions),
        )
        planned = self._mood(moment)
        if planned is None:
            planned = self._script(phase, sender, recipient, nth)
        if planned is not None:
            self.said.append(Said(moment=moment, play=planned))
        return planned

    async def answer(self, server: "_Session", phase: Phase, sender: str | None, recipient: str) -> Any:
        """Return the reply in this phase."""
        return await self.play(server, self.plan(server, phase, sender, recipient))

    async def play(self, server: "_Session", planned: Play | None) -> Any:
        """Misbehave, or return the reply; does not return when the session is over."""
        match planned:
            case None:
                return MISSING
            case str():
                server.ending = planned.startswith("421")
                return planned
            case Ending():
                server.ending = True
                return planned.reply or MISSING
            case Late():
                await asyncio.sleep(planned.seconds)
                return await self.play(server, planned.then)
            case Trickling():
                server.seconds_per_octet = planned.seconds
                return planned.reply or MISSING
            case Endless():
                while True:
                    await server.push(planned.line)
                    await asyncio.sleep(planned.seconds)
            case Misbehaviour.DROP:
                server.cut()
            case Misbehaviour.CLOSE:
                server.close()
        return await server.fall_silent()

    def _take(self, received: Received) -> str:
        self.received.append(received)
        number = f"{len(self.received):04d}"
        if self._folder is not None:
            private_files.write(self._folder, f"{number}.eml", received.message)
        if self._log is not None:
            message_id = BytesHeaderParser().parsebytes(received.message)["Message-ID"]
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"{message_id} {received.recipient}\n")
        return number


_OF_DSN = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})  # RFC 3461 §4


class _Session(SMTP):
    """The session of one client."""

    line_length_limit = 1 << 20  # octets; aiosmtpd refuses lines over 1001, but a test must see what was sent

    def __init__(self, sink: Sink, number: int, **options: Any) -> None:
        super().__init__(sink, **options)
        self._sink = sink
        self.number = number  # from 1
        self.place = 0  # how many were open when it began, with it
        self.brought = 0  # messages whose content has come
        self.ending = False  # the next reply is the last
        self.seconds_per_octet = 0.0  # of the next reply
        self.parameters: list[str] = []  # of the current transaction

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.place = self.place or self._sink.began(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink.ended(self)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        try:
            await self._greet()
        except asyncio.CancelledError:  # the client has gone
            self.close()
            raise
        await super()._handle_client()

    async def _greet(self) -> None:
        """Leave the usual greeting to aiosmtpd; after any other, RFC 5321 §3.1, answer nothing but QUIT."""
        answer = await self._sink.answer(self, Phase.CONNECT, "", "")
        if answer is not MISSING:
            await self.push(answer)
            while not (await self._reader.readuntil()).upper().startswith(b"QUIT"):
                await self.push("503 5.5.1 Bad sequence of commands")
            self.ending = True
            await self.push("221 2.0.0 Bye")

    async def push(self, status: Any) -> None:
        """Send a reply, in the way that was planned for it."""
        octets = status if isinstance(status, bytes) else status.encode()
        for octet in octets if self.seconds_per_octet else b"":
            self._writer.write(bytes([octet]))
            await self._writer.drain()
            await asyncio.sleep(self.seconds_per_octet)
        await super().push("" if self.seconds_per_octet else status)
        self.seconds_per_octet = 0.0
        if self.ending and octets[3:4] != b"-":
            self.close()
            await self.fall_silent()

    def cut(self) -> None:
        """Abort the connection."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def close(self) -> None:
        """Close the connection after the last reply."""
        if self.transport is not None:
            self.transport.close()

    async def fall_silent(self) -> NoReturn:
        """Send nothing more; ends by cancellation, when the connection is lost."""
        await self.loop.create_future()
        raise AssertionError("the future is never set")

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Ask before the extensions are announced."""
        answer = await self._sink.answer(self, Phase.HELLO, "", "")
        await (super().smtp_EHLO(arg) if answer is MISSING else self.push(answer))

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Ask before the client is welcomed."""
        answer = await self._sink.answer(self, Phase.HELLO, "", "")
        await (super().smtp_HELO(arg) if answer is MISSING else self.push(answer))

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Keep the DSN parameters, which aiosmtpd does not know."""
        self.parameters.clear()
        await super().smtp_MAIL(self._set_aside(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Keep the DSN parameters, which aiosmtpd does not know."""
        await super().smtp_RCPT(self._set_aside(arg))

    def _set_aside(self, arg: str | None) -> str | None:
        if arg is None or not self._sink.dsn:
            return arg
        path, end, rest = arg.partition(">")
        words = rest.split()
        self.parameters += [word for word in words if word.partition("=")[0].upper() in _OF_DSN]
        return " ".join([path + end, *(word for word in words if word not in self.parameters)])

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Ask the script before 354 and within the content."""
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await super().smtp_DATA(arg)
            return
        answer = await self._sink.answer(self, Phase.DATA, self.envelope.mail_from, self.envelope.rcpt_tos[0])
        if answer is not MISSING:
            await self.push(answer)
        elif (
            planned := self._sink.plan(self, Phase.CONTENT, self.envelope.mail_from, self.envelope.rcpt_tos[0])
        ) is not None:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readuntil()
            await self._sink.play(self, planned)
        else:
            await super().smtp_DATA(arg)


async def _serve(port: int, log: Path, delay_seconds: float) -> None:
    async with Sink(port=port, log=log, delay_seconds=delay_seconds) as sink:
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A capturing SMTP server on loopback, in a process of its own.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one; it is printed")
    parser.add_argument("--log", type=Path, required=True, help="gets a line `message-id recipient` for each message")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="between the content and the reply")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, options.log, options.delay_ms / 1000))
