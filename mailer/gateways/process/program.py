"""Tells whether two processes run the same files of this program: it may be replaced by another version meanwhile."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import mailer


def program_mark(root: Path = Path(mailer.__file__).parent) -> str:
    """A hash over the names, sizes and times of the program's files as they are now on the disk."""
    return sha256("".join(sorted(_files(str(root)))).encode()).hexdigest()


def _files(folder: str) -> Iterator[str]:
    # Every command asks at its start: Path.rglob takes four times as long, 12 ms.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith(".py"):
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}\n"
