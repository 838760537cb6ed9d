"""Finds in an automatic answer the day on which its owner is back, in the spellings of many languages."""

import re
from datetime import date

_MONTHS = (
    "jan(?:uary|vier|uar|uari)?|янв(?:аря?)?|ene(?:ro)?|gen(?:naio)?|janeiro|stycz(?:eń|nia)|leden|ledna|ocak|tammikuu(?:ta)?|січня",
    "feb(?:ruary|ruar|ruari)?|фев(?:раля?)?|févr?(?:ier)?|febrero|febbraio|fev(?:ereiro)?|lut(?:y|ego)|únor[a]?|şubat|helmikuu(?:ta)?|лютого",
    "mar(?:ch|s|zo|ço|ts|ca|zec)?|мар(?:та?)?|märz|maart|března|březen|mart|maaliskuu(?:ta)?|березня",
    "apr(?:il|ile|ilie)?|апр(?:еля?)?|avr(?:il)?|abr(?:il)?|kwie(?:cień|tnia)|duben|dubna|nisan|huhtikuu(?:ta)?|квітня",
    "may|mai|ма[йя]|mayo|maggio|maio|mei|maj[a]?|květ(?:en|na)|mayıs|toukokuu(?:ta)?|травня",
    "june?|juni|июн[ья]?|juin|junio|giu(?:gno)?|jun(?:ho)?|czerw(?:iec|ca)|červ(?:en|na)|haziran|kesäkuu(?:ta)?|червня",
    "july?|juli|июл[ья]?|juillet|julio|lug(?:lio)?|jul(?:ho)?|lip(?:iec|ca)|červen(?:ec|ce)|temmuz|heinäkuu(?:ta)?|липня",
    "aug(?:ust|usti|ustus)?|авг(?:уста?)?|août|ago(?:sto)?|sierp(?:ień|nia)|srp(?:en|na)|ağustos|elokuu(?:ta)?|серпня",
    "sep(?:t|tember|tembre|tembro)?|сен(?:тября?)?|set(?:iembre|tembre|embro)?|wrze(?:sień|śnia)|září|eylül|syyskuu(?:ta)?|вересня",
    "oct(?:ober|obre)?|okt(?:ober|obra)?|окт(?:ября?)?|ott(?:obre)?|out(?:ubro)?|październik[a]?|říj(?:en|na)|ekim|lokakuu(?:ta)?|жовтня",
    "nov(?:ember|embre|iembre|embro)?|ноя(?:бря?)?|listopad[aue]?|kasım|marraskuu(?:ta)?|листопада",
    "dec(?:ember|embre|embrie)?|dez(?:ember|embro)?|дек(?:абря?)?|déc(?:embre)?|dic(?:iembre|embre)?|grud(?:zień|nia)|prosin(?:ec|ce)|aralık|joulukuu(?:ta)?|грудня",
)
_MONTH = "|".join(f"(?P<m{number}>(?:{names}))" for number, names in enumerate(_MONTHS, 1))
_ANY_MONTH = "|".join(_MONTHS)
_MONTH_NUMBER = re.compile(rf"(?:{_MONTH})", re.IGNORECASE)
# What stands before the day of return; the first such date counts.
_BACK = re.compile(
    r"(?:\b(?:until|till|back (?:in the office )?(?:on|by)?|return(?:ing)?(?: to \w+ \w+)?(?: on)?|through|thru|in (?:the )?office (?:again )?(?:on|from)|up to|to|by)\b|вернусь|выйду|буду (?:в офисе|на месте|доступ\w+)?|\bпо\b|\bдо\b|\bс\b|повернуся|\bbis\b|wieder (?:ab|am|im)|zurück|ab dem|jusqu'?(?:au|à)?|de retour|\bau\b|hasta|regres\w+|\bal\b|fino (?:al|a)?|rientr\w+|torner\w+|até|retorn\w+|volt\w+|\btot\b|t/m|terug|\bdo\b|wrac\w+|wróc\w+|zpět|vrát\w+|till|tillbaka|tilbage|tilbake|asti|saakka|palaan|kadar|dön\w+|まで|至|до|pân[ăa]|-ig)",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"(?P<iso>\d{{4}})[-./年](?P<im>\d{{1,2}})[-./月](?P<id>\d{{1,2}})"
    rf"|(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[ -]{{1,2}}(?:de |of |di )?(?P<name>{_ANY_MONTH})\b\.?(?:,? (?:de )?(?P<year>\d{{4}}))?"
    rf"|(?P<name2>\b(?:{_ANY_MONTH}))\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year2>\d{{4}}))?"
    r"|(?<!\d)(?P<d>\d{1,2})(?P<mark>[./-])(?P<m>\d{1,2})(?:[./-](?P<y>\d{4}|\d{2})|\.?(?![\d.]))",
    re.IGNORECASE,
)


def return_date(text: str, *, written: date | None) -> date | None:
    """The day of return that the text names, or None. `written` is the day of the mail: it gives a missing year."""
    text = " ".join(text[:3000].split())
    for back in list(_BACK.finditer(text))[:40]:
        found = _DATE.search(text, back.end(), back.end() + 45)
        if found and (day := _day(found, written)) and (written is None or -1 <= (day - written).days <= 800):
            return day
    return None


def _day(found: re.Match[str], written: date | None) -> date | None:
    if found["iso"]:
        return _date(int(found["iso"]), int(found["im"]), int(found["id"]))
    if found["m"]:
        first, second = int(found["d"]), int(found["m"])
        if found["mark"] == "/" and first <= 12 and second <= 12 and first != second:
            return None  # 5/6: the fifth of June in London, the sixth of May in New York
        if second > 12:
            first, second = second, first
        year = int(found["y"]) if found["y"] else None
        return _dated(year + 2000 if year is not None and year < 100 else year, second, first, written)
    month = _MONTH_NUMBER.fullmatch(found["name"] or found["name2"])
    named = found["year"] or found["year2"]
    number = int(month.lastgroup[1:]) if month and month.lastgroup else 0
    return _dated(int(named) if named else None, number, int(found["day"] or found["day2"]), written)


def _dated(year: int | None, month: int, day: int, written: date | None) -> date | None:
    if year is not None:
        return _date(year, month, day)
    if written is None:
        return None
    this = _date(written.year, month, day)
    return this if this and this >= written else _date(written.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
