"""Finds text that a program has damaged before it came here: Excel's errors, lost letters, a wrong encoding."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter

from mailer.domain.lookalikes import mixed_words
from mailer.formats.register.code_page import CODE_PAGES, PossibleText, plausibility, readings

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
# A number as Excel shows it in a narrow column, and saves it as CSV: 1.23457E+11.
_SHORTENED = re.compile(r"-?\d+(?:[.,]\d+)?E[+-]\d{2,}")
_SUSPECT = re.compile(r"[#=?:_+-]")  # one of these is in every damaged text that is ASCII
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_LOST = re.compile(r"\ufffd|\?{3,}|(?<!\S)[^\W\d_]+\?+[^\W\d_]+(?!\S)")

# The code pages in which UTF-8 is misread, and what they make of the octets that follow the first of a letter.
_MISREAD_AS = ("cp1252", "cp1251", "cp1250", "mac-roman", "cp437")
_FOLLOWING = bytes(range(0x80, 0xC0))
_SECOND = frozenset(_FOLLOWING.decode("latin-1")).union(*(_FOLLOWING.decode(page, "ignore") for page in _MISREAD_AS))


_CLEARLY = 8.0  # how much likelier a text must be than the one that is there: e to this power
_USUAL = 4  # the code pages in which a program is likely to have read a file


def find_damage(text: str) -> str | None:
    """What is wrong with the text, and what to do; None for a text that is whole."""
    if text.isascii() and not _SUSPECT.search(text):
        return None
    if match := _ERROR.search(text):
        return f"the cell shows {match['error']}, an error of Excel; correct it in Excel"
    if _FORMULA.match(text):
        return f"the cell holds the formula {text} and no value; write the value, or ' before a text that begins with ="
    if _SHORTENED.fullmatch(text):
        return f"{text} is a number that Excel has shortened; format the column as text and write the number again"
    if match := _ESCAPED.search(text):
        return f"the cell contains {match[0]}, which stands for an invisible character; type the cell again"
    if _LOST.search(text):
        return f"letters are lost in {text}; save the file as UTF-8 from where it came, or type the cell again"
    if right := repaired(text) or recoded(text):
        return f"{text} was saved in a wrong encoding; it probably says {right}: export the file again as UTF-8"
    return None


def repaired(text: str) -> str | None:
    """What the text says if it is UTF-8 that was read in a code page, once or several times; None if it is not."""
    if text.isascii() or _SECOND.isdisjoint(text):
        return None
    whole = _reread(text)
    right = whole if whole != text else " ".join(map(_reread, text.split(" ")))
    return right if right != text else None


def recoded(text: str) -> str | None:
    """What the text says if one code page was read as another; None if its words are possible as they are."""
    if text.isascii() or not any(map(_is_odd, text.split())):
        return None
    likeliest = max(_other_readings(text), key=attrgetter("score"), default=None)
    return likeliest.text if likeliest and likeliest.score > plausibility(text) + _CLEARLY else None


def _other_readings(text: str) -> Iterator[PossibleText]:
    for page in CODE_PAGES[:_USUAL]:
        with suppress(UnicodeEncodeError):
            yield from (reading for reading in readings(text.encode(page.encoding)) if _is_plain(reading.text))


def _is_odd(word: str) -> bool:
    """Whether the word has capitals after a small letter, or mixes alphabets otherwise than by a look-alike letter."""
    return (len(word) > 2 and word.swapcase().istitle()) or any(mixed.right is None for mixed in mixed_words(word))


def _is_plain(text: str) -> bool:
    return all(character.isascii() or character.isalpha() for character in text) and not any(map(_is_odd, text.split()))


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
