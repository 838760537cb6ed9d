"""The dry run: messages are written to a folder, for nobody's eyes but the secretary's, instead of being sent."""

import os
from pathlib import Path

from mailer.domain.errors import BadInput, Refused


def write(folder: Path, name: str, message: bytes) -> Path:
    """Afterwards `<folder>/<name>` holds the message, readable by its owner only (0600); returns its path.

    The folder is made when it is not there (0700). Nothing is ever written over: Refused when the file exists already.
    BadInput when the folder or the file cannot be written.
    """
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "xb", opener=_private) as file:
            file.write(message)
    except OSError as error:
        if path.exists():
            raise Refused(f"{path} is there already and is not written over; name an empty folder") from None
        raise BadInput(f"{path} cannot be written ({error.strerror}); name another folder") from error
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
