"""Writes files for their owner alone, or for the group that shares their folder; checks those that must be private."""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from mailer.domain.errors import BadInput, Refused

_OPEN = stat.S_IRGRP | stat.S_IXGRP  # what a group needs to open a folder


def write(folder: Path, name: str, content: bytes) -> Path:
    """Write a new file `<folder>/<name>` (0600) and return its path; the folder is created if missing (0700).

    Existing files are never overwritten: Refused. BadInput when the folder or the file cannot be written; then no part of
    it is left.
    """
    path, begun = folder / name, False
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "xb", opener=_open_private) as file:
            begun = True
            file.write(content)
    except OSError as error:
        if begun:
            path.unlink(missing_ok=True)
        elif path.exists():
            raise Refused(f"{path} exists already and is not overwritten; name an empty folder") from None
        raise BadInput(f"{path} cannot be written ({error.strerror}); name another folder") from error
    return path


def write_output(folder: Path, name: str, content: bytes) -> Path:
    """The same, for a person: where the folder is shared with a group, the group can use the new file and folders too.

    A folder is shared when its group can open it and it has the set-group-ID bit, or nothing for all others.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    path = write(folder, name, content)
    for new in (*reversed(missing), path):
        _share(new)
    return path


def write_output_again(folder: Path, name: str, content: bytes) -> Path:
    """The same, in place of a file of that name."""
    if (folder / name).is_file():
        (folder / name).unlink()
    return write_output(folder, name, content)


def _share(new: Path) -> None:
    """Give a new file or folder the group of the folder around it, and the rights that the group has there."""
    around = new.parent.stat()
    may_open = around.st_mode & _OPEN == _OPEN
    if not may_open or (around.st_mode & stat.S_IRWXO and not around.st_mode & stat.S_ISGID):
        return
    with suppress(PermissionError):  # only a member of the group can give a file to it
        os.chown(new, -1, around.st_gid)
        if new.is_dir():
            new.chmod(stat.S_ISGID | stat.S_IRWXU | (around.st_mode & stat.S_IRWXG))
        else:
            new.chmod(stat.S_IRUSR | stat.S_IWUSR | (around.st_mode & (stat.S_IRGRP | stat.S_IWGRP)))


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder into a new one (0700) that only its owner can use, whatever the rights of the source."""
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            copy_folder(path, target / path.name)
        else:
            shutil.copyfile(path, target / path.name)


def too_open(path: Path) -> int | None:
    """The rights that a private file or folder must have where others have some; None where they have none, or it is missing."""
    if not path.exists():
        return None
    allowed = 0o700 if path.is_dir() else 0o600
    return allowed if stat.S_IMODE(path.stat().st_mode) & ~allowed else None


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
