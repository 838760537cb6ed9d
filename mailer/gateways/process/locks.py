"""Tells whether a sender is still alive: each holds a lock on its own file beside the database while it lives.

The kernel lets go of a lock when its process ends, however it ends, so a lock that can be taken proves its owner dead.
It proves nothing about another machine: compare `host()` and `boot_id()` with those of the claim first.
"""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.domain.errors import BadInput, Refused


class OwnerLock:
    """A lock that is held; as a context manager it is let go, and its file removed, at the end."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Afterwards the owner counts as dead and its file is gone."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def hold(folder: Path, name: str) -> OwnerLock:
    """Afterwards this process holds the lock of the owner `name` until it releases it or ends.

    A name is used once in all time (make it from chance): Refused when its file is there already. That is what makes
    `is_dead` safe to ask from many processes at once: a file that it removes can never be a newcomer's.
    BadInput when the folder cannot be written.
    """
    path = _path(folder, name)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refused(f"a sender named {name} has been here before ({path}); start again under a new name") from None
    except OSError as error:
        raise BadInput(f"the lock {path} cannot be made ({error.strerror}); check the folder's owner") from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return OwnerLock(path, descriptor)


def is_dead(folder: Path, name: str) -> bool:
    """Whether the owner `name` of this machine, in this boot, has ended; the file of a dead one is gone afterwards.

    Asks with a shared lock, which the owner's own lock excludes but other askers' do not: no asker looks like an owner.
    """
    path = _path(folder, name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def boot_id() -> str:
    """What tells this boot of the machine from every other (Linux only, random(4)); empty elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def host() -> str:
    """The machine's name, to tell its claims from those of another."""
    return socket.gethostname()


def _path(folder: Path, name: str) -> Path:
    return folder / f".{name}.lock"
