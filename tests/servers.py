"""What every test or benchmark that starts a server needs: its program, a free port, and a wait until it is ready."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from threading import Event

PATIENCE = 20  # seconds that a server may take to listen or to end
LOOK = 0.02
_OUTSIDE = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"


def program(name: str) -> str | None:
    """Where a program is, in the places of a server's programs too."""
    return shutil.which(name, path=_OUTSIDE)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port: int, server: subprocess.Popen[bytes] | None = None) -> None:
    """Afterwards somebody listens on the port."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server is not None and server.poll() is not None:
                raise RuntimeError(f"nobody listens on port {port}") from None
            return False
        return True

    wait_until(listens, f"nobody listens on port {port}")


def wait_until(met: Callable[[], bool], otherwise: str) -> None:
    """Afterwards it is so; RuntimeError says otherwise when it takes too long."""
    pause = Event()
    for _ in range(int(PATIENCE / LOOK)):
        if met():
            return
        pause.wait(LOOK)
    raise RuntimeError(otherwise)
