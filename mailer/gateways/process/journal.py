"""A sender's own diary of the copies that began to leave, so that after a crash only these are in doubt.

Sixteen octets a line, only ever added: one before a copy's first octet of content leaves, one when its answer has come.
They survive the end of the process, not that of the machine: whoever reads them must know that it is still the same boot.

The file is mapped into memory: a write() would let go of Python's lock twice a copy, and getting it back beside the
ledger's thread costs ten times the line. Its room is taken from the disk in advance, so a full disk is met where it can
be said.
"""

import mmap
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


# So much room is taken at a time (octets): 32,768 copies, more than is ever in hand.
_BLOCK = 1 << 20


class Journal:
    """One sender's journal, open to be written."""

    def __init__(self, path: Path) -> None:
        """The file is made, for its owner alone. Raises MailerError when it cannot be."""
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MailerError(f"the journal {path} cannot be made ({error.strerror}); check the folder") from error
        self._map: mmap.mmap | None = None
        self._end = 0  # of what is written
        self._room = 0

    def write(self, delivery: int, epoch: int, noted: Noted, code: int = 0) -> None:
        """It stands in the file. Raises MailerError when it cannot be written: the copy may not go on then."""
        facts = _FACTS.pack(delivery, epoch, _NUMBERS[noted] << _CODE_BITS | code)
        begin, end = self._end, self._end + _LINE
        if end > self._room:
            self._grow()
        assert self._map is not None, "it has grown"
        self._map[begin:end] = facts + _check(facts)
        self._end = end

    def read(self) -> Mapping[tuple[int, int], Trace] | None:
        """What stands in it, as `read` of this module tells it."""
        return read(self._path)

    def clear(self) -> None:
        """The file tells nothing: all that it told stands in the ledger."""
        for begin in range(0, self._end, _BLOCK):
            assert self._map is not None, "something is written"
            end = min(begin + _BLOCK, self._end)
            self._map[begin:end] = bytes(end - begin)
        self._end = 0

    def close(self) -> None:
        """Nothing more is written."""
        if self._map is not None:
            self._map.close()
        os.close(self._file)

    def _grow(self) -> None:
        try:
            os.posix_fallocate(self._file, self._room, _BLOCK)
            wider = mmap.mmap(self._file, self._room + _BLOCK)
        except OSError as error:
            raise MailerError(f"the journal {self._path} cannot be written: {error.strerror}") from error
        if self._map is not None:
            self._map.close()
        self._map, self._room = wider, self._room + _BLOCK

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def read(path: Path) -> Mapping[tuple[int, int], Trace] | None:
    """The last that was noted of each copy, by delivery and epoch; a copy that is not there had not begun.

    None when nothing can be known: there is no journal, or a line of it does not check.
    """
    try:
        octets = path.read_bytes()
    except OSError:
        return None
    traces: dict[tuple[int, int], Trace] = {}
    written = -(-len(octets.rstrip(b"\0")) // _LINE) * _LINE  # behind it stands room that nobody has written to
    for begin in range(0, written, _LINE):
        facts, check = octets[begin : begin + _FACTS.size], octets[begin + _FACTS.size : begin + _LINE]
        if check != _check(facts):
            return None
        delivery, epoch, both = _FACTS.unpack(facts)
        number, code = both >> _CODE_BITS, both & (1 << _CODE_BITS) - 1
        if number >= len(_NOTED):
            return None
        traces[delivery, epoch] = Trace(noted=_NOTED[number], code=code)
    return traces


def _check(facts: bytes) -> bytes:
    return (zlib.crc32(facts) & 0xFFFF).to_bytes(2, "little")
