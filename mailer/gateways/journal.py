"""A sender's own diary of the copies that began to leave, so that after a crash only these are in doubt.

Sixteen octets a line, only ever added: one before a copy's first octet of content leaves, one when its answer has come.
They survive the end of the process, not that of the machine: whoever reads them must know that it is still the same boot.
"""

import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.domain.delivery import Noted, Trace
from mailer.domain.errors import MailerError

# delivery, epoch, the answer's code, what happened, and a check over the others.
_LINE = struct.Struct("<QIHBB")
_NOTED = tuple(Noted)
_NUMBERS = {noted: number for number, noted in enumerate(_NOTED)}


class Journal:
    """One sender's journal, open to be written."""

    def __init__(self, path: Path) -> None:
        """The file is made, for its owner alone. Raises MailerError when it cannot be."""
        self._path = path
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MailerError(f"the journal {path} cannot be made ({error.strerror}); check the folder") from error

    def write(self, delivery: int, epoch: int, noted: Noted, code: int = 0) -> None:
        """It stands in the file. Raises MailerError when it cannot be written: the copy may not go on then."""
        line = _LINE.pack(delivery, epoch, code, _NUMBERS[noted], 0)
        line = line[:-1] + bytes([_check(line)])
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise MailerError(f"the journal {self._path} cannot be written: {error.strerror}") from error
        if written != len(line):  # the disk is full: a line that is not whole would put all that follow out of step
            os.ftruncate(self._file, os.fstat(self._file).st_size - written)
            raise MailerError(f"the journal {self._path} cannot be written: no space left")

    def clear(self) -> None:
        """The file is empty: all that it told stands in the ledger."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def read(path: Path) -> Mapping[tuple[int, int], Trace] | None:
    """The last that was noted of each copy, by delivery and epoch; a copy that is not there had not begun.

    None when nothing can be known: there is no journal, or a line of it does not check. (A last line that is not whole
    is none: its writer was told so, and did not go on.)
    """
    try:
        octets = path.read_bytes()
    except OSError:
        return None
    traces: dict[tuple[int, int], Trace] = {}
    for delivery, epoch, code, number, check in _LINE.iter_unpack(octets[: len(octets) // _LINE.size * _LINE.size]):
        if check != _check(_LINE.pack(delivery, epoch, code, number, 0)) or number >= len(_NOTED):
            return None
        traces[delivery, epoch] = Trace(noted=_NOTED[number], code=code)
    return traces


def _check(line: bytes) -> int:
    return zlib.crc32(line[:-1]) & 0xFF
