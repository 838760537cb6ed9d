"""Puts no-break spaces where a line must not end: in dates and figures, after abbreviations, between initials.

A day stays with its month, and a Russian year with its г.; a line may end before the year.
"""

import re
from collections.abc import Callable

NBSP = "\u00a0"

Replacement = str | Callable[[re.Match[str]], str]

# In the case used in dates: 5 марта 2031 г.
RUSSIAN_MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
_ENGLISH_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_GAP = r"[ \u00a0]"
_ENGLISH_DATE = (
    rf"(?:\d{{1,2}}{_GAP}(?:{_ENGLISH_MONTHS})|(?:{_ENGLISH_MONTHS}){_GAP}\d{{1,2}})(?:,?{_GAP}\d{{4}})?(?!\w)"
)
_RUSSIAN_DATE = (
    rf"\d{{1,2}}{_GAP}(?:{'|'.join(RUSSIAN_MONTHS.split())})(?:{_GAP}\d{{4}}(?:{_GAP}(?:гг?\.|года?))?)?(?!\w)"
)


def _with_no_break_spaces(match: re.Match[str]) -> str:
    return match[0].replace(" ", NBSP)


EVERYWHERE: tuple[tuple[str, Replacement], ...] = (
    (r"№ ?(?=\0*\d)", f"№{NBSP}"),
    (r"§ (?=\0*\d)", f"§{NBSP}"),
    (r"(?<![\d.,])\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)", _with_no_break_spaces),  # 50 000
    (r"(?<!\w)([A-ZА-ЯЁ]\.) (?=[A-ZА-ЯЁ](?:\.|[a-zа-яё]))", rf"\1{NBSP}"),  # initials, and the name after them
    (r"(?<=\d) (?=%)", NBSP),
)

OF_LANGUAGE: dict[str, tuple[tuple[str, Replacement], ...]] = {
    "en": (
        (rf"({_ENGLISH_DATE}){_GAP}(?:--?|–){_GAP}(?={_ENGLISH_DATE})", rf"\1{NBSP}– "),  # July 12 – August 3
        *(
            (rf"(?<!\w)({names}){_GAP}?--?{_GAP}?(?=(?:{names})(?!\w))", r"\1–")  # May–June
            for names in (_ENGLISH_MONTHS, _DAYS)
        ),
        (rf"(?<!\w)({_ENGLISH_MONTHS}) (?=\0*\d{{1,2}}(?:st|nd|rd|th)?(?![\w:]))", rf"\1{NBSP}"),
        (rf"(?<!\d)(\d{{1,2}}(?:st|nd|rd|th)?\0*) (?=(?:{_ENGLISH_MONTHS})(?!\w))", rf"\1{NBSP}"),
        (r"(?<!\w)([Pp]p?\.|[Vv]ol\.|No\.|Nos\.|[Cc]h\.|[Ff]ig\.|[Aa]rt\.|[Ss]ec\.) (?=\0*\d)", rf"\1{NBSP}"),
        (r"(?<!\w)((?:Mr|Mrs|Ms|Dr|Prof|St)\.) (?=\0*[A-Z])", rf"\1{NBSP}"),
        (r"(?<=\d) (?=(?:thousand|million|billion|trillion|km|kg|cm|mm|m|MW|GW|kWh|TEU|[ap]\.m\.|[ap]m)(?!\w))", NBSP),
    ),
    "ru": (
        (rf"({_RUSSIAN_DATE}){_GAP}(?:--?|–){_GAP}(?={_RUSSIAN_DATE})", rf"\1{NBSP}– "),  # 12 июля – 3 августа
        (r"(?<![\w-])([авикосуяАВИКОСУЯ]\0*) (?=\S)", rf"\1{NBSP}"),  # a one-letter word stays with the next
        (rf"(?<=\d) (?=(?:гг?|вв?|тыс|руб|коп|долл|чел)\.|(?:млн|млрд|трлн|км|кг|см|мм|м|га|{'|'.join(RUSSIAN_MONTHS.split())})\b)", NBSP),
        (r"(?<!\w)(тыс\.|млн|млрд) (?=(?:руб|долл)\.)", rf"\1{NBSP}"),
        (r"(?<=\d) (?=год(?:а|у|ом|е|ы|ов|ам|ами|ах)?\b)", NBSP),  # в 2018 году
        (r"(?<=[IVX]) (?=вв?\.)", NBSP),
        (r"(?<!\w)([Сс]тр\.|[Сс]\.|[Гг]л\.|[Рр]ис\.|[Тт]абл\.|[Пп]п?\.|[Сс]т\.|[Чч]\.|[Тт]\.|[Вв]ып\.|[Дд]\.|[Кк]в\.) (?=\0*\d)", rf"\1{NBSP}"),
        (r"(?<=[а-яё]) (?=[А-ЯЁ]\.[ \u00a0]?[А-ЯЁ]\.)", NBSP),  # Пушкин А. С.
        (r"(?<!\w)(т\.) (?=[декнпо]\.)", rf"\1{NBSP}"),  # и т. д.
        (r"(?<!\w)(н\.) (?=э\.)", rf"\1{NBSP}"),
    ),
}  # fmt: skip
