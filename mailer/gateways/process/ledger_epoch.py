"""Stores the ledger's epoch in a file beside the database, so that a restored backup is detected before it sends."""

import os
import secrets
from contextlib import suppress
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

        No sender waits for another one, which may be frozen at any point. Each writes a file of its own, reads what is
        saved, and puts its file in place. If another one has saved a higher epoch in between, it has deleted that file.
        """
        while not self._holds(epoch):
            self._put(epoch)

    def _holds(self, epoch: int) -> bool:
        """Whether this epoch or a higher one is saved, and no sender can put a lower one in its place any more."""
        if self._saved() < epoch:
            return False
        # Files made from now on are judged by this epoch.
        for other in self._path.parent.glob(f"{self._path.name}.*.new"):
            other.unlink(missing_ok=True)
        return self._saved() >= epoch

    def _put(self, epoch: int) -> None:
        own = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}.new")
        try:
            with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(str(epoch))
                file.flush()
                os.fsync(file.fileno())
            # Asked while the own file is there: a higher epoch that is saved from now on deletes it.
            if self._saved() < epoch:
                with suppress(FileNotFoundError):
                    own.replace(self._path)
        finally:
            own.unlink(missing_ok=True)

    def _saved(self) -> int:
        saved = self.read()
        return -1 if saved is None else saved
