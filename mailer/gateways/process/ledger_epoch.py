"""Remembers beside the database how far the ledger has come, so that a restored backup is noticed before it sends."""

import fcntl
import os
from pathlib import Path

from mailer.domain.errors import BadInput


class EpochFile:
    """A number in a file of its own: the ledger's epoch when copies were claimed last, by any process of this folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def read(self) -> int:
        """The highest epoch that was reached; 0 while there is no file. BadInput when the file holds something else."""
        try:
            return int(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise BadInput(f"{self._path} cannot be read as a number; see docs/operating.md, Backups") from error

    def save(self, epoch: int) -> None:
        """Write this epoch, unless the file holds a higher one: before a copy of that claim can leave."""
        guard = os.open(self._path.with_suffix(".guard"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)  # two senders: the lower number never comes last
            if epoch > self.read():
                self._write(epoch)
        finally:
            os.close(guard)

    def _write(self, epoch: int) -> None:
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(str(epoch))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
