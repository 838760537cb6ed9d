"""Parses one cell of a register file: a date, an amount, yes or no, languages, an address and the like."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind
from mailer.domain.register_columns import CellType, CellValue
from mailer.formats import address
from mailer.formats.characters import find_invisible
from mailer.formats.register.damage import find_damage

# Characters. Longer than any name or salutation; a longer cell was pasted by mistake.
MAX_CELL = 500
# Characters of an id. PostgreSQL refuses entries of an index above 2.7 kB, and some name a person, a membership and a name.
MAX_ID = 64
# Excel counts days from 1900; a year after 2999 means "for ever", which is an empty cell.
YEARS = range(1900, 3000)

_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_POINT_DATE = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})", re.ASCII)
# Thousands separated by a space of any width; a comma or a point before the hundredths.
_AMOUNT = re.compile(
    r"(?P<sign>[-\u2212]?)(?P<whole>\d+|\d{1,3}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+)(?:[.,](?P<fraction>\d{1,2}))?",
    re.ASCII,
)
_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217
_LANGUAGE = re.compile(r"[a-z]{2}")  # ISO 639-1
_YES = frozenset({"yes", "y", "true", "1", "да"})
_NO = frozenset({"", "no", "n", "false", "0", "нет"})
# A spreadsheet program reads a cell that begins so as a formula.
_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@]")


def guarded(text: str) -> str:
    """The text, with a leading ' if a spreadsheet program would read it as a formula; `unguarded` undoes it."""
    return f"'{text}" if _LOOKS_LIKE_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text without the ' that `guarded` put in front."""
    return text[1:] if text.startswith("'") and _LOOKS_LIKE_FORMULA.match(text) else text


def parse_text(text: str) -> str:
    """One line of visible, undamaged text in Unicode's NFC; raises BadInput otherwise."""
    if len(text) > MAX_CELL:
        raise BadInput(f"the cell is longer than {MAX_CELL} characters; shorten it")
    if damage := find_damage(text):
        raise BadInput(damage)
    if "\n" in text or "\r" in text:
        raise BadInput("the cell has a line break; write it on one line")
    if character := find_invisible(text):
        raise BadInput(f"the cell contains {character}, which is invisible; type the cell again")
    return unicodedata.normalize("NFC", unguarded(text))


def _unreadable(text: str, noun: str, remedy: str) -> BadInput:
    return BadInput(f"{text} is not {noun}; {remedy}" if text else f"the cell is empty; {remedy}")


def parse_id(text: str) -> str:
    """A text that is not empty; raises BadInput."""
    if not text:
        raise BadInput("the cell is empty; write the id")
    if len(text) > MAX_ID:
        raise BadInput(f"the id is longer than {MAX_ID} characters; write a shorter one")
    return text


def parse_kind(text: str) -> MembershipKind:
    """A kind of membership; raises BadInput."""
    try:
        return MembershipKind(text.lower())
    except ValueError:
        raise _unreadable(text, "a kind of membership", f"write one of {', '.join(MembershipKind)}") from None


def parse_date(text: str) -> date:
    """A day written 2018-12-31 or 31.12.2018; raises BadInput."""
    match = _ISO_DATE.fullmatch(text) or _POINT_DATE.fullmatch(text)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        day = None
    if day is None:
        raise _unreadable(text, "a date", "write it as 2018-12-31 or 31.12.2018")
    if day.year not in YEARS:
        raise BadInput(f"{text}: the year must be from {YEARS[0]} to {YEARS[-1]}; for no end, leave the cell empty")
    return day


def parse_date_or_none(text: str) -> date | None:
    """A day, or None for an empty cell; raises BadInput."""
    return parse_date(text) if text else None


def parse_amount(text: str) -> Decimal:
    """An amount written 50000, 50 000, 50 000,00 or 50000.50, perhaps with a minus; raises BadInput."""
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise _unreadable(text, "an amount", "write it as 50000, 50 000,00 or 50000.50")
    whole = "".join(filter(str.isdigit, match["whole"]))
    return Decimal(f"{'-' if match['sign'] else ''}{whole}.{match['fraction'] or 0}")


def parse_currency(text: str) -> str:
    """A currency by its three letters; raises BadInput."""
    if not _CURRENCY.fullmatch(text.upper()):
        raise _unreadable(text, "a currency", "write its three letters, as in RUB or EUR")
    return text.upper()


def parse_yes(text: str) -> bool:
    """Yes or no; an empty cell is no; raises BadInput."""
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise BadInput(f"{text} is neither yes nor no; write yes, or leave the cell empty")


def parse_seat(text: str) -> int | None:
    """Seat 1 or 2, None for an empty cell; raises BadInput."""
    if text in {"", "1", "2"}:
        return int(text) if text else None
    raise BadInput(f"{text} is not a seat; write 1 or 2, or leave the cell empty for the next free one")


def parse_languages(text: str) -> tuple[str, ...]:
    """Languages as in en+ru, each once, in the order written; raises BadInput."""
    languages = [language.strip().lower() for language in text.split("+")] if text else []
    if wrong := [language for language in languages if not _LANGUAGE.fullmatch(language)]:
        raise BadInput(f"{wrong[0] or text} is not a language; write two letters each, as in en or en+ru")
    return tuple(dict.fromkeys(languages))


def parse_address(text: str) -> Address | None:
    """An e-mail address, None for an empty cell; raises BadInput."""
    return address.parse(text) if text else None


PARSERS: Mapping[CellType, Callable[[str], CellValue]] = {
    CellType.ID: parse_id,
    CellType.TEXT: str,
    CellType.KIND: parse_kind,
    CellType.SEAT: parse_seat,
    CellType.ADDRESS: parse_address,
    CellType.LANGUAGES: parse_languages,
    CellType.DATE: parse_date,
    CellType.OPTIONAL_DATE: parse_date_or_none,
    CellType.AMOUNT: parse_amount,
    CellType.CURRENCY: parse_currency,
    CellType.YES_NO: parse_yes,
}
