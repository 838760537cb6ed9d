"""Tells whether two processes run the same files of this program: it may be replaced by another version meanwhile."""

from hashlib import sha256
from pathlib import Path

import mailer


def program_mark(root: Path = Path(mailer.__file__).parent) -> str:
    """A hash over the names, sizes and times of the program's files as they are now on the disk."""
    digest = sha256()
    for file in sorted(root.rglob("*.py")):
        status = file.stat()
        digest.update(f"{file.relative_to(root)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
