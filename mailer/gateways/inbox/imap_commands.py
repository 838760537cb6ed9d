"""The IMAP commands that the inbox uses, and the parsing of their responses."""

import imaplib
import re
from contextlib import suppress
from typing import Any

from imap_tools import MailBox
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.imap_utf7 import utf7_decode

from mailer.domain.ports import BIGGEST_MAIL, WaitingMail
from mailer.gateways.server_text import printable

TIMEOUT_SECONDS = 60.0  # for a response

REFUSED = (imaplib.IMAP4.error, ImapToolsError)
# The connection is unusable: imaplib's own error, a socket error, an unreadable response. Check it before REFUSED, since
# IMAP4.abort is an IMAP4.error.
LOST = (imaplib.IMAP4.abort, OSError, ValueError)


def error_text(error: Exception) -> str:
    """Return the text of the server or the socket as one line."""
    if isinstance(error, UnexpectedCommandStatusError):
        words = [part.decode(errors="replace") for part in error.command_result[1] if isinstance(part, bytes)]
        return printable(" ".join(words))
    return printable(str(error)) or type(error).__name__


def data_of(response: tuple[str, list[Any]]) -> list[Any]:
    """Return the data of an OK response. Raises IMAP4.error with the server's text for NO and BAD."""
    status, data = response
    if status != "OK":
        raise imaplib.IMAP4.error(" ".join(part.decode(errors="replace") for part in data if isinstance(part, bytes)))
    return data


def uids(mailbox: MailBox) -> list[str]:
    """Return the UIDs of the mails that are not marked as deleted, oldest first."""
    return mailbox.uids("UNDELETED", charset=None)


def is_there(mailbox: MailBox, uid: str) -> bool:
    """Whether the mail is still in the folder."""
    return uid in mailbox.uids(f"UID {uid}", charset=None)


def fetch(mailbox: MailBox, uid: str) -> WaitingMail | None:
    """Return the mail with its exact octets, or with the reason why it cannot be read; None if it is gone."""
    try:
        sizes = data_of(mailbox.client.uid("FETCH", uid, "(RFC822.SIZE)"))
        size = max(
            (int(match[1]) for item in sizes if (match := re.search(rb"RFC822\.SIZE (\d+)", item or b""))), default=0
        )
        if size > BIGGEST_MAIL:
            return WaitingMail(name=uid, why=f"it has {size} octets, more than {BIGGEST_MAIL}")
        content = _body(data_of(mailbox.client.uid("FETCH", uid, "(BODY.PEEK[])")))
        if content is None and not is_there(mailbox, uid):
            return None  # another program has moved it
    except imaplib.IMAP4.abort:
        raise
    except REFUSED as error:
        return WaitingMail(name=uid, why=f"the server refuses to deliver it: {error_text(error)}")
    if content is None:
        return WaitingMail(name=uid, why="the server returns no content")
    if len(content) > BIGGEST_MAIL:
        return WaitingMail(name=uid, why=f"it has {len(content)} octets, more than {BIGGEST_MAIL}")
    return WaitingMail(name=uid, content=content)


def _body(response: list[Any]) -> bytes | None:
    """Return the BODY[] of a FETCH response, which is a literal or a quoted string (RFC 3501 §4.3)."""
    for part in response:
        if isinstance(part, tuple) and b"BODY[]" in part[0]:
            return bytes(part[1])
        if isinstance(part, bytes) and (quoted := re.search(rb'BODY\[\] "((?:[^"\\]|\\.)*)"', part)):
            return re.sub(rb"\\(.)", rb"\1", quoted[1])
    return None


def namespace(mailbox: MailBox, capabilities: frozenset[str]) -> tuple[str, str]:
    """Return the prefix of the user's own folders, and the separator between a folder and its sub-folder (RFC 2342)."""
    if "NAMESPACE" in capabilities:
        response = data_of(mailbox.client.namespace())[-1] or b""
        if match := re.match(r'\(\("([^"]*)" "(\\?.)"', utf7_decode(response)):
            return match[1], match[2][-1]
    return "", next((folder.delim for folder in mailbox.folder.list("", "INBOX")), "/")


def create_folder(mailbox: MailBox, folder: str) -> None:
    """Create and subscribe the folder if it is missing. Raises MailboxFolderCreateError when the server refuses."""
    if not mailbox.folder.exists(folder):
        mailbox.folder.create(folder)
        with suppress(ImapToolsError):
            mailbox.folder.subscribe(folder, True)  # mail programs show subscribed folders


def disconnect(mailbox: MailBox) -> None:
    """Log out and close the connection, whatever its state."""
    with suppress(imaplib.IMAP4.error, ImapToolsError, OSError, ValueError):
        mailbox.logout()
    with suppress(OSError):
        mailbox.client.shutdown()  # the logout may have failed
