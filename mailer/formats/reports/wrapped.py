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
_FROM_DAEMON = re.compile(
    r"^\*?(?:From|Von|От|De|Da|Od)\*?:.*(?:daemon|postmaster|mail delivery)", re.IGNORECASE | re.MULTILINE
)


def is_passed_on(mail: MailPart) -> bool:
    """Whether a person passes a mail on, by its subject."""
    return bool(_PASSED_ON.match(mail.get("subject")))


def find_wrapped(mail: MailPart, body: BodyText) -> MailPart | None:
    """The report that is attached to this mail as a message; None for a letter with a report beside it."""
    if not (is_from_server(mail) or (is_passed_on(mail) and _own_length(body.lines) <= _MOST_OWN)):
        return None
    for part in mail.walk():
        inner = _attached(part)
        if inner is not None and _is_report(inner):
            return inner
    return None


def is_from_server(mail: MailPart) -> bool:
    """Whether a server wrote this mail, by its author or an empty return path."""
    sender = mail.get("from")
    return addresses.is_null(mail.all("return-path")) or addresses.is_daemon(addresses.first(sender) or sender)


def find_quoted(mail: MailPart, body: BodyText) -> BodyText | None:
    """The report in the text of a mail that is passed on; None if the mail adds words, and so is a letter."""
    if not is_passed_on(mail):
        return None
    lines = body.lines + tuple(body.returned.split("\n"))
    quoted = [re.sub(r"^>[ ]?", "", line) for line in lines if line.startswith(">")]
    own = [line for line in lines if not line.startswith(">")]
    if not quoted:
        start = next((number for number, line in enumerate(lines) if _FROM_DAEMON.match(line.strip())), None)
        if start is None:
            return None
        quoted, own = list(lines[start:]), list(lines[:start])
    if _own_length(own) > _MOST_OWN or not _FROM_DAEMON.search("\n".join(quoted[:12])):
        return None
    return BodyText(lines=tuple(quoted), returned="")


def _attached(part: MailPart) -> MailPart | None:
    if part.kind == "message/rfc822" and part.parts:
        return part.parts[0]
    name = part.parameters.get("name", "") or part.get("content-disposition")
    if part.kind.startswith("application/") and ".eml" in name.lower():
        return parse_mail(part.octets)
    return None


def _is_report(inner: MailPart) -> bool:
    kinds = {part.kind for part in inner.walk()}
    return "message/delivery-status" in kinds or (is_from_server(inner) and inner.has("from"))


def _own_length(lines: list[str] | tuple[str, ...]) -> int:
    return len(" ".join(line for line in lines if line.strip() and not _NOT_OWN.search(line)))
