"""Reads from the top of a mail who wrote it, about what, and to which addresses it was delivered."""

from dataclasses import dataclass

from mailer.formats.reports.addresses import find
from mailer.formats.reports.decode import header
from mailer.formats.reports.mime import MOST_HEAD, split_head

# Where servers write down the envelope's recipient: RFC 9228, and what Postfix, Exim, qmail and mailboxes call it.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to")
_MOST = 20  # addresses and characters of a line that are looked at or kept
_LINE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHead:
    """From and Subject, decoded, on one line each and cut at 300 characters; the addresses it was delivered to."""

    sender: str
    subject: str
    recipients: tuple[str, ...]


def heading(raw: bytes) -> MailHead:
    """The heading of a mail, whatever the bytes. Only its own header is read: nothing of what it brings back."""
    start = raw[:MOST_HEAD].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    head, _ = split_head(start)
    recipients = [
        address
        for name in _DELIVERED
        for key, value in head
        if key == name
        for address in find(header(value), most=_MOST)
    ]
    return MailHead(
        sender=_first(head, "from"), subject=_first(head, "subject"), recipients=tuple(dict.fromkeys(recipients))
    )


def _first(head: tuple[tuple[str, str], ...], name: str) -> str:
    return next((header(value)[:_LINE] for key, value in head if key == name), "")
