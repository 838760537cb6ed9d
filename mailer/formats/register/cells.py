"""One cell of the register: what is typed there becomes a date, an amount, a yes or no, languages, an address."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind
from mailer.formats import address
from mailer.formats.characters import find_invisible

# Longer than any name or salutation; longer cells are pasted by mistake.
MAX_CELL = 500
# Excel counts days from 1900; after 2999 somebody meant "for ever", which is an empty cell.
YEARS = range(1900, 3000)

_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_POINT_DATE = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})", re.ASCII)
# Groups of three by a space, a no-break space or a narrow one; a comma or a point before the hundredths.
_AMOUNT = re.compile(
    r"(?P<sign>[-\u2212]?)(?P<whole>\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,](?P<fraction>\d{1,2}))?", re.ASCII
)
_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217
_LANGUAGE = re.compile(r"[a-z]{2}")  # ISO 639-1
_YES = frozenset({"yes", "y", "true", "1", "да"})
_NO = frozenset({"", "no", "n", "false", "0", "нет"})
# A spreadsheet program takes a cell for a formula when it begins so.
_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@]")


def guarded(text: str) -> str:
    """The text with a leading ' where a spreadsheet program would take it for a formula; `unguarded` undoes it."""
    return f"'{text}" if _LOOKS_LIKE_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text without the ' that `guarded` put in front."""
    return text[1:] if text.startswith("'") and _LOOKS_LIKE_FORMULA.match(text) else text


def parse_text(text: str) -> str:
    """One line of visible text in Unicode's NFC; raises BadInput otherwise."""
    if hidden := find_invisible(text):
        raise BadInput(f"the cell holds {hidden}, which cannot be seen; type it anew")
    if len(text) > MAX_CELL:
        raise BadInput(f"the cell is longer than {MAX_CELL} characters; shorten it")
    return unicodedata.normalize("NFC", unguarded(text))


def parse_name(text: str) -> str:
    """A text that must not be empty; raises BadInput."""
    if not text:
        raise BadInput("the cell is empty; it must say which one is meant")
    return text


def parse_kind(text: str) -> MembershipKind:
    """A kind of membership; raises BadInput."""
    try:
        return MembershipKind(text.lower())
    except ValueError:
        raise BadInput(
            f"{text or 'nothing'} is no kind of membership; write one of {', '.join(MembershipKind)}"
        ) from None


def parse_date(text: str) -> date:
    """A day written 2018-12-31 or 31.12.2018; raises BadInput."""
    found = _ISO_DATE.fullmatch(text) or _POINT_DATE.fullmatch(text)
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise BadInput(f"{text or 'nothing'} is no date; write it as 2018-12-31 or 31.12.2018")
    if day.year not in YEARS:
        raise BadInput(f"{text}: the year must be one of {YEARS[0]} to {YEARS[-1]}; leave the cell empty for no end")
    return day


def parse_date_or_none(text: str) -> date | None:
    """A day, or None for an empty cell; raises BadInput."""
    return parse_date(text) if text else None


def parse_amount(text: str) -> Decimal:
    """An amount written 50000, 50 000, 50 000,00 or 50000.50, perhaps with a minus; raises BadInput."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise BadInput(f"{text or 'nothing'} is no amount; write it as 50000, 50 000,00 or 50000.50")
    whole = "".join(filter(str.isdigit, found["whole"]))
    return Decimal(f"{'-' if found['sign'] else ''}{whole}.{found['fraction'] or 0}")


def parse_currency(text: str) -> str:
    """A currency by its three letters; raises BadInput."""
    if not _CURRENCY.fullmatch(text.upper()):
        raise BadInput(f"{text or 'nothing'} is no currency; write its three letters, as in RUB or EUR")
    return text.upper()


def parse_yes(text: str) -> bool:
    """Yes or no, an empty cell being no; raises BadInput."""
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise BadInput(f"{text} is neither yes nor no; write yes, or leave the cell empty")


def parse_seat(text: str) -> int | None:
    """Seat 1 or 2, None for an empty cell; raises BadInput."""
    if text in {"", "1", "2"}:
        return int(text) if text else None
    raise BadInput(f"{text} is no seat; write 1 or 2, or leave the cell empty for the next free one")


def parse_languages(text: str) -> tuple[str, ...]:
    """Languages as in en+ru, each once, in the order written; raises BadInput."""
    languages = [language.strip().lower() for language in text.split("+")] if text else []
    if wrong := [language for language in languages if not _LANGUAGE.fullmatch(language)]:
        raise BadInput(f"{wrong[0] or text} is no language; write two letters each, as in en or en+ru")
    return tuple(dict.fromkeys(languages))


def parse_address(text: str) -> Address | None:
    """An e-mail address, None for an empty cell; raises BadInput."""
    return address.parse(text) if text else None
