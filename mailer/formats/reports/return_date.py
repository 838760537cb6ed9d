"""Finds in an automatic reply the day on which its owner returns, in many languages."""

import re
from datetime import date

_MONTHS = (
    "jan(?:uary|vier|uar|uari|uára)?|янв(?:аря?)?|ene(?:ro)?|gen(?:naio)?|janeiro|stycz(?:eń|nia)|leden|ledna|ocak|tammikuu(?:ta)?|січня|ian(?:uarie)?|януари|ιανουαρίου|sausio|január|يناير|ינואר",
    "feb(?:ruary|ruar|ruari|ruarie|ruára)?|фев(?:раля?)?|févr?(?:ier)?|febrero|febbraio|fev(?:ereiro)?|lut(?:y|ego)|únor[a]?|şubat|helmikuu(?:ta)?|лютого|февруари|φεβρουαρίου|vasario|február|فبراير|פברואר",
    "mar(?:ch|s|zo|ço|ts|ca|zec|tie)?|мар(?:та?)?|märz|maart|března|březen|mart|maaliskuu(?:ta)?|березня|μαρτίου|kovo|március|مارس|מרץ",
    "apr(?:il|ile|ilie|íla)?|апр(?:еля?)?|avr(?:il)?|abr(?:il)?|kwie(?:cień|tnia)|duben|dubna|nisan|huhtikuu(?:ta)?|квітня|април|απριλίου|balandžio|április|أبريل|אפריל",
    "may|mai|ма[йя]|mayo|maggio|maio|mei|maj[a]?|květ(?:en|na)|mayıs|toukokuu(?:ta)?|травня|mája|május|μαΐου|gegužės|مايو|מאי",
    "june?|juni|июн[ья]?|juin|junio|giu(?:gno)?|jun(?:ho)?|czerw(?:iec|ca)|červ(?:en|na)|haziran|kesäkuu(?:ta)?|червня|iunie|юни|ιουνίου|birželio|június|júna|يونيو|יוני",
    "july?|juli|июл[ья]?|juillet|julio|lug(?:lio)?|jul(?:ho)?|lip(?:iec|ca)|červen(?:ec|ce)|temmuz|heinäkuu(?:ta)?|липня|iulie|юли|ιουλίου|liepos|július|júla|يوليو|יולי",
    "aug(?:ust|usti|ustus|usta)?|авг(?:уста?)?|août|ago(?:sto)?|sierp(?:ień|nia)|srp(?:en|na)|ağustos|elokuu(?:ta)?|серпня|август|αυγούστου|rugpjūčio|augusztus|أغسطس|אוגוסט",
    "sep(?:t|tember|tembre|tembro|tembra|tembrie)?|сен(?:тября?)?|set(?:iembre|tembre|embro)?|septiembre|wrze(?:sień|śnia)|září|eylül|syyskuu(?:ta)?|вересня|септември|σεπτεμβρίου|rugsėjo|szeptember|سبتمبر|ספטמבר",
    "oct(?:ober|obre|ombrie|ubre)?|okt(?:ober|obra|óbra)?|окт(?:ября?)?|ott(?:obre)?|out(?:ubro)?|październik[a]?|říj(?:en|na)|ekim|lokakuu(?:ta)?|жовтня|октомври|οκτωβρίου|spalio|október|أكتوبر|אוקטובר",
    "nov(?:ember|embre|iembre|embro|embra)?|ноя(?:бря?)?|noiembrie|listopad[aue]?|kasım|marraskuu(?:ta)?|листопада|ноември|νοεμβρίου|lapkričio|نوفمبر|נובמבר",
    "dec(?:ember|embre|embrie|embra)?|dez(?:ember|embro)?|дек(?:абря?)?|déc(?:embre)?|dic(?:iembre|embre)?|grud(?:zień|nia)|prosin(?:ec|ce)|aralık|joulukuu(?:ta)?|грудня|des(?:ember)?|декември|δεκεμβρίου|gruodžio|ديسمبر|דצמבר",
)
_MONTH = "|".join(f"(?P<m{number}>(?:{names}))" for number, names in enumerate(_MONTHS, 1))
_ANY_MONTH = "|".join(_MONTHS)
_MONTH_NUMBER = re.compile(rf"(?:{_MONTH})", re.IGNORECASE)
# Phrases before the day of return; the first date after one counts.
_RETURN = re.compile(
    r"(?:\b(?:until|till|back (?:in the office )?(?:on|by)?|return(?:ing)?(?: to \w+ \w+)?(?: on)?|through|thru|in (?:the )?office (?:again )?(?:on|from)|up to|to|by)\b|вернусь|выйду|буду (?:в офисе|на месте|доступ\w+)?|\bпо\b|\bдо\b|повернуся|\bbis\b|wieder (?:ab|am|im)|zurück|ab dem|jusqu'?(?:au|à)?|de retour|revien\w+|\bau\b|hasta|regres\w+|volver\w+|\bal\b|fino (?:al|a)?|rientr\w+|torner\w+|até|retorn\w+|volt\w+|\ba(?= \d)|\btot\b|t/m|terug|vanaf|\bdo\b|wrac\w+|wróc\w+|dostępn\w+ od|zpět|vrát\w+|\btill?\b|tillbaka|tilbage|tilbake|palaan|dön\w+|έως|επιστρέψω|\biki\b|حتى|עד|直到|至|pân[ăa])",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"(?P<iso>\d{{4}}) ?[-./年년] ?(?P<im>\d{{1,2}}) ?[-./月월] ?(?P<id>\d{{1,2}})(?!\d)"
    rf"|(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[ -]{{1,2}}(?:de |of |di )?(?P<name>{_ANY_MONTH})\b\.?(?:,? (?:de )?(?P<year>\d{{4}}))?"
    rf"|(?P<name2>\b(?:{_ANY_MONTH}))\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year2>\d{{4}}))?"
    r"|(?<!\d)(?P<d>\d{1,2})(?P<mark>[./-]) ?(?P<m>\d{1,2})(?:[./-] ?(?P<y>\d{4}|\d{2})(?!\d)|\.?(?![\d.]))",
    re.IGNORECASE,
)
# Only English may put the month before the day.
_ENGLISH = re.compile(r"\b(?:the|will|until|my|am|returning|back)\b", re.IGNORECASE)


def find_return_date(text: str, *, mail_date: date | None) -> date | None:
    """The day of return that the text names, or None; a missing year is that of `mail_date` or the next.

    The first day after a phrase of return counts; without such a phrase, the only future day in the text.
    """
    text = " ".join(text[:3000].split())
    english = bool(_ENGLISH.search(text))
    for phrase in list(_RETURN.finditer(text))[:40]:
        match = _DATE.search(text, phrase.end(), phrase.end() + 45)
        if match and (day := _day(match, mail_date, english=english)) and _is_plausible(day, mail_date):
            return day
    if mail_date is None:
        return None
    matches = [
        match for match in list(_DATE.finditer(text))[:40] if not match["m"] or match["y"] or match["mark"] == "."
    ]
    days = {day for match in matches if (day := _day(match, mail_date, english=english))}
    future = [day for day in days if 0 < (day - mail_date).days <= 300]
    return future[0] if len(future) == 1 else None


def _is_plausible(day: date, mail_date: date | None) -> bool:
    return mail_date is None or -1 <= (day - mail_date).days <= 800


def _day(match: re.Match[str], mail_date: date | None, *, english: bool) -> date | None:
    if match["iso"]:
        return _date(int(match["iso"]), int(match["im"]), int(match["id"]))
    if match["m"]:
        first, second = int(match["d"]), int(match["m"])
        if english and match["mark"] == "/" and first <= 12 and second <= 12 and first != second:
            return None  # 5/6: the fifth of June in London, the sixth of May in New York
        if second > 12:
            first, second = second, first
        year = int(match["y"]) if match["y"] else None
        return _complete(year + 2000 if year is not None and year < 100 else year, second, first, mail_date)
    month = _MONTH_NUMBER.fullmatch(match["name"] or match["name2"])
    named = match["year"] or match["year2"]
    number = int(month.lastgroup[1:]) if month and month.lastgroup else 0
    return _complete(int(named) if named else None, number, int(match["day"] or match["day2"]), mail_date)


def _complete(year: int | None, month: int, day: int, mail_date: date | None) -> date | None:
    if year is not None:
        return _date(year, month, day)
    if mail_date is None:
        return None
    this_year = _date(mail_date.year, month, day)
    return this_year if this_year and this_year >= mail_date else _date(mail_date.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
