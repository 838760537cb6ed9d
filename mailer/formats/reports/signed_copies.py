"""Finds the copies that a mail names by our signatures, wherever a mail system has put them, in the order of trust."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailer.formats.reports import decode
from mailer.formats.reports.body_text import extract_text, find_header
from mailer.formats.reports.mime import HeaderFields, MailPart, split_header
from mailer.formats.reports.original_message import RETURNED
from mailer.formats.reports.wrapped import attached, is_report
from mailer.formats.token import Keyring, Purpose

_STATUSES = {"message/delivery-status", "message/global-delivery-status", "message/feedback-report"}
_THREAD = {"in-reply-to", "references"}
_ENVELOPE = {"original-envelope-id", "x-original-envelope-id", "envid", "x-envid"}
# Fields with an address from which a copy was sent, or at which its reader unsubscribes. Elsewhere only a Message-ID counts:
# our return path as a recipient names the report that was sent to it.
_SIGNED_ADDRESS = re.compile(r"sender|from|return-path|unsubscribe")
# The addresses to which a report that another mail carries was delivered.
_CAME_TO = {"to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to"}
_STATUS_FIELD = re.compile(r"^[ \t]{0,4}([!-9;-~]{1,80})[ \t]*:(.*(?:\n[ \t].*){0,20})", re.MULTILINE)
_NO_TEXT = ("image/", "audio/", "video/", "font/")
# A character written as its number: quoted-printable, xtext (RFC 3461 §4, RFC 6533 §3), a URL, JSON.
_ESCAPE = re.compile(r"(?:[=+%]|\\u00|\\x)\{?([0-9A-Fa-f]{2})\}?")
_BREAKS = re.compile(r"(?:=\n|\s)+")
MAX_DEPTH = 3  # mails within mails


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCopies:
    """The deliveries that a mail names, by place; each place is trusted more than those after it.

    `shows_another`: the message that failed is shown with a Message-ID that is not ours, and with nothing of ours. Then it
    is another mail, such as a person's reply to a copy, and `answered` and `quoted` do not name what failed.
    """

    returned: frozenset[int] = frozenset()  # in the header of the message that failed, or in a server's fields about it
    enveloped: frozenset[int] = frozenset()  # as the ENVID of its envelope
    answered: frozenset[int] = frozenset()  # in the report's own header: the mail to which it replies
    quoted: frozenset[int] = frozenset()  # in any text of the mail
    shows_another: bool = False


@dataclass(slots=True)
class _Places:
    """What stands in a mail, by place, before a key is tried on it."""

    returned: list[HeaderFields] = field(default_factory=list)
    reported: list[HeaderFields] = field(default_factory=list)  # by a server, about the message that failed
    own: list[HeaderFields] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def find_signed(mail: MailPart, keys: Keyring) -> SignedCopies:
    """The copies that this mail names. Brackets, folds and encodings around a signature do not matter."""
    places = _Places()
    _collect(mail, places, MAX_DEPTH)
    shown = [name_value for fields in (*places.returned, *places.reported) for name_value in fields]
    ids = [value for name, value in shown if name not in _THREAD | _ENVELOPE]
    addresses = [value for name, value in shown if _SIGNED_ADDRESS.search(name)]
    returned = _named(ids, keys, Purpose.MESSAGE_ID) | _named(addresses, keys, Purpose.BOUNCE, Purpose.UNSUBSCRIBE)
    other_ids = (value for fields in places.returned for name, value in fields if name == "message-id")
    return SignedCopies(
        returned=returned,
        enveloped=_named((value for name, value in shown if name in _ENVELOPE), keys, Purpose.MESSAGE_ID),
        answered=_named((value for fields in places.own for value in _answered(fields)), keys, Purpose.MESSAGE_ID),
        quoted=_named(places.texts, keys, Purpose.MESSAGE_ID),
        shows_another=not returned and any("@" in value for value in other_ids),
    )


def _collect(mail: MailPart, places: _Places, depth: int) -> None:
    parts = mail.walk()
    has_status = any(part.kind in _STATUSES for part in parts)
    places.own.append(mail.header)
    places.returned.append(find_header(extract_text(mail).returned))
    for part in parts:
        inner = attached(part)
        if inner is not None and is_report(inner) and not has_status and depth:
            # The inner report is the one that counts, and so is the return path to which it came.
            places.reported.append(tuple(("return-path", value) for name, value in inner.header if name in _CAME_TO))
            _collect(inner, places, depth - 1)
        elif inner is not None:
            places.returned += [] if is_report(inner) else [inner.header]
            places.texts += _texts(inner, depth)
        elif part.kind in RETURNED and part is not mail:
            places.returned.append(split_header(part.octets.replace(b"\r\n", b"\n").lstrip(b"\n"))[0])
            places.texts.append(part.text)
        elif part.kind in _STATUSES:
            places.reported.append(tuple((name.lower(), value) for name, value in _STATUS_FIELD.findall(part.text)))
        elif not part.parts and not part.kind.startswith(_NO_TEXT):
            places.texts.append(part.text)


def _texts(mail: MailPart, depth: int) -> Iterator[str]:
    """The header and the texts of a mail inside another, and of the mails that it carries."""
    yield from (value for _, value in mail.header)
    for part in mail.walk():
        inner = attached(part)
        if inner is not None and depth:
            yield from _texts(inner, depth - 1)
        elif not part.parts and not part.kind.startswith(_NO_TEXT):
            yield part.text


def _answered(fields: HeaderFields) -> Iterator[str]:
    """What names the mail that this one answers; beside In-Reply-To only the last of References (RFC 5322 §3.6.4)."""
    has_parent = any(name == "in-reply-to" for name, _ in fields)
    for name, value in fields:
        if name == "references" and has_parent:
            yield value.rpartition("<")[2]
        elif name in _THREAD or name.endswith("-id"):
            yield value


def _named(texts: Iterable[str], keys: Keyring, *purposes: Purpose) -> frozenset[int]:
    tokens = (token for text in texts for reading in _readings(text) for token in keys.find(reading))
    return frozenset(token.number for token in tokens if token.purpose in purposes)


def _readings(text: str) -> Iterator[str]:
    """A text as it stands, with what is encoded in it decoded, and without its line breaks and spaces."""
    plain = decode.words(text)
    decoded = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), plain)
    yield plain
    yield decoded
    yield _BREAKS.sub("", plain)
    yield _BREAKS.sub("", decoded)
