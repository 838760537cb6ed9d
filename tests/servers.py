"""What tests and benchmarks need to start a server: its program, a free port, and a wait until it is ready."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from threading import Event

PATIENCE = 60  # seconds that a server may take to listen, to end or to go on, on a busy machine
LOOK = 0.02
_OUTSIDE = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"


def program(name: str) -> str | None:
    """The path of a program, which may be in the folders of system programs."""
    return shutil.which(name, path=_OUTSIDE)


def free_port() -> int:
    """A port on which no program listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, server: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a program listens on the port."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server is not None and server.poll() is not None:
                raise RuntimeError(f"no program listens on port {port}") from None
            return False
        return True

    wait_until(listens, f"no program listens on port {port}")


def wait_until(is_met: Callable[[], bool], failure: str, patience: float = PATIENCE) -> None:
    """Wait until the condition is met; raises RuntimeError with this text when it takes more seconds than that."""
    pause = Event()
    for _ in range(int(patience / LOOK)):
        if is_met():
            return
        pause.wait(LOOK)
    raise RuntimeError(failure)
