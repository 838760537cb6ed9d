"""An IMAP connection that a server cannot fill or hold: each answer has a deadline and a size, and a stop ends it."""

import imaplib
import socket
import ssl
from collections.abc import Callable
from time import monotonic
from typing import NoReturn

from imap_tools import BaseMailBox

from mailer.domain.ports import BIGGEST_MAIL

CONNECT_SECONDS = 10.0  # for all addresses of a host together
ANSWER_SECONDS = 60.0  # for a whole answer; octets that arrive do not extend it
LOGOUT_SECONDS = 5.0
SLOWEST = 40_000  # octets a second: a mail of announced size has so much more time
STOP_SECONDS = 1.0  # within which a stop is noticed
MOST_OCTETS = 8 << 20  # of an answer without a mail, such as the numbers of a million mails


class ImapClient(imaplib.IMAP4_SSL):
    """imaplib's client, whose own reading has no limits.

    `fault` says why it gave up the connection, where it did so itself; `is_too_large`: the server announced too much,
    `is_late`: it answered too slowly. `stopped` is asked while it waits.
    """

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext, stopped: Callable[[], bool]) -> None:
        self.fault = ""
        self.is_too_large = self.is_late = False
        self._stopped = stopped
        self._received = bytearray()
        self._expect(ANSWER_SECONDS)
        super().__init__(host, port, ssl_context=tls)

    def expect_mail(self, size: int) -> None:
        """Expect a mail of this announced size in the next answer: it may be longer and take more time."""
        self._next = (ANSWER_SECONDS + size / SLOWEST, BIGGEST_MAIL + MOST_OCTETS)

    def read(self, size: int) -> bytes:
        """The next octets of the answer; refuses a literal that is announced with more than an answer may have."""
        if size > self._octets_left + len(self._received):
            self.is_too_large = True
            self.give_up(f"it has {size} octets, more than {BIGGEST_MAIL}")
        while len(self._received) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """The next line of the answer."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            self._receive()
        return self._take(end + 1)

    def send(self, data: bytes) -> None:  # type: ignore[override]  # the stubs allow any buffer
        """Send a command, or what belongs to it; its answer is read afresh."""
        self._expect(*self._next)
        self.sock.settimeout(CONNECT_SECONDS)
        super().send(data)

    def give_up(self, why: str) -> NoReturn:
        """Use the connection no more, because of what the server does."""
        self.fault = why
        raise self.abort(why)

    def leave(self) -> None:
        """Log out, if the server answers at once, and close the connection, whatever its state."""
        try:
            if not self.fault and not self._stopped():
                self._next = (LOGOUT_SECONDS, MOST_OCTETS)
                self.logout()
        except (imaplib.IMAP4.error, OSError, ValueError):
            pass
        finally:
            self.sock.close()
            self.file.close()

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        del timeout
        plain = self._connect_to_any()
        # It takes over the descriptor of the plain one.
        secure: ssl.SSLSocket = self.ssl_context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        try:
            self._expect(ANSWER_SECONDS)
            self._wait_for(secure, secure.do_handshake)
            self._expect(ANSWER_SECONDS)  # for the greeting
        except BaseException:
            secure.close()
            raise
        return secure

    def _connect_to_any(self) -> socket.socket:
        """A connection to the first address of the host that accepts one."""
        end = monotonic() + CONNECT_SECONDS
        addresses = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        for number, (family, kind, protocol, _, address) in enumerate(addresses, start=1):
            connection = socket.socket(family, kind, protocol)
            share = (end - monotonic()) / (len(addresses) - number + 1)
            connection.settimeout(max(share, 0.1))
            try:
                connection.connect(address)
            except OSError:
                connection.close()
                if number == len(addresses) or self._stopped():
                    raise
            else:
                return connection
        raise OSError(f"{self.host} has no address")

    def _expect(self, seconds: float, octets: int = MOST_OCTETS) -> None:
        """Begin to wait for an answer."""
        self._seconds, self._answer_by = seconds, monotonic() + seconds
        self._octets, self._octets_left = octets, octets
        self._next = (ANSWER_SECONDS, MOST_OCTETS)

    def _receive(self) -> None:
        octets = self._wait_for(self.sock, lambda: self.sock.recv(1 << 16))
        if not octets:
            raise self.abort("it has closed the connection")
        self._octets_left -= len(octets)
        if self._octets_left < 0:
            self.give_up(f"the server answers with more than {self._octets} octets")
        self._received += octets

    def _wait_for(self, connection: socket.socket, step: Callable[[], bytes | None]) -> bytes | None:
        """Do a step of the connection before the deadline of the answer, unless a stop comes first."""
        while True:
            seconds = self._answer_by - monotonic()
            if self._stopped():
                self.give_up("the service stops")
            if seconds <= 0:
                self.is_late = True
                self.give_up(f"the whole answer did not arrive within {self._seconds:.0f} s: timed out")
            connection.settimeout(min(seconds, STOP_SECONDS))
            try:
                return step()
            except TimeoutError:
                continue

    def _take(self, size: int) -> bytes:
        octets = bytes(self._received[:size])
        del self._received[:size]
        return octets


class BoundedMailBox(BaseMailBox):
    """A mailbox of imap-tools on such a connection."""

    client: ImapClient

    def __init__(self, client: ImapClient) -> None:
        self._bounded = client
        super().__init__()

    def _get_mailbox_client(self) -> ImapClient:
        return self._bounded
