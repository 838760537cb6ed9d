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

# Delivery, epoch, and in one number what happened (the upper bits) and the answer's code (the lower ten).
# Behind them stand two octets that check them.
_FACTS = struct.Struct("<QIH")
_LINE = _FACTS.size + 2
_CODE_BITS = 10
_NOTED = tuple(Noted)
_NUMBERS = {noted: number for number, noted in enumerate(_NOTED)}


class Journal:
    """One sender's journal, open to be written."""

    def __init__(self, path: Path) -> None:
        """The file is made, for its owner alone. Raises MailerError when it cannot be."""
        self._path = path
        self._torn = False  # its last line is not whole
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MailerError(f"the journal {path} cannot be made ({error.strerror}); check the folder") from error

    def write(self, delivery: int, epoch: int, noted: Noted, code: int = 0) -> None:
        """It stands in the file. Raises MailerError when it cannot be written: the copy may not go on then."""
        facts = _FACTS.pack(delivery, epoch, _NUMBERS[noted] << _CODE_BITS | code)
        try:
            if self._torn:
                self._mend()
            if os.write(self._file, facts + _check(facts)) < _LINE:  # the disk is full
                self._torn = True
                self._mend()
                raise MailerError(f"the journal {self._path} cannot be written: no space left")
        except OSError as error:
            raise MailerError(f"the journal {self._path} cannot be written: {error.strerror}") from error

    def clear(self) -> None:
        """The file is empty: all that it told stands in the ledger."""
        os.ftruncate(self._file, 0)
        self._torn = False

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._file)

    def _mend(self) -> None:
        """Cut off a last line that is not whole: it would put all that follow out of step."""
        size = os.fstat(self._file).st_size
        os.ftruncate(self._file, size - size % _LINE)
        self._torn = False

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
    for end in range(_LINE, len(octets) + 1, _LINE):
        facts, check = octets[end - _LINE : end - 2], octets[end - 2 : end]
        delivery, epoch, both = _FACTS.unpack(facts)
        number, code = both >> _CODE_BITS, both & (1 << _CODE_BITS) - 1
        if check != _check(facts) or number >= len(_NOTED):
            return None
        traces[delivery, epoch] = Trace(noted=_NOTED[number], code=code)
    return traces


def _check(facts: bytes) -> bytes:
    return (zlib.crc32(facts) & 0xFFFF).to_bytes(2, "little")
