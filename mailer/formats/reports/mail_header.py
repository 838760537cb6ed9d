"""Reads the header of a mail: who wrote it, its subject, and the addresses it was delivered to."""

from dataclasses import dataclass

from mailer.formats.reports import addresses, decode
from mailer.formats.reports.mime import MAX_HEADER, HeaderFields, clean_copy, split_header

# Fields in which servers record the envelope recipient: RFC 9228, Postfix, Exim, qmail and mailbox providers.
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to")
_MAX_ADDRESSES = 20  # read from one field
_MAX_CHARACTERS = 300  # kept of From and of Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeader:
    """From and Subject, decoded, each on one line of at most 300 characters; the addresses it was delivered to."""

    sender: str
    subject: str
    recipients: tuple[str, ...]


def read_header(raw: bytes) -> MailHeader:
    """The header of a mail, whatever its bytes. A returned message inside the mail is not read."""
    fields, _ = split_header(clean_copy(raw[:MAX_HEADER]))
    recipients = [
        address
        for name in _DELIVERED_TO
        for key, value in fields
        if key == name
        for address in addresses.find(decode.header(value), limit=_MAX_ADDRESSES)
    ]
    return MailHeader(
        sender=_first(fields, "from"), subject=_first(fields, "subject"), recipients=tuple(dict.fromkeys(recipients))
    )


def _first(fields: HeaderFields, name: str) -> str:
    return next((decode.header(value)[:_MAX_CHARACTERS] for key, value in fields if key == name), "")
