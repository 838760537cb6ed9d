"""Finds out whether a sender is alive: it holds a lock on a file of its own beside the database.

The kernel releases the lock when the process ends for any reason, so a lock that can be taken proves that its owner is
dead. It proves nothing about another machine: compare `host()` and `boot_id()` first.
"""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.domain.errors import BadInput, Refused


class OwnerLock:
    """A lock that this process holds; a context manager that releases it and deletes its file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Release the lock and delete its file: the owner counts as dead."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def acquire(folder: Path, name: str) -> OwnerLock:
    """Take the lock of the owner `name`, until it is released or this process ends.

    A name must never be used again, so make it random: Refused when its file exists. Therefore `is_dead` can delete a
    file although other processes ask at the same time: it is never that of a new owner.
    BadInput when the folder cannot be written.
    """
    path = _path(folder, name)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refused(f"a sender named {name} has run before ({path}); start again with a new name") from None
    except OSError as error:
        raise BadInput(f"the lock {path} cannot be created ({error.strerror}); check the folder's owner") from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return OwnerLock(path, descriptor)


def is_dead(folder: Path, name: str) -> bool:
    """Whether the owner `name` of this machine and boot has ended; the file of a dead owner is deleted.

    It tries a shared lock, which only the owner's exclusive lock prevents: processes that ask do not block each other.
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
    """Return the id of this boot of the machine (Linux, random(4)); empty on other systems."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def host() -> str:
    """Return the host name of this machine."""
    return socket.gethostname()


def _path(folder: Path, name: str) -> Path:
    return folder / f".{name}.lock"
