"""Reads numbers and dates of front matter as they are written, and says what to write instead.

YAML 1.1 has more numbers than people expect: it reads 012 as ten, 1:30 as ninety, and 1_0 as ten.
"""

import re
from collections.abc import Callable
from datetime import date
from unicodedata import normalize

from mailer.formats.issue.front_matter_nodes import YamlNode, YamlText, as_written, read_as, shown

MAX_NUMBER = 999_999  # the database holds 2^31


def is_number(text: str) -> bool:
    """Whether it is a plain decimal number: YAML 1.1 reads 012 as ten, 1:30 as ninety and 1_0 as ten."""
    return re.fullmatch(r"[1-9][0-9]*", text, re.ASCII) is not None and len(text) <= len(str(MAX_NUMBER))


def wrong_number(value: YamlNode) -> str:
    words = shown(value)
    figures = words.replace("_", "").replace(" ", "").replace("\u00a0", "").lstrip("0")
    write = f"write {figures}" if is_number(figures) else f"write a number from 1 to {MAX_NUMBER} in figures"
    if not isinstance(value, YamlText) or isinstance(value.meaning, bool | str | None):
        return f"'{words}' is not a number; {write}, without quotes"
    if as_written(value.meaning) == value.text:
        return f"'{words}' is not a number from 1 to {MAX_NUMBER}; write it in figures"
    return f"'{words}' is not a plain number, and YAML reads {read_as(value)}; {write}"


def day_of(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_MONTHS = (
    *(("jan", "янв"), ("feb", "фев"), ("mar", "мар"), ("apr", "апр"), ("may", "май", "мая"), ("jun", "июн")),
    *(("jul", "июл"), ("aug", "авг"), ("sep", "сен"), ("oct", "окт"), ("nov", "ноя"), ("dec", "дек")),
)
_ORDERS: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, str, str]]], ...] = (
    (r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", lambda match: (match[1], match[2], match[3])),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", lambda match: (match[3], match[2], match[1])),
)


def _in_words(text: str) -> str:
    """The date that a day, a month in English or Russian, and a year name; empty for any other text."""
    words = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    days = [word for word in words if word.isdecimal() and len(word) <= len("31")]
    years = [word for word in words if word.isdecimal() and len(word) == len("2030")]
    months = [month for month, stems in enumerate(_MONTHS, 1) if any(word.startswith(stems) for word in words)]
    if len(days) != 1 or len(years) != 1 or len(months) != 1:
        return ""
    meant = f"{years[0]}-{months[0]:02}-{days[0]:0>2}"
    return meant if day_of(meant) else ""


def wrong_date(value: YamlNode) -> str:
    words = shown(value)
    plain = normalize("NFKC", words).translate(_HYPHENS)
    for pattern, order in _ORDERS:
        if match := re.fullmatch(pattern, plain, re.ASCII):
            year, month, day = order(match)
            meant = f"{year}-{month:0>2}-{day:0>2}"
            if day_of(meant):
                return f"'{words}' is not a date as it is written here; write {meant}, without quotes"
            return f"'{words}' is not a day of the calendar; write it as 2030-12-31, without quotes"
    if meant := _in_words(plain):
        return f"'{words}' is not a date as it is written here; write {meant}, without quotes"
    return f"'{words}' is not a date; write it as 2030-12-31, without quotes"
