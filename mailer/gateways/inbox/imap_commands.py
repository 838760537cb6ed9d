"""The questions that are put to an IMAP server, and the reading of its answers."""

import imaplib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from imap_tools import MailBox
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.imap_utf7 import utf7_decode

from mailer.domain.errors import BadInput
from mailer.domain.ports import BIGGEST_MAIL, WaitingMail
from mailer.gateways.smtp.replies import printable

PROCESSED, FAILED = "Processed", "Failed"  # the folders
PATIENCE = 60.0  # seconds for an answer
IMAPS = 993  # the port (RFC 8314 §3.2)

REFUSED = (imaplib.IMAP4.error, ImapToolsError)
# What imaplib says itself, what the socket says, and what comes of an answer that nobody can read. The first is a kind
# of IMAP4.error too, so this is asked first.
LOST = (imaplib.IMAP4.abort, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Where the mailbox is and how to log in. `ca_file` is trusted beside the system's authorities."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = IMAPS
    folder: str = "INBOX"
    ca_file: Path | None = None

    @classmethod
    def read(cls, url: str, password: str, ca_file: Path | None = None) -> Self:
        """What `imaps://USER@HOST[:PORT]/FOLDER` says (RFC 5092): %40 in USER is an @, no FOLDER is INBOX.

        Raises BadInput where it says nothing of the kind, or names a folder that is ours.
        """
        try:
            parts = urlsplit(url)
            host, user, port = parts.hostname or "", unquote(parts.username or ""), parts.port or IMAPS
        except ValueError:  # a port or a bracketed host that is none
            host, user, port, parts = "", "", IMAPS, urlsplit("")
        if not (parts.scheme == "imaps" and host and user):
            raise BadInput('[bounces] imap_url: write it as "imaps://USER@HOST/FOLDER"')
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if folder in {PROCESSED, FAILED}:
            raise BadInput(f"[bounces] imap_url: {folder} is where mails are moved to; name the folder they come to")
        return cls(host=host, user=user, password=password, port=port, folder=folder, ca_file=ca_file)

    def __str__(self) -> str:
        return f"imaps://{self.host}:{self.port}/{self.folder}"


def said(error: Exception) -> str:
    """What the server or the socket said, on one line."""
    if isinstance(error, UnexpectedCommandStatusError):
        words = [one.decode(errors="replace") for one in error.command_result[1] if isinstance(one, bytes)]
        return printable(" ".join(words))
    return printable(str(error)) or type(error).__name__


def granted(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a command brought. Raises IMAP4.error with the server's words where it was refused."""
    state, data = answer
    if state != "OK":
        raise imaplib.IMAP4.error(" ".join(one.decode(errors="replace") for one in data if isinstance(one, bytes)))
    return data


def uids(mailbox: MailBox) -> list[str]:
    """The mails that wait, oldest first."""
    return mailbox.uids("UNDELETED", charset=None)


def is_there(mailbox: MailBox, uid: str) -> bool:
    """Whether nobody has moved it."""
    return uid in mailbox.uids(f"UID {uid}", charset=None)


def fetched(mailbox: MailBox, uid: str) -> WaitingMail | None:
    """The mail with its exact octets, or with why there are none; None when it is not there any more."""
    try:
        sizes = granted(mailbox.client.uid("FETCH", uid, "(RFC822.SIZE)"))
        size = max(
            (int(found[1]) for one in sizes if (found := re.search(rb"RFC822\.SIZE (\d+)", one or b""))), default=0
        )
        if size > BIGGEST_MAIL:
            return WaitingMail(name=uid, why=f"it has {size} octets, more than {BIGGEST_MAIL}")
        content = _body(granted(mailbox.client.uid("FETCH", uid, "(BODY.PEEK[])")))
        if content is None and not is_there(mailbox, uid):
            return None  # somebody else has moved it
    except imaplib.IMAP4.abort:
        raise
    except REFUSED as error:
        return WaitingMail(name=uid, why=f"its server does not give it out: {said(error)}")
    if content is None:
        return WaitingMail(name=uid, why="its server gives nothing of it")
    if len(content) > BIGGEST_MAIL:
        return WaitingMail(name=uid, why=f"it has {len(content)} octets, more than {BIGGEST_MAIL}")
    return WaitingMail(name=uid, content=content)


def _body(answer: list[Any]) -> bytes | None:
    """The BODY[] of a FETCH, which is a literal or a quoted string (RFC 3501 §4.3)."""
    for part in answer:
        if isinstance(part, tuple) and b"BODY[]" in part[0]:
            return bytes(part[1])
        if isinstance(part, bytes) and (quoted := re.search(rb'BODY\[\] "((?:[^"\\]|\\.)*)"', part)):
            return re.sub(rb"\\(.)", rb"\1", quoted[1])
    return None


def namespace(mailbox: MailBox, able: frozenset[str]) -> tuple[str, str]:
    """What the names of the user's own folders begin with, and what separates a folder from one in it."""
    if "NAMESPACE" in able:
        answer = granted(mailbox.client.namespace())[-1] or b""
        if found := re.match(r'\(\("([^"]*)" "(\\?.)"', utf7_decode(answer)):
            return found[1], found[2][-1]
    return "", next((one.delim for one in mailbox.folder.list("", "INBOX")), "/")


def make(mailbox: MailBox, folder: str) -> None:
    """Afterwards there is such a folder. Raises MailboxFolderCreateError when the server does not want it."""
    if not mailbox.folder.exists(folder):
        mailbox.folder.create(folder)
        with suppress(ImapToolsError):
            mailbox.folder.subscribe(folder, True)  # so that mail programs show it


def hang_up(mailbox: MailBox) -> None:
    """Afterwards there is no connection, whatever state it was in."""
    with suppress(imaplib.IMAP4.error, ImapToolsError, OSError, ValueError):
        mailbox.logout()
    with suppress(OSError):
        mailbox.client.shutdown()  # where the logout could not
