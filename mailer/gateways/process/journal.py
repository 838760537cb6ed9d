"""A sender's journal of the copies whose content it began to send, so that after a crash only these are uncertain.

It consists of records of sixteen octets: one before a copy's first octet of content is sent, one when its reply arrives.
Records survive the end of the process, but not a crash of the machine: use them only within the same boot.

The file is mapped into memory, since write() releases the GIL twice a copy, and reacquiring it beside the ledger's thread
costs ten times as much as the record. Space is allocated in advance, so that a full disk raises an error and not SIGBUS.
"""

import mmap
import os
import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from mailer.domain.delivery import JournalEntry, JournalState
from mailer.domain.errors import MailerError

# Delivery, epoch, and one number with the event (upper bits) and the reply code (lower ten); two octets of checksum follow.
_FIELDS = struct.Struct("<QIH")
_RECORD = struct.Struct("<QIHH")  # these with the checksum
_RECORD_SIZE = _RECORD.size
_CODE_BITS = 10
_STATES = tuple(JournalState)
_NUMBERS = {state: number << _CODE_BITS for number, state in enumerate(_STATES)}

# Octets allocated at a time: 32,768 copies, more than are ever in flight.
_BLOCK = 1 << 20


class Journal:
    """The journal of one sender, open for writing."""

    def __init__(self, path: Path) -> None:
        """Create the file, readable by its owner only. Raises MailerError when it cannot be created."""
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MailerError(f"the journal {path} cannot be created ({error.strerror}); check the folder") from error
        self._map: mmap.mmap | None = None
        self._end = 0  # of the records
        self._allocated = 0

    def write(self, delivery: int, epoch: int, state: JournalState, code: int = 0) -> None:
        """Append a record. Raises MailerError when it cannot be written: the copy must not be sent then."""
        event = _NUMBERS[state] | code
        checksum = crc32(_FIELDS.pack(delivery, epoch, event)) & 0xFFFF
        begin, end = self._end, self._end + _RECORD_SIZE
        if end > self._allocated:
            self._grow()
        assert self._map is not None, "_grow has mapped the file"
        self._map[begin:end] = _RECORD.pack(delivery, epoch, event, checksum)
        self._end = end

    def read(self) -> Mapping[tuple[int, int], JournalEntry] | None:
        """Return the last record of each copy, as `read_journal` does."""
        return read_journal(self._path)

    def keep(self, copies: Collection[tuple[int, int]]) -> None:
        """Drop the records of all but these copies, once there are many; where no second file can be made, keep all.

        The new file takes the place of the old one in one step, so that a process that dies leaves either whole.
        """
        if self._end < _BLOCK:
            return
        assert self._map is not None, "a written journal is mapped"
        last = {}
        for number, (delivery, epoch, _packed, _checksum) in enumerate(_RECORD.iter_unpack(self._map[: self._end])):
            if (delivery, epoch) in copies:
                last[delivery, epoch] = number * _RECORD_SIZE
        records = b"".join(self._map[begin : begin + _RECORD_SIZE] for begin in last.values())
        new = _successor(self._path)
        try:
            file = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError:
            return
        allocated = (len(records) // _BLOCK + 1) * _BLOCK
        try:
            os.posix_fallocate(file, 0, allocated)
            mapping = mmap.mmap(file, allocated)
            mapping[: len(records)] = records
            new.rename(self._path)
        except OSError:
            os.close(file)
            new.unlink(missing_ok=True)
            return
        self.close()
        self._file, self._map, self._end, self._allocated = file, mapping, len(records), allocated

    def clear(self) -> None:
        """Erase all records, once the ledger has what they say."""
        for begin in range(0, self._end, _BLOCK):
            assert self._map is not None, "a written journal is mapped"
            end = min(begin + _BLOCK, self._end)
            self._map[begin:end] = bytes(end - begin)
        self._end = 0

    def close(self) -> None:
        """Close the file."""
        if self._map is not None:
            self._map.close()
        os.close(self._file)

    def _grow(self) -> None:
        try:
            os.posix_fallocate(self._file, self._allocated, _BLOCK)
            mapping = mmap.mmap(self._file, self._allocated + _BLOCK)
        except OSError as error:
            raise MailerError(f"the journal {self._path} cannot be written: {error.strerror}") from error
        if self._map is not None:
            self._map.close()
        self._map, self._allocated = mapping, self._allocated + _BLOCK

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def delete_journal(path: Path) -> None:
    """Delete a journal, and what a process left that died while it made a new one."""
    path.unlink(missing_ok=True)
    _successor(path).unlink(missing_ok=True)


def _successor(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def read_journal(path: Path) -> Mapping[tuple[int, int], JournalEntry] | None:
    """Return the last record of each copy, by delivery and epoch; a copy without one had not begun.

    None if there is no journal or a record has a wrong checksum: then nothing is certain.
    """
    try:
        octets = path.read_bytes()
    except OSError:
        return None
    entries: dict[tuple[int, int], JournalEntry] = {}
    end = -(-len(octets.rstrip(b"\0")) // _RECORD_SIZE) * _RECORD_SIZE  # only allocated space follows
    for begin in range(0, end, _RECORD_SIZE):
        fields, checksum = octets[begin : begin + _FIELDS.size], octets[begin + _FIELDS.size : begin + _RECORD_SIZE]
        if checksum != _checksum(fields):
            return None
        delivery, epoch, packed = _FIELDS.unpack(fields)
        number, code = packed >> _CODE_BITS, packed & (1 << _CODE_BITS) - 1
        if number >= len(_STATES):
            return None
        entries[delivery, epoch] = JournalEntry(state=_STATES[number], code=code)
    return entries


def _checksum(fields: bytes) -> bytes:
    return (crc32(fields) & 0xFFFF).to_bytes(2, "little")
