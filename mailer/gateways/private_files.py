"""Writes files that only their owner can read, and checks the rights of those that must be private."""

import os
import shutil
import stat
from pathlib import Path

from mailer.domain.errors import BadInput, Refused


def write(folder: Path, name: str, content: bytes) -> Path:
    """Write a new file `<folder>/<name>` (0600) and return its path; the folder is created if missing (0700).

    Existing files are never overwritten: Refused. BadInput when the folder or the file cannot be written.
    """
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "xb", opener=_open_private) as file:
            file.write(content)
    except OSError as error:
        if path.exists():
            raise Refused(f"{path} exists already and is not overwritten; name an empty folder") from None
        raise BadInput(f"{path} cannot be written ({error.strerror}); name another folder") from error
    return path


def write_again(folder: Path, name: str, content: bytes) -> Path:
    """The same, in place of a file of that name."""
    if (folder / name).is_file():
        (folder / name).unlink()
    return write(folder, name, content)


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder into a new one (0700) that only its owner can use, whatever the rights of the source."""
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            copy_folder(path, target / path.name)
        else:
            shutil.copyfile(path, target / path.name)


def too_open(path: Path) -> str | None:
    """Say what is wrong with the rights of a private file or folder; None if they are right or the path is missing."""
    if not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    allowed = 0o700 if path.is_dir() else 0o600
    if mode & ~allowed:
        return f"{path} is {mode:04o}, others can read it; `chmod {allowed:o} {path}`"
    return None


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
