"""Hides the title of our message in a report: what a report says of our message is no reason for a refusal."""

import re
from collections.abc import Sequence

from mailer.domain.bounce import SCOPES, Original, Scope
from mailer.formats.reports import addresses
from mailer.formats.reports.body_text import BodyText
from mailer.formats.reports.classify import find_rule
from mailer.formats.reports.footers import without_footers
from mailer.formats.reports.mime import MailPart

_HIDDEN = "..."
_CERTAIN = 12  # characters of a title that stands nowhere by chance
_LONG_LINE = 60  # characters of a line that a program may have wrapped
# Words for the title of a message.
_TITLE = (
    r"(?:subject|title|betreff|titel|thema|überschrift|objet|titre|sujet|asunto|t[ií]tulo|oggetto|titolo|assunto|onderwerp|temat|tytuł|ämne|emne"
    r"|rubrik|aihe|otsikko|konu|başlık|předmět|predmet|název|tárgy|subiect(?:ul)?|titlu(?:l)?|θέμα|τίτλος|naslov|tema|pavadinimas|teema|pealkiri|subjek"
    r"|perihal|judul|chủ đề|tiêu đề|тем[аыуоі]й?|заголов\w{2}|назва|заглавие|относно|件名|タイトル|題名|主题|主題|标题|標題|제목|หัวข้อ|หัวเรื่อง"
    r"|ชื่อเรื่อง|เรื่อง|נושא|כותרת|الموضوع|موضوع|العنوان)"
)
_WORD = re.compile(rf"(?<![^\W_]){_TITLE}")
# A label and the title behind it: "Subject .....: x", "[Subject] x", "Message subject: x", "The subject of the message is: x".
_LABELLED = re.compile(
    rf"^\W*(?:[^\W\d_]+[ \-]){{0,3}}{_TITLE}(?: (?:of|der|des|du|del|della|do|van)\b[^:：=\n]{{0,40}}|(?: (?!to\b)[^\W\d_]+){{0,2}})"
    r"(?:[^\w\n:：=\]|>]{0,30}[:：=\]|>]|\W{0,3}(?:\.{2}|…|\t| {3}))"
    r"(?P<title>.*)$",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(rf"^\W*{_TITLE}(?P<colon>\W*)$", re.IGNORECASE)  # in a table the title stands below
_OTHER_LABEL = re.compile(r"^\W*[^\W\d_]{2,16}\s?[:：=]")
_QUOTE = re.compile(r"[\"'«“„‘‚「]")
# A quotation, and words for a message before it: "The letter you sent, «x», was not delivered".
_QUOTED = re.compile(
    r"\"([^\"\n]+)\"|(?<![^\W_])'([^\n]{1,200}?)'(?!\w)|«([^»\n]+)»|[“„]([^“”\n]+)[“”]|[‘‚]([^\n]{1,200}?)[’‘](?!\w)|「([^」\n]+)」"
)
_MESSAGE = re.compile(
    rf"{_TITLE}|titled|message|mail|letter|nachricht|schreiben|courriel|mensaje|correo|messaggio|mensagem|bericht|wiadomość|\blist\b|zpráv|správ|meddel|\bbrev|besked|melding"
    r"|e-post|e-pošt|viesti|üzenet|level|ileti|mesaj|письм|сообщени|повідомл|\bлист|съобщ|писмо|порук|poruk|sporočil|laišk|žinut|vēstul|kirja|μήνυμα|\bthư|pesan|อีเมล|ข้อความ|הודע|מכתב|رسال|邮件|郵件|メール|메일"
)
# A field of a report; words for a reason or for a server's answer, and further labels of fields that tell it.
FIELD = re.compile(r"^(?P<label>[^\S\n]{0,20}[^\W\d_][^\n@:：=\"«“„]{0,40})[:：=](?=\s)(?P<value>.*)$", re.MULTILINE)
REASON = re.compile(
    r"reason|cause|error|diagnos|status|respon|repl|answer|said|says|return|result|code|explan|problem|grund|ursache|fehler|antwort"
    r"|raison|motif|erreur|r[ée]pons|motiv|causa|caus|raz[óo]n|respuesta|errore|risposta|razão|erro|resposta|reden|oorzaak|fout|antwoord|powód|przyczyn|błąd|odpowied|důvod|dôvod|chyb|odpov"
    r"|orsak|fel|svar|årsag|årsak|fejl|feil|syy|virhe|vasta|\bok\b|hiba|válasz|eroare|răspuns|причин|ошибк|ответ|помилк|відпов|греш|отговор|αιτία|λόγο|σφάλμα|απάντ|neden|sebep|hata|yanıt"
    r"|razlog|grešk|napak|odgovor|priežast|klaid|iemesl|kļūd|põhjus|viga|lý do|lỗi|alasan|kesalahan|สาเหตุ|เหตุผล|ผิดพลาด|סיבה|שגיא|سبب|خطأ|原因|理由|エラー|応答|错误|錯誤|사유|이유|오류|응답"
)

_REASON_LABEL = re.compile(r"-mta$|descri|detail|info|fail|remote|server|host|comment|action|message$")


def hide_title(mail: MailPart, body: BodyText, original: Original) -> BodyText:
    """The text of a report without the title of our message, in whatever language it is labelled."""
    ours = [*addresses.find(mail.get("to"), limit=20), *([original.sender] if original.sender else [])]
    text = _hide_in_blocks(hide_in(body.text, original.subject), ours)
    tail = mail.get("subject")[:300].partition(": ")[2].strip()  # "Undeliverable: our title"
    if len(tail) >= _CERTAIN and tail in text:
        text = re.sub(rf"(?<=[\"'«“„]){re.escape(tail)}(?=[\"'»“”])", _HIDDEN, text)
        text = _without_line(text, tail)
        text = FIELD.sub(lambda field: _without_value(field) if field["value"].strip() == tail else field[0], text)
    lines = tuple(text.split("\n"))
    return body if lines == body.lines else BodyText(lines=lines, returned=body.returned)


def _without_line(text: str, tail: str) -> str:
    """The text without the line that repeats the subject of the report, if another one gives a reason that is not the address."""
    lines = text.split("\n")
    others = "\n".join(line for line in lines if line.strip() != tail)
    rule = find_rule(without_footers(others)) if len(others) < len(text) else None
    return others if rule and not rule.vague and SCOPES[rule.reason] is not Scope.ADDRESS else text


def _hide_in_blocks(text: str, ours: Sequence[str]) -> str:
    """The text in which blocks of fields that name our address, and so describe our message, tell only addresses and reasons."""
    lowered = text.lower()
    if not any(address.lower() in lowered for address in ours):
        return text
    lines = text.split("\n")
    fields = [FIELD.match(line) for line in lines]
    start = 0
    for number, field in enumerate([*fields, None]):
        if field:
            continue
        block = [entry for entry in fields[start:number] if entry]
        if any(
            addresses.contains(ours, address) for entry in block for address in addresses.find(entry["value"], limit=5)
        ):
            lines[start:number] = [entry[0] if "@" in entry["value"] else _without_value(entry) for entry in block]
        start = number + 1
    return "\n".join(lines)


def _without_value(field: re.Match[str]) -> str:
    label = field["label"].lower()
    return field[0] if REASON.search(label) or _REASON_LABEL.search(label) else f"{field['label']}: {_HIDDEN}"


def hide_in(text: str, title: str) -> str:
    """The text with this title, and each that is labelled or quoted as one, replaced by an ellipsis."""
    words = title.split()
    if len(title) >= _CERTAIN and all(word.lower() in text.lower() for word in words[:3]):
        text = re.sub(r"\s+".join(map(re.escape, words)), _HIDDEN, text, flags=re.IGNORECASE)
    lines = [_QUOTED.sub(_without_title, line) if _QUOTE.search(line) else line for line in text.split("\n")]
    for number, line in enumerate(lines):
        if not line or not _WORD.search(line[:120].lower()):
            continue
        if (label := _LABELLED.match(line[:400])) and label["title"].strip():
            lines[number] = line[: label.start("title")] + " " + _HIDDEN
            if len(line) >= _LONG_LINE and number + 1 < len(lines) and _indent(lines[number + 1]) > _indent(line):
                lines[number + 1] = _HIDDEN
        elif alone := _LABEL_ALONE.match(line[:100]):
            below = next((place for place in range(number + 1, len(lines)) if lines[place].strip()), number)
            if below > number and not (alone["colon"].strip() and _OTHER_LABEL.match(lines[below])):
                lines[below] = _HIDDEN
    return "\n".join(lines)


def _without_title(quoted: re.Match[str]) -> str:
    """The quotation as it stands, or hidden if it is a message's and no server's answer."""
    before = quoted.string[max(0, quoted.start() - 80) : quoted.start()].lower()
    is_title = "@" not in quoted[0] and _MESSAGE.search(before) and not REASON.search(before)
    return f"{quoted[0][0]}{_HIDDEN}{quoted[0][-1]}" if is_title else quoted[0]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
