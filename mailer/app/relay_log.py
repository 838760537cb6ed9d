"""Reads the logs of a relay, also packed ones, for the Message-IDs that it accepted."""

import gzip
import zlib
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from mailer.domain.errors import BadInput
from mailer.domain.settlement import LogSpan, RelayLogs
from mailer.formats.relay_log import accepted_message_ids, line_time

LONGEST_LINE = 100_000  # octets
FEW_LINES = 100  # at either end of a log, of which some have a time
_GZIP = b"\x1f\x8b"  # RFC 1952 §2.3.1


def read_logs(files: Iterable[Path], now: datetime) -> RelayLogs:
    """The Message-IDs that these logs show as accepted, and how far the logs reach.

    BadInput for a file that cannot be read, or in which there is none: a log of another kind must not pass as an empty one.
    """
    return _together([_read_file(file, now) for file in files])


def read_uploaded_logs(files: Iterable[tuple[str, bytes]], now: datetime) -> RelayLogs:
    """The same of files that were sent here, each with its name."""
    return _together([_read(name, BytesIO(content), now) for name, content in files])


def _together(read: Sequence[tuple[set[str], LogSpan]]) -> RelayLogs:
    accepted = frozenset(message_id for message_ids, _ in read for message_id in message_ids)
    return RelayLogs(accepted=accepted, spans=tuple(span for _, span in read))


def _read_file(file: Path, now: datetime) -> tuple[set[str], LogSpan]:
    try:
        with file.open("rb") as opened:
            return _read(str(file), opened, now)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}") from error


def _read(file: str, opened: BinaryIO, now: datetime) -> tuple[set[str], LogSpan]:
    reach = _Reach(now)
    try:
        packed = opened.read(len(_GZIP)) == _GZIP
        opened.seek(0)
        lines = gzip.GzipFile(fileobj=opened) if packed else opened
        # In pieces: a packed line may have no end.
        pieces = iter(partial(lines.readline, LONGEST_LINE), b"")
        message_ids = set(accepted_message_ids(reach.note(piece.decode("utf-8", "replace")) for piece in pieces))
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not message_ids:
        raise BadInput(
            f"{file} shows no accepted message: give a log of Postfix, Exim or Sendmail, or a list of Message-IDs"
        )
    return message_ids, reach.span(file)


class _Reach:
    """Notes when the first and the last of the lines that pass were written."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._first: datetime | None = None
        self._last: deque[str] = deque(maxlen=FEW_LINES)
        self._passed = 0

    def note(self, line: str) -> str:
        self._passed += 1
        if self._first is None and self._passed <= FEW_LINES:
            self._first = line_time(line, self._now)
        self._last.append(line)
        return line

    def span(self, file: str) -> LogSpan:
        times = (line_time(line, self._now) for line in reversed(self._last))
        last = next((at for at in times if at is not None), None)
        return LogSpan(file=file, first=self._first, last=last)
