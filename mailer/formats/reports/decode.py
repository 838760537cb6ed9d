"""Turns bytes of unknown spelling into text: transfer encodings, character sets, and the encoded words of headers."""

import binascii
import re
from quopri import decodestring

# No text longer than this is ever looked at; what a report has to say stands at its beginning.
MOST_TEXT = 48_000

_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:\-]{1,40})(?:\*[^?]{0,20})?\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ISO_2022 = (b"\x1b$", b"\x1b(")
_ALIASES = {"unicode-1-1-utf-7": "utf-7", "x-sjis": "cp932", "shift_jis": "cp932", "x-mac-cyrillic": "mac_cyrillic"}
# Encodings of Python that are no character sets; UTF-7 hides text and is known only as an attack.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "utf_7", "mbcs", "oem"}


def content(raw: bytes, encoding: str) -> bytes:
    """The bytes behind a Content-Transfer-Encoding; what cannot be decoded stays as far as it can be."""
    match encoding.strip().lower():
        case "base64":
            return _base64(raw)
        case "quoted-printable":
            return decodestring(raw)
        case _:
            return raw


def _base64(raw: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", raw)
    if len(letters) % 4 == 1:  # six bits over are no octet: the mail was cut
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def text(raw: bytes, charset: str = "") -> str:
    """The text in these bytes: by the character set that is declared, and where none fits, by the best guess."""
    whole, raw = len(raw) <= MOST_TEXT, raw[:MOST_TEXT]
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name and name not in _REFUSED and name not in {"us-ascii", "ascii"}:
        try:
            return raw.decode(name, "replace")
        except (LookupError, ValueError):
            pass
    if any(escape in raw for escape in _ISO_2022):
        return raw.decode("iso2022_jp", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if not whole and error.start > len(raw) - 4:  # cut inside a letter by the limit above
            return raw.decode("utf-8", "replace")
    return _guess(raw)


def _guess(raw: bytes) -> str:
    """Undeclared 8-bit text: Russian when most of it is high letters, otherwise Western."""
    sample = raw[:4000]
    high = [octet for octet in sample if octet >= 0xC0]
    if len(high) * 3 > len(sample):
        # Small letters are common: they are 0xC0-0xDF in KOI8-R and 0xE0-0xFF in Windows-1251.
        small_in_koi8 = sum(octet < 0xE0 for octet in high) * 2 > len(high)
        return raw.decode("koi8-r" if small_in_koi8 else "cp1251", "replace")
    return raw.decode("cp1252", "replace")


def header(value: str) -> str:
    """A header's text with its encoded words (RFC 2047) read and its folding undone."""
    value = value[:4000]
    if "=?" in value:
        value = _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value))
    return " ".join(value.split())


def _word(found: re.Match[str]) -> str:
    charset, manner, letters = found.groups()
    raw = letters.encode("ascii", "ignore")
    decoded = _base64(raw) if manner in "bB" else decodestring(raw.replace(b"_", b" "))
    return text(decoded, charset)
