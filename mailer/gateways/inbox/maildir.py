"""Takes reports from a Maildir, the folder in which a mail server of one's own puts them, or from single files."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mailer.domain.bounce import Way
from mailer.domain.errors import MailerError
from mailer.domain.ports import BIGGEST_MAIL, WaitingMail

TOO_BIG = f"it has more than {BIGGEST_MAIL} octets"
_SEEN = ":2,S"  # the flag of a mail that was read, behind its name


class MaildirInbox:
    """A Maildir: mails come to new/ and are done in cur/. Links are not followed, hidden files left alone.

    `also_seen`: the mails in cur/ wait too, always; for a Maildir that somebody else reads.
    """

    way = Way.MAILDIR

    def __init__(self, folder: Path, *, also_seen: bool = False) -> None:
        self._folder = folder
        self._parts = ("new", "cur") if also_seen else ("new",)

    def count(self) -> int:
        """How many mails wait now. Nothing is touched. Raises MailerError when it is no Maildir, or may not be read."""
        return len(self._names())

    def mails(self) -> Iterator[WaitingMail]:
        """The mails that wait, by name. Raises MailerError when it is no Maildir, or may not be read."""
        for name in self._names():
            mail = _plain(self._folder / name, name)
            if mail is not None:
                yield mail

    def done(self, mail: WaitingMail) -> None:
        """Afterwards it is in cur/ as one that was read. Raises MailerError when it could not be moved."""
        part, _, base = mail.name.partition("/")
        if part == "new" or not base.partition(":2,")[1]:
            base += _SEEN
        elif "S" not in base.rpartition(":2,")[2]:
            base += "S"
        self._move(mail.name, self._folder / "cur", base)

    def failed(self, mail: WaitingMail) -> None:
        """Afterwards it is in .Failed/cur/, which mail programs show as the folder Failed (Maildir++)."""
        base = mail.name.partition("/")[2]
        aside = self._folder / ".Failed"
        self._made(aside, aside / "new", aside / "tmp")  # each with our rights, which parents made on the way have not
        self._move(mail.name, aside / "cur", base if ":2," in base else f"{base}:2,")

    def close(self) -> None:
        """There is nothing to end."""

    def _names(self) -> list[str]:
        try:
            return [
                f"{part}/{name}"
                for part in self._parts
                for name in sorted(one.name for one in (self._folder / part).iterdir())
                if not name.startswith(".")
            ]
        except FileNotFoundError:
            raise MailerError(
                f"the Maildir {self._folder} is not there, or has no new/; make it, or correct maildir of [bounces]"
            ) from None
        except OSError as error:
            raise MailerError(
                f"the Maildir {self._folder} cannot be read: {error.strerror}; give us the right"
            ) from error

    def _made(self, *folders: Path) -> None:
        try:
            for folder in folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise MailerError(f"the folder {folder} cannot be made: {error.strerror}; give us the right") from error

    def _move(self, name: str, folder: Path, base: str) -> None:
        """Nothing is overwritten: beside one of the same name it gets a number."""
        here = self._folder / name
        if here == folder / base:
            return
        self._made(folder)
        target, number = folder / base, 0
        while os.path.lexists(target):
            number += 1
            front, colon, flags = base.partition(":2,")
            target = folder / f"{front}.{number}{colon}{flags}"
        try:
            here.rename(target)
        except FileNotFoundError:
            return  # somebody else has moved it
        except OSError as error:
            raise MailerError(
                f"{here} cannot be moved to {folder}: {error.strerror}; give us the right, it comes again until then"
            ) from error


def read_file(path: Path) -> WaitingMail:
    """The mail in a file that somebody named, or why it cannot be read."""
    try:
        with path.open("rb") as stream:
            return read_stream(stream, str(path))
    except OSError as error:
        return WaitingMail(name=str(path), why=f"it cannot be read: {error.strerror}")


def read_stream(stream: BinaryIO, name: str) -> WaitingMail:
    """The mail that a stream brings up to its end, or that it is too big. Raises OSError as the stream does."""
    content = stream.read(BIGGEST_MAIL + 1)
    return (
        WaitingMail(name=name, why=TOO_BIG) if len(content) > BIGGEST_MAIL else WaitingMail(name=name, content=content)
    )


def _plain(path: Path, name: str) -> WaitingMail | None:
    """The mail in a plain file, or why it is none; None when it is not there any more."""
    try:
        # Nothing is waited for, as where somebody puts a pipe there.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        return WaitingMail(
            name=name, why="it is a link" if path.is_symlink() else f"it cannot be read: {error.strerror}"
        )
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        return WaitingMail(name=name, why="it is no plain file")
    with os.fdopen(opened, "rb") as stream:
        try:
            return read_stream(stream, name)
        except OSError as error:
            return WaitingMail(name=name, why=f"it cannot be read: {error.strerror}")
