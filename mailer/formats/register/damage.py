"""Finds text that a program has damaged before it came here: Excel's errors, lost letters, a wrong encoding."""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailer.formats.register.code_page import plausibility

# Errors as Excel and others show them, in every language: #REF!, #ССЫЛКА!, #NOM?, #¡VALOR!, #DIV/0! …
_ERROR = re.compile(
    r"(?<!\S)(?P<error>#[¡¿]?[^\W\d_][^\W_a-zа-яß-ÿ]*(?:[/_][^\W_a-zа-яß-ÿ]+)*[!?]"
    # … those without a sign at the end: not available, waiting for data …
    r"|#(?:N/A|N/D|NV|Н/Д|Н/П|ND|NB|BRAK|HIÁNYZIK|NENÍ_K_DISPOZICI|NEDOSTUPNÝ|YOK|#N/V|GETTING_DATA|BUSY)"
    # … LibreOffice's own, and a column too narrow for its number.
    r"|Err:\d{3}|#{3,})(?![\w#])"
)
# A formula as a program shows it instead of its value; other texts may begin with = too.
_FORMULA = re.compile(r"=[\s+(-]*(?:[\w.]+\(|'?\w[\w ]*'?!|\$?[A-Z]{1,3}\$?\d|[\"\d])")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_LOST = re.compile(r"\ufffd|\?{3,}|(?<!\S)[^\W\d_]+\?+[^\W\d_]+(?!\S)")

# The code pages in which UTF-8 is misread, and what they make of the octets that follow the first of a letter.
_MISREAD_AS = ("cp1252", "cp1251", "cp1250", "mac-roman", "cp437")
_FOLLOWING = bytes(range(0x80, 0xC0))
_SECOND = frozenset(_FOLLOWING.decode("latin-1")).union(*(_FOLLOWING.decode(page, "ignore") for page in _MISREAD_AS))


def find_damage(text: str) -> str | None:
    """What is wrong with the text, and what to do; None for a text that is whole."""
    if match := _ERROR.search(text):
        return f"the cell shows {match['error']}, an error of Excel; correct it in Excel"
    if _FORMULA.match(text):
        return f"the cell holds the formula {text} and no value; write the value, or ' before a text that begins with ="
    if match := _ESCAPED.search(text):
        return f"the cell contains {match[0]}, which stands for an invisible character; type the cell again"
    if _LOST.search(text):
        return f"letters are lost in {text}; save the file as UTF-8 from where it came, or type the cell again"
    if right := repaired(text):
        return f"{text} was saved in a wrong encoding; it probably says {right}: export the file again as UTF-8"
    return None


def repaired(text: str) -> str | None:
    """What the text says if it is UTF-8 that was read in a code page, once or several times; None if it is not."""
    if text.isascii() or _SECOND.isdisjoint(text):
        return None
    whole = _reread(text)
    right = whole if whole != text else " ".join(map(_reread, text.split(" ")))
    return right if right != text else None


@lru_cache(maxsize=1000)
def _reread(text: str) -> str:
    """The likeliest of what the text may say; itself, if it is likelier than what else it may say."""
    readable = (reading for reading in _rereadings(text) if reading.replace("\u00a0", " ").isprintable())
    return max(readable, key=plausibility, default=text)


def _rereadings(text: str) -> Iterator[str]:
    yield text
    if _SECOND.isdisjoint(text):
        return
    for page in _MISREAD_AS:
        try:
            right = b"".join(_octet(character, page) for character in text).decode()
        except UnicodeError:
            continue
        yield from _rereadings(right)


def _octet(character: str, page: str) -> bytes:
    """The octet for which the character was read; octets without a character are often kept as controls."""
    try:
        return character.encode(page)
    except UnicodeEncodeError:
        if "\x80" <= character <= "\x9f":
            return character.encode("latin-1")
        raise
