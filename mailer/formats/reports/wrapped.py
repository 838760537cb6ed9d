"""Finds the report that another mail carries: a gateway or a scanner has wrapped it, or a person has passed it on."""

import re

from mailer.formats.reports import addresses
from mailer.formats.reports.body_text import BodyText
from mailer.formats.reports.mime import MailPart, parse_mail

# Subjects that mail programs give to a mail that is passed on.
_PASSED_ON = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|i|пересл|vb|doorst|ilt|pd|转发|轉寄)\s*[:：]", re.IGNORECASE)
# Lines of such a mail that are not the person's own.
_NOT_OWN = re.compile(
    r"forward|original message|пересыл|weitergeleitet|transféré|reenviad|inoltrat|wrote:|^[\s\-_=*]+$"
    r"|^(?:from|sent|to|cc|subject|date|von|gesendet|an|betreff|datum|от|кому|тема|дата|отправлено|de|à|objet|para|asunto)\s*:",
    re.IGNORECASE,
)
_MOST_OWN = 20  # characters that a person may add without writing a letter
# The header that a mail program writes above a mail in the text, in its own language, perhaps in bold.
_FIELD_NAMES = {
    "From": {"from", "von", "от", "від", "de", "da", "od", "van", "från", "fra", "kimden", "lähettäjä", "feladó", "差出人", "发件人"},
    "Subject": {"subject", "betreff", "тема", "objet", "asunto", "oggetto", "assunto", "temat", "onderwerp", "ämne", "emne", "konu", "件名", "主题"},
    "To": {"to", "an", "кому", "à", "para", "a", "do", "aan", "till", "til", "kime", "宛先", "收件人"},
    "Date": {"date", "sent", "datum", "gesendet", "дата", "отправлено", "envoyé", "enviado", "inviato", "data", "wysłano", "verzonden", "日時"},
}  # fmt: skip
_HEADER_LINE = re.compile(r"^\*?([^\W\d_]{1,12})\s?[:：]\*?(?=\s|$)")


def find_wrapped(mail: MailPart, body: BodyText) -> MailPart | None:
    """The report that this mail carries, attached or in its text; None for a letter with a report beside it."""
    is_passed_on = bool(_PASSED_ON.match(mail.get("subject")))
    if is_from_server(mail) or (is_passed_on and _own_length(body.lines) <= _MOST_OWN):
        for part in mail.walk():
            inner = attached(part)
            if inner is not None and is_report(inner):
                return inner
    return _in_text(body) if is_passed_on else None


def is_from_server(mail: MailPart) -> bool:
    """Whether a server wrote this mail, by its author or an empty return path."""
    sender = mail.get("from")
    return addresses.is_null(mail.all("return-path")) or addresses.is_daemon(addresses.first(sender) or sender)


def _in_text(body: BodyText) -> MailPart | None:
    """The report in the text of a mail that is passed on; None if the mail adds words, and so is a letter."""
    lines = [*body.lines, *body.returned.split("\n")]
    start = next((number for number, line in enumerate(lines) if _HEADER_LINE.match(line.lstrip("> "))), len(lines))
    own, quoted = lines[:start], lines[start:]
    if quoted and quoted[0].startswith(">"):
        own += [line for line in quoted if not line.startswith(">")]
        quoted = [re.sub(r"^>[ ]?", "", line) for line in quoted if line.startswith(">")]
    if not quoted or _own_length(own) > _MOST_OWN:
        return None
    header, _, text = "\n".join(quoted).partition("\n\n")
    fields = [_HEADER_LINE.sub(_in_english, line) for line in header.split("\n")]
    inner = parse_mail(("\n".join(fields) + "\n\n" + text).encode("utf-8", "replace"))
    return inner if inner.has("from") and is_report(inner) else None


def _in_english(line: re.Match[str]) -> str:
    name = line[1].lower()
    return next((field for field, names in _FIELD_NAMES.items() if name in names), line[1]) + ":"


def attached(part: MailPart) -> MailPart | None:
    """The mail that this part is; None for any other part."""
    if part.kind == "message/rfc822" and part.parts:
        return part.parts[0]
    name = part.parameters.get("name", "") or part.get("content-disposition")
    if part.kind.startswith("application/") and ".eml" in name.lower():
        return parse_mail(part.octets)
    return None


def is_report(inner: MailPart) -> bool:
    """Whether a server wrote this mail to report on another."""
    kinds = {part.kind for part in inner.walk()}
    return "message/delivery-status" in kinds or (is_from_server(inner) and inner.has("from"))


def _own_length(lines: list[str] | tuple[str, ...]) -> int:
    return len(" ".join(line for line in lines if line.strip() and not _NOT_OWN.search(line)))
