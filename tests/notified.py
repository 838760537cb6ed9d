"""A service manager's socket: what a service says of itself by sd_notify(3)."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(slots=True, kw_only=True)
class Notified:
    """The service manager."""

    address: str
    listening: socket.socket
    lines: list[str] = field(default_factory=list)

    def hear(self) -> list[str]:
        """All that was said until now, a line each; the monotonic clock's reading is left out."""
        while True:
            try:
                said = self.listening.recv(4096, socket.MSG_DONTWAIT).decode()
            except BlockingIOError:
                return self.lines
            self.lines += [line for line in said.splitlines() if not line.startswith("MONOTONIC_USEC=")]


@contextmanager
def notified(address: str = "") -> Iterator[Notified]:
    """A service manager at this address, or at a file of its own; `@` begins a name that is no file."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        address = address or str(Path(folder) / "notify")
        listening.bind(address.replace("@", "\0", 1))
        yield Notified(address=address, listening=listening)
