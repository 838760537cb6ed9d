"""Finds out whether a sender is alive: it holds a lock on a file of its own beside the database.

The kernel releases the lock when the process ends for any reason, so a lock that can be taken proves that its owner is
dead: on the owner's very file, under the same kernel. So compare `boot_id()` first. A file that is not there proves
nothing: another container may have another disk at that path.
"""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.domain.errors import BadInput, Refused


class OwnerLock:
    """A lock that this process holds, until it is released; a context manager.

    Its file stays unless it is deleted: it is the proof of the owner's death.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def release(self) -> None:
        """Release the lock: the owner counts as dead while the file is there."""
        os.close(self._descriptor)

    def delete(self) -> None:
        """Delete the file, once nothing is left that the owner's death would free."""
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def acquire(folder: Path, name: str) -> OwnerLock:
    """Take the lock of the owner `name`, until it is released or this process ends.

    A name must never be used again, so make it random: Refused when its file exists. Therefore `delete_lock` can delete a
    file although other processes ask at the same time: it is never that of a new owner.
    BadInput when the folder cannot be written.
    """
    path = _path(folder / name)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refused(f"a sender named {name} has run before ({path}); start again with a new name") from None
    except OSError as error:
        raise BadInput(f"the lock {path} cannot be created ({error.strerror}); check the folder's owner") from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return OwnerLock(path, descriptor)


def is_dead(owner: Path) -> bool:
    """Whether the owner with this folder and name is proved to have ended, if it ran under this boot's kernel.

    It tries a shared lock, which only the owner's exclusive lock prevents: processes that ask do not block each other.
    """
    try:
        descriptor = os.open(_path(owner), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def any_lives(folder: Path) -> bool:
    """Whether a process of this machine holds its lock in the folder."""
    owners = (path.with_name(path.name[1:].removesuffix(".lock")) for path in folder.glob(".mailer-*.lock"))
    return any(_path(owner).exists() and not is_dead(owner) for owner in owners)


def delete_lock(owner: Path) -> None:
    """Delete the file of a dead owner, once the ledger has what followed from its death."""
    _path(owner).unlink(missing_ok=True)


def boot_id() -> str:
    """Return the id of this boot of the machine (Linux, random(4)); empty on other systems."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def host() -> str:
    """Return the host name of this machine."""
    return socket.gethostname()


def _path(owner: Path) -> Path:
    return owner.with_name(f".{owner.name}.lock")
