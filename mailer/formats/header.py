"""Writes header fields that every mail program reads alike.

Each function returns one whole field, folded, each line ending in CRLF. Text that could break out of its line or be
read in two ways is encoded if the field allows it (RFC 2047), else refused with BadInput.
"""

import re
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from enum import StrEnum
from urllib.parse import quote

from mailer.domain.errors import BadInput
from mailer.formats.characters import find_invisible


class Header(StrEnum):
    """Every header field that our messages may have."""

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
_LONGEST_LINE = 998  # RFC 5322 §2.1.1: octets a line must not exceed
_ENCODED_LINE = 76  # RFC 2047 §2: characters of a line with an encoded word
_ENCODED_WORD = 75  # RFC 2047 §2: characters of an encoded word
_OPENING, _CLOSING = "=?utf-8?b?", "?="

_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*")  # visible ASCII, single spaces between
_ATOMS = re.compile(r"[A-Za-z0-9'_-]+(?: [A-Za-z0-9'_-]+)*")  # the safe part of atext (RFC 5322 §3.2.3)
_QUOTABLE = re.compile(r"[A-Za-z0-9'_.,;:&()/+!#*-]+(?: [A-Za-z0-9'_.,;:&()/+!#*-]+)*")  # needs no backslash in quotes
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]+")  # RFC 2045 §5.1 without the characters special in RFC 2231
_PARAMETER = re.compile(r"[A-Za-z0-9 '()+_,./:=-]{1,60}")  # fits in quotes without a backslash, as every boundary does
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[A-Za-z0-9.-]+")  # a dot-atom that may be UTF-8 (RFC 6532), A-labels
# A name and an address that no writer would change: both are as strict as in any header.
_PLAIN_MAILBOX = re.compile(r"(?:[A-Za-z0-9'_-]+ )+<[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+>")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")  # RFC 2919 §2
_SECTION = 45  # characters of one section of a parameter (RFC 2231 §3), so that its line stays within 78


def unstructured(header: Header, text: str) -> str:
    """A field of free text, such as Subject. Strips the text; refuses empty text."""
    text = _strip(header, text)
    if not text:
        raise BadInput(f"The {header} is empty; write it.")
    return _fold(header, _plain_words(header, text) or _encode(header, text))


def mailbox(header: Header, name: str, address: str) -> str:
    """A field with one address, as written on the wire, and its owner's name, which may be empty."""
    plain = f"{name} <{address}>"
    if len(header) + len(": ") + len(plain) <= _ENCODED_LINE and _PLAIN_MAILBOX.fullmatch(plain):  # the usual, fast
        return f"{header}: {plain}\r\n"
    if not _ADDRESS.fullmatch(address) or "=?" in address or find_invisible(address):
        raise BadInput(f"The {header} cannot hold the address {address!r}; correct the address.")
    name = _strip(header, name)
    return _fold(header, [*_phrase(header, name), f"<{address}>"] if name else [address])


def identified(header: Header, name: str, identifier: str) -> str:
    """A field with a name and an identifier in angle brackets: List-Id (RFC 2919). The name may be empty."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise BadInput(f"The {header} cannot hold {identifier!r}; use letters, digits, hyphens and dots.")
    return _fold(header, [*_phrase(header, _strip(header, name)), f"<{identifier}>"])


def structured(header: Header, value: str) -> str:
    """A field for programs: visible ASCII, never encoded, folded at spaces."""
    if not _WORDS.fullmatch(value) or "=?" in value:
        raise BadInput(
            f"The {header} cannot hold {value!r}; use visible ASCII characters and single spaces, without =?."
        )
    return _fold(header, value.split(" "))


def parametrised(header: Header, value: str, parameters: Mapping[str, str]) -> str:
    """A field with a token and parameters, such as Content-Type; parameters outside ASCII are encoded (RFC 2231)."""
    if not all(_TOKEN.fullmatch(token) for token in (*value.split("/"), *parameters)):
        raise BadInput(f"The {header} cannot hold {value!r} with {', '.join(parameters)!r}; use ASCII tokens.")
    words = [value]
    for name, text in parameters.items():
        words += _parameter(header, name, text)
    return _fold(header, [*(f"{word};" for word in words[:-1]), words[-1]])


def ascii_file_name(name: str) -> str:
    """The file name for mail programs without RFC 2231, with underscores for all characters that could be misread."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)[-60:] or "_"


def _strip(header: Header, text: str) -> str:
    if character := find_invisible(text):
        raise BadInput(f"The {header} contains an invisible character, {character}; remove it.")
    return text.strip()


def _plain_words(header: Header, text: str) -> list[str] | None:
    """The words of the text; None if it must be encoded to be read back unchanged."""
    words = text.split(" ")
    is_plain = _WORDS.fullmatch(text) and "=?" not in text and max(map(len, words)) <= _LINE - len(header) - 2
    return words if is_plain else None


def _phrase(header: Header, name: str) -> list[str]:
    """A name before an address (RFC 5322 §3.2.5): bare, in quotes on one line, or encoded."""
    if not name:
        return []
    if _ATOMS.fullmatch(name) and (words := _plain_words(header, name)):
        return words
    if _QUOTABLE.fullmatch(name) and len(name) + 2 <= _LINE - len(header) - 2:
        return [f'"{name}"']
    return _encode(header, name)


def _encode(header: Header, text: str) -> list[str]:
    """Encoded words of whole characters; the first fits beside the header's name."""
    octets, words = text.encode(), list[str]()
    start, room = 0, _ENCODED_LINE - len(header) - 2
    while start < len(octets):
        end = start + (min(room, _ENCODED_WORD) - len(_OPENING) - len(_CLOSING)) // 4 * 3
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character: RFC 2047 §5 wants it whole
            end -= 1
        words.append(_OPENING + b2a_base64(octets[start:end], newline=False).decode("ascii") + _CLOSING)
        start, room = end, _ENCODED_WORD
    return words


def _parameter(header: Header, name: str, text: str) -> list[str]:
    """A parameter in as many sections as it needs. Refuses =?, which some mail programs decode even in RFC 2231."""
    _strip(header, text)
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
    """The words on as few lines as possible; the first word always stands beside the header's name."""
    whole = f"{header}: {' '.join(words)}\r\n"
    if len(whole) - 2 <= _ENCODED_LINE:  # most fields of a copy are short
        return whole
    first, *others = words
    lines, line = list[str](), f"{header}: {first}"
    for word in others:
        longer = f"{line} {word}"
        if len(longer) <= (_ENCODED_LINE if _OPENING in longer else _LINE):
            line = longer
        else:
            lines.append(line)
            line = f" {word}"
    lines.append(line)
    if len(whole.encode()) > _LONGEST_LINE and max(len(line.encode()) for line in lines) > _LONGEST_LINE:
        raise BadInput(f"The {header} has a word of more than {_LONGEST_LINE} octets; shorten it.")
    return "\r\n".join(lines) + "\r\n"
