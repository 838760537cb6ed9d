"""Sets an en dash between the two ends of a range: years, pages, hours, days, sums.

What may be something else stays as it was typed: a telephone number, an ISO date, a number with a hyphen in it (COVID-19,
1-2-3), a sum, and figures that do not rise, such as a score of 3-2.
"""

import re
from decimal import Decimal

_SEAM = "\0"
# 30 000 | 10:00 | 12.07.2018 | 1,5
_FIGURE = r"(?:\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)(?:[.,]\d+)?|\d{1,2}:\d\d(?!\d)|\d+(?:[.,]\d+)*)"
_BETWEEN = r"[ \u00a0]--?[ \u00a0]|--?|[ \u00a0]–[ \u00a0]"
_RANGE = re.compile(
    rf"(?<![\w.,:/\\@+–—-])({_FIGURE})([ \u00a0]?%)?(\0*)({_BETWEEN})(\0*)(?=[$€£₽]?({_FIGURE})(?!\w|[.,:]\d))"
)

_SIGN = re.compile(r"[=+*×÷<>/][ \u00a0]?$"), re.compile(r"[ \u00a0]?(?:[=+*×÷<>/]|[ \u00a0]-[ \u00a0]\d)")
_CHAIN = re.compile(r"\d[ \u00a0]?[-–—][ \u00a0]?$"), re.compile(r"[ \u00a0]?--?[ \u00a0]?\d|[–—]\d")
_TELEPHONE = re.compile(
    r"(?:\b(?:tel|phone|telephone|fax|ext|call|тел|телефон|факс|доб)\b\.?:?[ \u00a0]?|\(\d+\)[ \u00a0]?)$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:№№|Nos?s\.|[Pp]p\.|[Pp]ages|стр\.|[Сс]траниц\w+|[Сс]\.|§§)[ \u00a0]?$")
_NUMBERED = re.compile(r"(?:№|#|\bNo\.)[ \u00a0]?$")
_MEASURED = re.compile(
    r"[ \u00a0]?(?:%|(?:тыс|млн|млрд|руб|долл|евро|тонн|человек|лет|км|кг|м\b|thousand|million|billion|roubles|rubles|"
    r"dollars|euros|pounds|tonnes|tons|people|miles|metres|km|kg|m\b|TEU))"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")  # 40,000
_DATE = re.compile(r"(\d{1,2})\.(0\d|1[0-2])(?:\.(\d{4}))?")
_ISO = re.compile(r"(?<![\w-])(\d{4}-\d\d-\d\d)[ \u00a0]--?[ \u00a0](?=\d{4}-\d\d-\d\d(?![\w-]))")
_ROMAN = re.compile(r"(?<![\w-])([IVX]+)--?(?=[IVX]+[ \u00a0](?:вв?\.|век|centur))")

_FAR = 40  # characters of context


def set_ranges(text: str) -> str:
    """The text with en dashes in its ranges; a range of ISO dates keeps spaces around it."""
    text = _ISO.sub("\\1\u00a0– ", text)
    return _ROMAN.sub(r"\1–", _RANGE.sub(_with_en_dash, text))


def _with_en_dash(match: re.Match[str]) -> str:
    first, percent, seam, between, other_seam, second = match.groups(default="")
    before = match.string[max(0, match.start() - _FAR) : match.start()].replace(_SEAM, "")
    rest = match.string[match.end(6) : match.end(6) + _FAR].replace(_SEAM, "")
    if _is_part(before, rest) or not _is_range(first, second, between, before, rest):
        return match[0]
    return f"{first}{percent}{seam}–{other_seam}"


def _is_part(before: str, rest: str) -> bool:
    """Whether these figures are part of a sum, of a longer chain of figures, or of a telephone number."""
    return any(
        (_SIGN[0].search(before), _SIGN[1].match(rest), _CHAIN[0].search(before), _CHAIN[1].match(rest))
    ) or bool(_TELEPHONE.search(before))


def _is_range(first: str, second: str, between: str, before: str, rest: str) -> bool:
    if ":" in first or ":" in second:
        return ":" in first and ":" in second
    if "--" in between:
        return True
    if not _rises(first, second):
        return False
    return between != "-" or _is_close_range(first, second, before, rest)


def _is_close_range(first: str, second: str, before: str, rest: str) -> bool:
    """Whether figures with a bare hyphen between them are a range, rather than a number of its own."""
    if re.match(r"-[^a-zа-яё]|\.\w|[@_\\]", rest):
        return False
    if not (first.isdecimal() and second.isdecimal()):
        return True
    if _NAMED.search(before):
        return True
    if _NUMBERED.search(before) or re.search(r"\d[ \u00a0]$", before) or re.match(r"[ \u00a0]\d", rest):
        return False
    if _is_year(first) and (_is_year(second) or len(second) == len("28")):
        return True
    small = len(second) <= len("999") and len(second) - len(first) <= 1
    return small or (len(second) - len(first) <= 1 and bool(_MEASURED.match(rest)))


def _is_year(figure: str) -> bool:
    return len(figure) == len("2027") and "1000" <= figure <= "2199"


def _rises(first: str, second: str) -> bool:
    if _is_year(first) and second.isdecimal() and len(second) == len("28"):
        return int(second) > max(int(first[2:]), 12)  # 2018-07 is a month
    if dates := _as_dates(first, second):
        return dates[0] < dates[1]
    numbers = _as_numbers(first, second)
    return numbers is not None and numbers[0] < numbers[1]


def _as_dates(first: str, second: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """12.07.2018 and 15.07.2018, 28.08 and 06.09, 12 and 15.07.2018: as years, months, days."""
    last = _DATE.fullmatch(second)
    begin = _DATE.fullmatch(first)
    if last is None or not (begin or (last[3] and first.isdecimal())):
        return None
    year = int(last[3] or 0)
    end = (year, int(last[2]), int(last[1]))
    if begin is None:
        return (*end[:2], int(first)), end
    return (int(begin[3] or year), int(begin[2]), int(begin[1])), end


def _as_numbers(first: str, second: str) -> tuple[Decimal, Decimal] | None:
    numbers = []
    for figure in (first, second):
        plain = figure.replace(" ", "").replace("\u00a0", "")
        plain = plain.replace(",", "" if _GROUPED.fullmatch(plain) else ".")
        # A leading zero is of a number that counts nothing; several points are of a version.
        if plain.count(".") > 1 or (plain[:1] == "0" and plain[1:2].isdecimal()):
            return None
        numbers.append(Decimal(plain))
    return numbers[0], numbers[1]
