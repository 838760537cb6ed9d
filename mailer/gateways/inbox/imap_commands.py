"""The IMAP commands that the inbox uses, and the parsing of their responses."""

import imaplib
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.imap_utf7 import utf7_decode

from mailer.domain.ports import BIGGEST_MAIL, WaitingMail
from mailer.gateways.inbox.imap_client import BoundedMailBox
from mailer.gateways.server_text import printable

REFUSED = (imaplib.IMAP4.error, ImapToolsError)
# The connection is unusable: imaplib's own error, a socket error, an unreadable response. Check it before REFUSED, since
# IMAP4.abort is an IMAP4.error.
LOST = (imaplib.IMAP4.abort, OSError, ValueError)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def error_text(error: Exception) -> str:
    """Return the text of the server or the socket as one line."""
    if isinstance(error, UnexpectedCommandStatusError):
        words = [part.decode(errors="replace") for part in error.command_result[1] if isinstance(part, bytes)]
        return printable(" ".join(words))
    if error.args and isinstance(error.args[0], bytes):  # imaplib raises the greeting as it came
        return printable(error.args[0].decode(errors="replace"))
    return printable(str(error)) or type(error).__name__


def data_of(response: tuple[str, list[Any]]) -> list[Any]:
    """Return the data of an OK response. Raises IMAP4.error with the server's text for NO and BAD."""
    status, data = response
    if status != "OK":
        raise imaplib.IMAP4.error(" ".join(part.decode(errors="replace") for part in data if isinstance(part, bytes)))
    return data


def uids(mailbox: BoundedMailBox) -> list[str]:
    """Return the UIDs of the mails that are not marked as deleted, oldest first."""
    return mailbox.uids("UNDELETED", charset=None)


def is_there(mailbox: BoundedMailBox, uid: str) -> bool:
    """Whether the mail is still in the folder."""
    return uid in mailbox.uids(f"UID {uid}", charset=None)


def fetch(mailbox: BoundedMailBox, uid: str, name: str) -> WaitingMail | None:
    """Return the mail with its exact octets, or with the reason why it cannot be read; None if it is gone.

    Raises IMAP4.abort when the connection cannot be used any more: it broke, or the server answers with another mail.
    """
    try:
        sizes = _fetched(data_of(mailbox.client.uid("FETCH", uid, "(UID RFC822.SIZE)")), uid)
        size = max(
            (int(match[1]) for text, _ in sizes if (match := re.search(rb"RFC822\.SIZE (\d+)", text))), default=0
        )
        if size > BIGGEST_MAIL:
            return WaitingMail(name=name, why=f"it has {size} octets, more than {BIGGEST_MAIL}")
        mailbox.client.expect_mail(size)
        response = data_of(mailbox.client.uid("FETCH", uid, "(UID BODY.PEEK[])"))
        content = _body(response, uid)
        if content is None and _is_about_another(response, uid):
            mailbox.client.give_up("the server answers with another mail")
        if content is None and not is_there(mailbox, uid):
            return None  # another program has moved it
    except imaplib.IMAP4.abort:
        raise
    except REFUSED as error:
        return WaitingMail(name=name, why=f"the server does not deliver it: {error_text(error)}", may_pass=True)
    if not content:
        return WaitingMail(name=name, why="the server returns no content", may_pass=True)
    if len(content) > BIGGEST_MAIL:
        return WaitingMail(name=name, why=f"it has {len(content)} octets, more than {BIGGEST_MAIL}")
    return WaitingMail(name=name, content=content)


def _body(response: list[Any], uid: str) -> bytes | None:
    """Return the BODY[] in the answer about this UID, which is a literal or a quoted string (RFC 3501 §4.3)."""
    for text, literals in _fetched(response, uid):
        if b"BODY[] {" in text and literals:
            return literals[0]
        if quoted := re.search(rb"BODY\[\] " + _QUOTED.pattern, text):
            return re.sub(rb"\\(.)", rb"\1", quoted[1])
    return None


def _is_about_another(response: list[Any], uid: str) -> bool:
    """Whether there is a content, but not of this UID."""
    return any(b"BODY[]" in text for text, _ in _answers(response)) and not _fetched(response, uid)


def _fetched(response: list[Any], uid: str) -> list[tuple[bytes, list[bytes]]]:
    """The answers about this UID, which stands in each of them (RFC 3501 §6.4.8)."""
    named = re.compile(rb"\bUID %s\b" % uid.encode())
    return [(text, literals) for text, literals in _answers(response) if named.search(_QUOTED.sub(b'""', text))]


def _answers(response: list[Any]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Each answer of a FETCH as imaplib returns it: its text without the literals, and the literals."""
    text, literals = b"", list[bytes]()
    for part in response:
        if isinstance(part, tuple):
            text += part[0]
            literals.append(bytes(part[1]))
        elif isinstance(part, bytes):
            yield text + part, literals
            text, literals = b"", []
    if literals:
        yield text, literals


def namespace(mailbox: BoundedMailBox, capabilities: frozenset[str]) -> tuple[str, str]:
    """Return the prefix of the user's own folders, and the separator between a folder and its sub-folder (RFC 2342)."""
    if "NAMESPACE" in capabilities:
        response = data_of(mailbox.client.namespace())[-1] or b""
        if match := re.match(r'\(\("([^"]*)" "(\\?.)"', utf7_decode(response)):
            return match[1], match[2][-1]
    return "", next((folder.delim for folder in mailbox.folder.list("", "INBOX")), "/")


def create_folder(mailbox: BoundedMailBox, folder: str) -> None:
    """Create and subscribe the folder if it is missing. Raises MailboxFolderCreateError when the server refuses."""
    if not mailbox.folder.exists(folder):
        mailbox.folder.create(folder)
        with suppress(ImapToolsError):
            mailbox.folder.subscribe(folder, True)  # mail programs show subscribed folders
