"""An IMAP server with one folder, in a thread, that can be told to refuse, to stall and to lie."""

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.certificates import Authority

CAPABILITIES = b"IMAP4rev1 MOVE UIDPLUS AUTH=PLAIN"
Answer = Callable[["Talk", int], bytes | None]


@dataclass(slots=True)
class Talk:
    """One connection: what a made-up answer may write to."""

    mailbox: "Mailbox"
    connection: ssl.SSLSocket
    tag: bytes = b""

    def write(self, octets: bytes) -> None:
        self.connection.sendall(octets)

    def stall(self) -> None:
        """Say nothing until the client goes away, or the test ends."""
        self.connection.settimeout(0.05)
        while not self.mailbox.ended.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue


@dataclass(slots=True)
class Mailbox:
    """The mails that wait, by UID. `on_move` and `on_body` return the octets of an answer; None: they have done it."""

    mails: dict[int, bytes]
    uidvalidity: int = 77
    sizes: dict[int, int] = field(default_factory=dict)  # announced instead of the true ones
    processed: dict[int, bytes] = field(default_factory=dict)
    failed: dict[int, bytes] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    on_move: Answer | None = None
    on_body: Answer | None = None
    on_search: Answer | None = None
    capabilities: bytes = CAPABILITIES
    login: bytes = b"OK done"  # the answer to a login by a password
    token: str = ""  # the token that is accepted
    challenge: bytes = b""  # said before a token is refused
    words: list[str] = field(default_factory=list)  # what the client said to log in, decoded
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"imaps://bounces@127.0.0.1:{self.port}"

    def count(self, command: str) -> int:
        """How often the client has given this command."""
        return sum(each.startswith(command) for each in self.commands)

    def fetched(self, uid: int) -> bytes:
        return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (uid, len(self.mails[uid]), self.mails[uid])

    def answer(self, talk: Talk, command: str) -> bytes | None:
        """The untagged octets and the status of an answer; None when it has been given."""
        number = re.search(r"\d+", command)
        uid = int(number[0]) if number else 0
        match command.split()[:2]:
            case ["CAPABILITY", *_]:
                return b"* CAPABILITY " + self.capabilities + b"\r\nOK done"
            case ["LOGIN", *_] | ["AUTHENTICATE", "PLAIN"]:
                return self.login
            case ["SELECT" | "EXAMINE", *_]:
                return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\nOK done" % (len(self.mails), self.uidvalidity)
            case ["UID", "SEARCH"] if self.on_search and not number:
                return self.on_search(talk, 0)
            case ["UID", "SEARCH"]:
                found = [each for each in sorted(self.mails) if not number or each == uid]
                return b"* SEARCH " + b" ".join(b"%d" % each for each in found) + b"\r\nOK done"
            case ["UID", "FETCH"] if uid not in self.mails:
                return b"OK nothing"
            case ["UID", "FETCH"] if "RFC822.SIZE" in command:
                size = self.sizes.get(uid, len(self.mails[uid]))
                return b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\nOK done" % (uid, size)
            case ["UID", "FETCH"]:
                return self.on_body(talk, uid) if self.on_body else self.fetched(uid) + b"OK done"
            case ["UID", "MOVE"]:
                if self.on_move:
                    return self.on_move(talk, uid)
                (self.failed if "Failed" in command else self.processed)[uid] = self.mails.pop(uid)
                return b"OK done"
            case ["LIST", *_]:
                return b'* LIST () "/" "Processed"\r\n* LIST () "/" "Failed"\r\nOK done'
            case _:
                return b"OK done"

    def serve(self, connection: ssl.SSLSocket) -> None:
        talk = Talk(mailbox=self, connection=connection)
        talk.write(b"* OK [CAPABILITY " + self.capabilities + b"] hello\r\n")
        lines = connection.makefile("rb")
        while line := lines.readline():
            talk.tag, _, rest = line.strip().partition(b" ")
            command = rest.decode()
            self.commands.append(command)
            if command.startswith("AUTHENTICATE"):
                talk.write(b"+ \r\n")
                self.words.append(base64.b64decode(lines.readline()).decode())
                if "XOAUTH2" in command and f"Bearer {self.token}\1" not in self.words[-1]:
                    talk.write(b"+ " + self.challenge + b"\r\n")
                    self.words.append(lines.readline().decode().strip())
                    talk.write(talk.tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")
                    continue
            answer = self.answer(talk, command)
            if answer is None:
                return
            untagged, newline, status = answer.rpartition(b"\r\n")
            talk.write(untagged + newline + talk.tag + b" " + status + b"\r\n")


@contextmanager
def scripted(mailbox: Mailbox, authority: Authority) -> Iterator[Mailbox]:
    """Serve the mailbox until the end, each connection in a thread of its own."""
    threads: list[threading.Thread] = []

    def converse(plain: socket.socket) -> None:
        try:
            with authority.good.wrap_socket(plain, server_side=True) as connection:
                mailbox.serve(connection)
        except OSError:
            pass  # the client has gone

    def accept(listening: socket.socket) -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=converse, args=(plain,), daemon=True))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        mailbox.port = listening.getsockname()[1]
        accepting = threading.Thread(target=accept, args=(listening,), daemon=True)
        accepting.start()
        try:
            yield mailbox
        finally:
            mailbox.ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join(5)
