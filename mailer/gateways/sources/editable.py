"""Writes an issue's folder into the editors' folder on this disk: beside it first, then moved there in one step."""

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.folder_limits import BIGGEST_FILE
from mailer.domain.ports import RawFile, RawIssue
from mailer.gateways import private_files
from mailer.gateways.sources.folder import read_folder

# Inside the source: hidden, so that nothing is pulled from it, and on the same file system, so that folders can be moved.
KEPT = ".replaced"
# renameat2(2): both names change places. Linux alone has it.
_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE

_ONE_UPLOAD = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditableFolder:
    """A source that is a folder of this machine."""

    root: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait for other uploads, and keep them waiting until the end. MailerError when the source cannot be read.

        Where the file system cannot lock a folder (NFS), this holds in one process, such as the console.
        """
        with _ONE_UPLOAD:
            try:
                descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except OSError as error:
                raise self._unreadable(error) from error
            try:
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)  # this ends the lock

    def folders(self) -> list[str]:
        """The names of its sub-folders that are not hidden, in order. MailerError when the source cannot be read."""
        try:
            return sorted(each.name for each in self.root.iterdir() if each.is_dir() and not each.name.startswith("."))
        except OSError as error:
            raise self._unreadable(error) from error

    def texts_of(self, folder: str) -> tuple[RawFile, ...]:
        """The texts of a sub-folder; those that cannot be read are left out."""
        texts = []
        for path in sorted((self.root / folder).glob("*.[mM][dD]")):
            with suppress(OSError):
                if path.is_file() and path.stat().st_size <= BIGGEST_FILE:
                    texts.append(RawFile(name=path.name, content=path.read_bytes()))
        return tuple(texts)

    def read_one(self, folder: str) -> RawIssue:
        """One sub-folder. Raises BadInput naming it when it cannot be read."""
        return read_folder(self.root / folder)

    def fingerprint(self, folder: str) -> str:
        """Another text whenever a file of the sub-folder may have changed: names, sizes and times of its files."""
        files = []
        with suppress(OSError):
            for entry in sorted(os.scandir(self.root / folder), key=lambda entry: entry.name):
                facts = entry.stat()
                files.append((entry.name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns))
        return repr(files)

    def stage(self, folder: str, files: Sequence[RawFile], at: datetime) -> str:
        """Write the files into a hidden folder; returns its name. BadInput when nothing can be written there."""
        stem = f"{folder}.{at:%Y-%m-%d-%H%M%S}"
        names = (f"{stem}{f'-{number}' if number else ''}" for number in range(1000))
        staged = next(name for name in names if not (self.root / KEPT / name).exists())
        try:
            for file in files:
                private_files.write_output(self.root / KEPT / staged, file.name, file.content)
        except MailerError as error:
            self.discard(staged)
            raise BadInput(f"the folder {folder} cannot be written into the source: {error}") from error
        return staged

    def swap(self, staged: str, folder: str) -> str:
        """Move the staged folder to this name in one step; the folder of this name, if any, takes the staged one's place.

        Returns where that is kept, below the source; empty for none. Refused when something else has this name.
        """
        new, place = self.root / KEPT / staged, self.root / folder
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise Refused(f"{folder} in the source is a link or a file; remove it, or give the folder another name")
        try:
            if not place.exists():
                new.rename(place)
                return ""
            _exchange(new, place)
        except OSError as error:
            raise BadInput(f"the folder {folder} cannot be put into the source: {error.strerror}") from error
        return f"{KEPT}/{staged}"

    def discard(self, staged: str) -> None:
        """Delete a staged folder."""
        shutil.rmtree(self.root / KEPT / staged, ignore_errors=True)

    def _unreadable(self, error: OSError) -> MailerError:
        return MailerError(f"the source {self.root} cannot be read: {error.strerror}")


def _exchange(new: Path, place: Path) -> None:
    """Let two folders change places: in one step where the system can do it, else one after the other."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2"):
        if not libc.renameat2(_HERE, os.fsencode(new), _HERE, os.fsencode(place), _EXCHANGE):
            return
        if (number := ctypes.get_errno()) not in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
            raise OSError(number, os.strerror(number))
    exchange_slowly(new, place)


def exchange_slowly(new: Path, place: Path) -> None:
    """The same in three steps; the folder that was there is put back when the new one cannot take its place."""
    old = new.with_name(f"{new.name}.old")
    place.rename(old)
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise
    old.rename(new)
