"""A relay's desk in few lines: octets in, octets out, with CHUNKING, and with every lapse that a script asks for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

# (command, how often this conversation has had it) → the answer, or one of the two words; None: the usual answer.
# "CONTENT" is what follows DATA. More than one line is more than one reply, unless they are joined by "-".
Says = Callable[[str, int], str | None]
CUT = "cut the connection"
NOTHING = "say nothing, and go on as if it were said"
EVERYTHING = ("PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE 1000000", "DSN")
ONE_BY_ONE = ("8BITMIME", "SIZE")
GROUPS = ("PIPELINING", *ONE_BY_ONE)


class Desk:
    """One conversation. `taken` is the truth: who was sent what, as the relay has it."""

    def __init__(self, says: Says = lambda _verb, _nth: None, announced: tuple[str, ...] = EVERYTHING) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.cut = False
        self._says = says
        self._announced = announced
        self._buffer = b""
        self._said: Counter[str] = Counter()
        self._sender = self._recipient = ""
        self._in_content = False

    def receive(self, data: bytes) -> bytes:
        """What is said to these octets."""
        said = b""
        self._buffer += data
        while not self.cut and (one := self._next()) is not None:
            said += one
        return said

    def _next(self) -> bytes | None:
        if self._in_content:
            whole, dot, rest = (b"\r\n" + self._buffer).partition(b"\r\n.\r\n")
            if not dot:
                return None
            self._in_content, self._buffer = False, rest
            return self._message("CONTENT", whole[2:] + b"\r\n" if whole else b"")
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return None
        verb, *words = line.decode().split(" ")
        if verb == "BDAT":
            length = int(words[0])
            if len(rest) < length:
                return None
            self._buffer = rest[length:]
            return self._message(verb, rest[:length])
        self._buffer = rest
        return self._command(verb, line.decode().partition(":")[2])

    def _command(self, verb: str, path: str) -> bytes:
        address = path[1 : path.find(">")]
        match verb:
            case "EHLO":
                lines = ["desk.example", *self._announced]
                usual = "\r\n".join(["250-" + line for line in lines[:-1]] + ["250 " + lines[-1]])
                return self._answer(verb, usual)[0]
            case "MAIL":
                said, good = self._answer(verb, "503 5.5.1 Nested" if self._sender else "250 2.1.0 Ok")
                self._sender = self._sender or (address if good else "")
                return said
            case "RCPT":
                said, good = self._answer(verb, "250 2.1.5 Ok" if self._sender else "503 5.5.1 Need MAIL")
                self._recipient = address if good and self._sender else self._recipient
                return said
            case "DATA":
                said, self._in_content = self._answer(
                    verb, "354 Go on" if self._recipient else "554 5.5.1 No recipient"
                )
                return said
            case _:
                self._sender = self._recipient = ""
                said, _good = self._answer(verb, "221 2.0.0 Bye" if verb == "QUIT" else "250 2.0.0 Ok")
                self.cut |= verb == "QUIT"
                return said

    def _message(self, verb: str, message: bytes) -> bytes:
        recipient, self._sender, self._recipient = self._recipient, "", ""
        usual = f"250 2.0.0 Ok: queued as {len(self.taken) + 1}" if recipient else "554 5.5.1 No recipient"
        said, good = self._answer(verb, usual)
        if good and recipient:
            self.taken.append((recipient.partition("@")[0], message))
        return said

    def _answer(self, verb: str, usual: str) -> tuple[bytes, bool]:
        self.commands.append(verb)
        self._said[verb] += 1
        planned = self._says(verb, self._said[verb])
        if planned == CUT:
            self.cut = True
            return b"", False
        if planned == NOTHING:
            return b"", usual[0] in "23"
        said = usual if planned is None else planned
        self.cut |= said.startswith("421")
        return said.encode("utf-8", "surrogateescape") + b"\r\n", said[0] in "23"


class Relay:
    """A desk for each connection on a port of this machine."""

    def __init__(
        self,
        says: Says = lambda _verb, _nth: None,
        announced: tuple[str, ...] = EVERYTHING,
        *,
        octet_by_octet: bool = False,
        greeting: str = "220 desk.example",
    ) -> None:
        self.desks: list[Desk] = []
        self.groups: list[bytes] = []  # what came at once
        self.says = says
        self._announced = announced
        self._octet_by_octet = octet_by_octet
        self._greeting = greeting

    @property
    def taken(self) -> list[str]:
        return [name for desk in self.desks for name, _message in desk.taken]

    @property
    def commands(self) -> list[str]:
        return [command for desk in self.desks for command in desk.commands]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk = Desk(self.says, self._announced)
        self.desks.append(desk)
        try:
            writer.write(self._greeting.encode() + b"\r\n")
            while not desk.cut and (data := await reader.read(1 << 20)):
                self.groups.append(data)
                said = desk.receive(data)
                if self._octet_by_octet:
                    for octet in said:
                        writer.write(bytes([octet]))
                        await asyncio.sleep(0)
                else:
                    writer.write(said)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(relay: Relay) -> AsyncIterator[int]:
    """The port on which it answers."""
    server = await asyncio.start_server(relay.talk, "127.0.0.1", 0, limit=1 << 20)
    async with server:
        yield server.sockets[0].getsockname()[1]
