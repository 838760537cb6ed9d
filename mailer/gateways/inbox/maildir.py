"""Fetches reports from a Maildir, into which a local mail server delivers them, and reads single files."""

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from mailer.domain.bounce import Way
from mailer.domain.errors import MailerError, NotMoved
from mailer.domain.ports import BIGGEST_MAIL, WaitingMail

TOO_BIG = f"it has more than {BIGGEST_MAIL} octets"
_SEEN = ":2,S"  # the suffix of a mail that was read


class MaildirInbox:
    """A Maildir: mails wait in new/ and are moved to cur/. Links are not followed, hidden files are ignored.

    `also_seen`: mails in cur/ wait too, for a Maildir that a mail program reads.
    """

    way = Way.MAILDIR

    def __init__(self, folder: Path, *, also_seen: bool = False) -> None:
        self._folder = folder
        self._parts = ("new", "cur") if also_seen else ("new",)

    def count(self) -> int:
        """Count the waiting mails. Raises MailerError when the folder is no Maildir or cannot be read."""
        return len(self._names())

    def mails(self, taken: Collection[str] = ()) -> Iterator[WaitingMail]:
        """Yield the waiting mails by name; each is read, since a file may get the name of an earlier one. Raises MailerError when the folder is no Maildir or cannot be read."""
        del taken
        for name in self._names():
            mail = _read_plain(self._folder / name, name)
            if mail is not None:
                yield mail

    def done(self, mail: WaitingMail) -> None:
        """Move the mail to cur/ and mark it as read. Raises NotMoved when it cannot be moved."""
        part, _, base = mail.name.partition("/")
        if part == "new" or not base.partition(":2,")[1]:
            base += _SEEN
        elif "S" not in base.rpartition(":2,")[2]:
            base += "S"
        self._move(mail.name, self._folder / "cur", base)

    def failed(self, mail: WaitingMail) -> None:
        """Move the mail to .Failed/cur/, which mail programs show as the folder Failed (Maildir++)."""
        base = mail.name.partition("/")[2]
        failed_folder = self._folder / ".Failed"
        self._create(failed_folder, failed_folder / "new", failed_folder / "tmp")  # mkdir ignores `mode` for parents
        self._move(mail.name, failed_folder / "cur", base if ":2," in base else f"{base}:2,")

    def close(self) -> None:
        """Do nothing: a Maildir has no connection."""

    def _names(self) -> list[str]:
        try:
            return [
                f"{part}/{name}"
                for part in self._parts
                for name in sorted(path.name for path in (self._folder / part).iterdir())
                if not name.startswith(".")
            ]
        except FileNotFoundError:
            raise MailerError(
                f"the Maildir {self._folder} does not exist or has no new/; create it, or correct maildir of [bounces]"
            ) from None
        except OSError as error:
            raise MailerError(
                f"the Maildir {self._folder} cannot be read: {error.strerror}; check its permissions"
            ) from error

    def _create(self, *folders: Path) -> None:
        try:
            for folder in folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise NotMoved(f"the folder {folder} cannot be created: {error.strerror}; check the permissions") from error

    def _move(self, name: str, folder: Path, base: str) -> None:
        """Move the mail; if there is one of the same name, add a number."""
        source = self._folder / name
        if source == folder / base:
            return
        self._create(folder)
        target, number = folder / base, 0
        while os.path.lexists(target):
            number += 1
            front, colon, flags = base.partition(":2,")
            target = folder / f"{front}.{number}{colon}{flags}"
        try:
            source.rename(target)
        except FileNotFoundError:
            return  # another program has moved it
        except OSError as error:
            raise NotMoved(
                f"{source} cannot be moved to {folder}: {error.strerror}; check the permissions; until then it is fetched again"
            ) from error


def read_file(path: Path) -> WaitingMail:
    """Return the mail in a file, or the reason why it cannot be read."""
    try:
        with path.open("rb") as stream:
            return read_stream(stream, str(path))
    except OSError as error:
        return WaitingMail(name=str(path), why=f"it cannot be read: {error.strerror}")


def read_stream(stream: BinaryIO, name: str) -> WaitingMail:
    """Read a mail from a stream, or say that it is too big. Raises OSError as the stream does."""
    content = stream.read(BIGGEST_MAIL + 1)
    return (
        WaitingMail(name=name, why=TOO_BIG) if len(content) > BIGGEST_MAIL else WaitingMail(name=name, content=content)
    )


def _read_plain(path: Path, name: str) -> WaitingMail | None:
    """Return the mail in a plain file, or the reason why it cannot be read; None if it is gone."""
    try:
        # O_NONBLOCK: a named pipe in the folder must not block.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        return WaitingMail(
            name=name, why="it is a link" if path.is_symlink() else f"it cannot be read: {error.strerror}"
        )
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return WaitingMail(name=name, why="it is not a plain file")
    with os.fdopen(descriptor, "rb") as stream:
        try:
            return read_stream(stream, name)
        except OSError as error:
            return WaitingMail(name=name, why=f"it cannot be read: {error.strerror}")
