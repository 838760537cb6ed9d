"""Writes the lines at the top of a message so that every mail program reads what was meant, and nothing else.

Every function returns one whole header field, folded, each line ending in CRLF. What could break out of its line or be
read in two ways is encoded where the field may be encoded (RFC 2047) and refused with BadInput where it may not.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from urllib.parse import quote

from mailer.domain.errors import BadInput
from mailer.formats.characters import find_invisible


class Header(StrEnum):
    """Every header field that a message of ours may have."""

    FROM = "From"
    REPLY_TO = "Reply-To"
    TO = "To"
    SUBJECT = "Subject"
    DATE = "Date"
    MESSAGE_ID = "Message-ID"
    MIME_VERSION = "MIME-Version"
    LIST_ID = "List-Id"
    LIST_UNSUBSCRIBE = "List-Unsubscribe"
    LIST_UNSUBSCRIBE_POST = "List-Unsubscribe-Post"
    PRECEDENCE = "Precedence"
    AUTO_SUBMITTED = "Auto-Submitted"
    FEEDBACK_ID = "Feedback-ID"
    CONTENT_LANGUAGE = "Content-Language"
    CONTENT_TYPE = "Content-Type"
    CONTENT_TRANSFER_ENCODING = "Content-Transfer-Encoding"
    CONTENT_DISPOSITION = "Content-Disposition"
    CONTENT_ID = "Content-ID"


_LINE = 78  # RFC 5322 §2.1.1: characters a line should not exceed
_LINE_AT_MOST = 998  # RFC 5322 §2.1.1: octets a line must not exceed
_ENCODED_LINE = 76  # RFC 2047 §2: characters of a line that has an encoded word
_ENCODED_WORD = 75  # RFC 2047 §2: characters of an encoded word
_OPENING, _CLOSING = "=?utf-8?b?", "?="

_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*")  # visible ASCII, single spaces between
_ATOMS = re.compile(r"[A-Za-z0-9'_-]+(?: [A-Za-z0-9'_-]+)*")  # the part of RFC 5322 §3.2.3 that nobody misreads
_QUOTABLE = re.compile(r"[A-Za-z0-9'_.,;:&()/+!#*-]+(?: [A-Za-z0-9'_.,;:&()/+!#*-]+)*")  # needs no backslash in quotes
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]+")  # RFC 2045 §5.1, less what RFC 2231 gives a meaning
_PARAMETER = re.compile(r"[A-Za-z0-9 '()+_,./:=-]{1,60}")  # in quotes without a backslash; every boundary is one
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[A-Za-z0-9.-]+")  # a dot-atom that may be UTF-8 (RFC 6532), A-labels
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")  # RFC 2919 §2
_SECTION = 45  # characters of one section of a parameter (RFC 2231 §3), so that its line stays within 78


def unstructured(header: Header, text: str) -> str:
    """The field with free text, such as Subject. Spaces at the ends do not count; empty text is refused."""
    shown = _visible(header, text)
    if not shown:
        raise BadInput(f"The {header} is empty; write it.")
    return _fold(header, _plain(header, shown) or list(_encoded(header, shown)))


def mailbox(header: Header, name: str, address: str) -> str:
    """The field with one address, as the wire has it, and its owner's name, which may be empty."""
    if not _ADDRESS.fullmatch(address) or "=?" in address or find_invisible(address):
        raise BadInput(f"The {header} cannot hold the address {address!r}; correct the address.")
    shown = _visible(header, name)
    return _fold(header, [*_phrase(header, shown), f"<{address}>"] if shown else [address])


def identified(header: Header, name: str, identifier: str) -> str:
    """The field with a name and an identifier in angle brackets: List-Id (RFC 2919). The name may be empty."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise BadInput(f"The {header} cannot hold {identifier!r}; use letters, digits, hyphens and dots.")
    return _fold(header, [*_phrase(header, _visible(header, name)), f"<{identifier}>"])


def structured(header: Header, value: str) -> str:
    """The field with a value for machines: visible ASCII, never encoded, folded where it has a space."""
    if not _WORDS.fullmatch(value) or "=?" in value:
        raise BadInput(
            f"The {header} cannot hold {value!r}; use visible ASCII characters and single spaces, without =?."
        )
    return _fold(header, value.split(" "))


def parametrised(header: Header, value: str, parameters: Mapping[str, str]) -> str:
    """The field with a token and parameters: Content-Type, Content-Disposition. What is not ASCII goes by RFC 2231."""
    if not all(_TOKEN.fullmatch(token) for token in (*value.split("/"), *parameters)):
        raise BadInput(f"The {header} cannot hold {value!r} with {', '.join(parameters)!r}; use ASCII tokens.")
    sections = [section for name, text in parameters.items() for section in _parameter(header, name, text)]
    return _fold(header, [f"{word};" for word in (value, *sections)[:-1]] + [(value, *sections)[-1]])


def ascii_file_name(name: str) -> str:
    """The file name for mail programs without RFC 2231: whatever could be misread is an underscore."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)[-60:] or "_"


def _visible(header: Header, text: str) -> str:
    if hidden := find_invisible(text):
        raise BadInput(f"The {header} holds {hidden}, which cannot be seen; take it out.")
    return text.strip()


def _plain(header: Header, text: str) -> list[str] | None:
    """The words of a text that can stand as it is; None when it must be encoded to be read back unchanged."""
    words = text.split(" ")
    as_it_is = _WORDS.fullmatch(text) and "=?" not in text and max(map(len, words)) <= _LINE - len(header) - 2
    return words if as_it_is else None


def _phrase(header: Header, name: str) -> list[str]:
    """A name before an address (RFC 5322 §3.2.5): bare, in quotes on one line, or encoded."""
    if not name:
        return []
    if _ATOMS.fullmatch(name) and (words := _plain(header, name)):
        return words
    if _QUOTABLE.fullmatch(name) and len(name) + 2 <= _LINE - len(header) - 2:
        return [f'"{name}"']
    return list(_encoded(header, name))


def _encoded(header: Header, text: str) -> Iterator[str]:
    """Encoded words of whole characters; the first fits beside the header's name."""
    octets = text.encode()
    start, room = 0, _ENCODED_LINE - len(header) - 2
    while start < len(octets):
        end = start + (min(room, _ENCODED_WORD) - len(_OPENING) - len(_CLOSING)) // 4 * 3
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character: RFC 2047 §5 wants it whole
            end -= 1
        yield _OPENING + b2a_base64(octets[start:end], newline=False).decode("ascii") + _CLOSING
        start, room = end, _ENCODED_WORD


def _parameter(header: Header, name: str, text: str) -> list[str]:
    """A parameter in as many sections as it needs. Some readers decode a =? even out of RFC 2231, so it is refused."""
    _visible(header, text)
    if "=?" in text:
        raise BadInput(f"The {header} cannot hold {text!r}, because mail programs misread =?; choose another {name}.")
    if _TOKEN.fullmatch(text) and len(text) <= _SECTION:
        return [f"{name}={text}"]
    if _PARAMETER.fullmatch(text) and text == text.strip():
        return [f'{name}="{text}"']
    sections = [""]
    for character in text:
        escaped = quote(character, safe="")
        if len(sections[-1]) + len(escaped) > _SECTION - len("utf-8''"):
            sections.append("")
        sections[-1] += escaped
    sections[0] = "utf-8''" + sections[0]
    if len(sections) == 1:
        return [f"{name}*={sections[0]}"]
    return [f"{name}*{number}*={section}" for number, section in enumerate(sections)]


def _fold(header: Header, words: Sequence[str]) -> str:
    """The words on lines as long as they may be; the first word always stands beside the header's name."""
    whole = f"{header}: {' '.join(words)}\r\n"
    if len(whole) - 2 <= _ENCODED_LINE:  # what is a person's own in a message hardly ever needs more
        return whole
    lines = [f"{header}:"]
    for word in words:
        limit = _ENCODED_LINE if _OPENING in word or _OPENING in lines[-1] else _LINE
        if len(lines[-1]) + 1 + len(word) <= limit or lines == [f"{header}:"]:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    if max(len(line.encode()) for line in lines) > _LINE_AT_MOST:
        raise BadInput(f"The {header} has a word of more than {_LINE_AT_MOST} octets; shorten it.")
    return "\r\n".join(lines) + "\r\n"
