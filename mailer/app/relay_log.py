"""Reads the logs of a relay, also packed ones, for the Message-IDs that it accepted."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailer.domain.errors import BadInput
from mailer.formats.relay_log import accepted_message_ids

_GZIP = b"\x1f\x8b"  # RFC 1952 §2.3.1


def read_logs(files: Iterable[Path]) -> frozenset[str]:
    """The Message-IDs, without angle brackets, that these logs show as accepted.

    BadInput for a file that cannot be read, or in which there is none: a log of another kind must not pass as an empty one.
    """
    return frozenset(message_id for file in files for message_id in _read(file))


def _read(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as opened:
            packed = opened.read(len(_GZIP)) == _GZIP
        with gzip.open(file, "rb") if packed else file.open("rb") as lines:
            message_ids = set(accepted_message_ids(line.decode("utf-8", "replace") for line in lines))
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not message_ids:
        raise BadInput(
            f"{file} shows no accepted message: give a log of Postfix, Exim or Sendmail, or a list of Message-IDs"
        )
    yield from message_ids
