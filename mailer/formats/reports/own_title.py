"""Hides the title of our message in a report: what a report says of our message is no reason for a refusal."""

import re

from mailer.formats.reports.body_text import BodyText

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
    rf"^\W*(?:[^\W\d_]+[ \-]){{0,3}}{_TITLE}(?: (?:of|der|des|du|del|della|do|van|is|was|ist|line|письма|сообщения)\b[^:：=\n]{{0,40}})?[^\w\n:：=\]|]{{0,30}}[:：=\]|]"
    r"(?P<title>.*)$",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(rf"^\W*{_TITLE}(?P<colon>\W*)$", re.IGNORECASE)  # in a table the title stands below
_OTHER_LABEL = re.compile(r"^\W*[^\W\d_]{2,16}\s?[:：=]")
# Our message in the words of a server that speaks to us, and its title in quotation marks.
_OUR_MESSAGE = (
    r"\b(?:your|the original|ihre?[rn]?|deine?|votre|ton|su|tu|suo|tuo|vostro|seu|sua|uw|je|twoj\w|państwa|va[šs]\w{0,2}|ditt?|din|ваш\w{0,3})"
    r" (?:message|e-?mail|mail|letter|nachricht|schreiben|courriel|mensaje|correo|messaggio|mensagem|bericht|wiadomość|list|zpráv\w|správ\w|meddelande"
    r"|brev|besked|meddelelse|melding|e-post\w*|письм\w|сообщени\w|повідомлення|лист|съобщение|poruk\w|sporočil\w)\b"
    r"|viestisi|sähköpostisi|üzenet\w*|levele\b|iletiniz|mesajınız|mesajul|μήνυμά σας|thư của bạn|อีเมลของคุณ|ข้อความของคุณ|ההודעה שלך|הודעתך|رسالتك"
    r"|您的(?:邮件|郵件|消息|信件)|(?:お客様|あなた)のメール"
)
_QUOTE = re.compile(r"[\"'«“„‘‚「]")
_QUOTED = re.compile(
    rf"(?:\b{_TITLE}\b|\b(?:en)?titled|{_OUR_MESSAGE})(?:\W{{1,2}}[^\W\d_]+){{0,3}}\W{{0,3}}"
    r"(?:\"(?P<a>[^\"\n]+)\"|'(?P<b>[^\n]{1,200}?)'(?!\w)|«(?P<c>[^»\n]+)»|[“„](?P<d>[^“”\n]+)[“”]|[‘‚](?P<e>[^\n]{1,200}?)[’‘](?!\w)|「(?P<f>[^」\n]+)」)",
    re.IGNORECASE,
)


def hide_title(body: BodyText, title: str) -> BodyText:
    """The text of a report without the title of our message, in whatever language it is labelled."""
    lines = tuple(hide_in(body.text, title).split("\n"))
    return body if lines == body.lines else BodyText(lines=lines, returned=body.returned)


def hide_in(text: str, title: str) -> str:
    """The text with this title, and each that is labelled or quoted as one, replaced by an ellipsis."""
    words = title.split()
    if len(title) >= _CERTAIN and all(word.lower() in text.lower() for word in words[:3]):
        text = re.sub(r"\s+".join(map(re.escape, words)), _HIDDEN, text, flags=re.IGNORECASE)
    lines = text.split("\n")
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
    text = "\n".join(lines)
    return _QUOTED.sub(_without_title, text) if _QUOTE.search(text) else text


def _without_title(quoted: re.Match[str]) -> str:
    title = next(group for group in quoted.groups() if group is not None)
    return quoted[0].replace(title, _HIDDEN)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
