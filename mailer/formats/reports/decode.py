"""Decodes bytes to text: transfer encodings, character sets, and the encoded words of headers."""

import binascii
import re
from quopri import decodestring

# Octets that are read of a text; what matters in a report stands at its beginning.
MAX_TEXT = 48_000

_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:\-]{1,40})(?:\*[^?]{0,20})?\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ISO_2022 = (b"\x1b$", b"\x1b(")
_ALIASES = {"unicode-1-1-utf-7": "utf-7", "x-sjis": "cp932", "shift_jis": "cp932", "x-mac-cyrillic": "mac_cyrillic"}
# Python codecs that are not character sets, and UTF-7, which serves only to hide text.
_IGNORED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "utf_7", "mbcs", "oem"}


def transfer_encoding(raw: bytes, encoding: str) -> bytes:
    """The bytes without their Content-Transfer-Encoding; broken ones as far as they can be decoded."""
    match encoding.strip().lower():
        case "base64":
            return _base64(raw)
        case "quoted-printable":
            return decodestring(raw)
        case _:
            return raw


def _base64(raw: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", raw)
    if len(letters) % 4 == 1:  # the last six bits make no octet: the mail was cut
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def text(raw: bytes, charset: str = "") -> str:
    """The text in these bytes: by the declared character set, else by a guess."""
    complete, raw = len(raw) <= MAX_TEXT, raw[:MAX_TEXT]
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name and name not in _IGNORED and name not in {"us-ascii", "ascii"}:
        try:
            return raw.decode(name, "replace")
        except (LookupError, ValueError):
            pass
    if any(escape in raw for escape in _ISO_2022):
        return raw.decode("iso2022_jp", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if not complete and error.start > len(raw) - 4:  # the limit above cut a character
            return raw.decode("utf-8", "replace")
    return _guess(raw)


def _guess(raw: bytes) -> str:
    """Text of an undeclared 8-bit character set: Russian when a third of it is high letters, else Western."""
    sample = raw[:4000]
    high = [octet for octet in sample if octet >= 0xC0]
    if len(high) * 3 > len(sample):
        # Most letters are lower-case: 0xC0-0xDF in KOI8-R, 0xE0-0xFF in Windows-1251.
        is_koi8 = sum(octet < 0xE0 for octet in high) * 2 > len(high)
        return raw.decode("koi8-r" if is_koi8 else "cp1251", "replace")
    return raw.decode("cp1252", "replace")


def header(value: str) -> str:
    """The text of a header field, unfolded, with its encoded words (RFC 2047) decoded."""
    value = value[:4000]
    return " ".join((words(value) if "=?" in value else value).split())


def words(value: str) -> str:
    """The text with its encoded words decoded.

    Words of one character set and encoding that follow each other are decoded as one: programs cut within a character.
    """
    if "=?" not in value:
        return value
    value = _BETWEEN_WORDS.sub(r"\1", value)
    decoded: list[str] = []
    end, kind, encoded = 0, ("", ""), ""
    for word in _ENCODED_WORD.finditer(value):
        word_kind = (word[1].lower(), word[2].lower())
        is_padded = kind[1] == "b" and encoded.endswith("=")
        if word.start() != end or word_kind != kind or is_padded:
            decoded += [_decode_word(*kind, encoded), value[end : word.start()]]
            kind, encoded = word_kind, ""
        end, encoded = word.end(), encoded + word[3]
    return "".join([*decoded, _decode_word(*kind, encoded), value[end:]])


def _decode_word(charset: str, encoding: str, encoded: str) -> str:
    raw = encoded.encode("ascii", "ignore")
    return text(_base64(raw) if encoding == "b" else decodestring(raw.replace(b"_", b" ")), charset)
