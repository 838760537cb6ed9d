"""Stores the ledger's epoch in a file beside the database, so that a restored backup is detected before it sends."""

import fcntl
import os
from pathlib import Path

from mailer.domain.errors import BadInput


class EpochFile:
    """The file with the ledger's epoch at the last claim, by any process of this installation."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def read(self) -> int | None:
        """Return the highest epoch saved; None without a file, or when it holds no number.

        Raises BadInput when the file cannot be read.
        """
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise BadInput(f"{self._path} cannot be read: {error.strerror}; correct its owner and mode") from error

    def save(self, epoch: int) -> None:
        """Write this epoch, unless the file holds a higher one: before a copy of that claim can leave.

        A sender also saves what it finds when it starts, so that a ledger that was ever claimed from has its file.
        """
        guard = os.open(self._path.with_suffix(".guard"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)  # another sender must not write a lower number after this one
            saved = self.read()
            if saved is None or epoch > saved:
                self._write(epoch)
        finally:
            os.close(guard)

    def _write(self, epoch: int) -> None:
        new_file = self._path.with_suffix(".new")
        with os.fdopen(os.open(new_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(str(epoch))
            file.flush()
            os.fsync(file.fileno())
        new_file.replace(self._path)
