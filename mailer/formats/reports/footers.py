"""Removes what others have put below a report: the lines of a scanner, of a lawyer, and of a mailing list."""

import re

# Lines of a scanner that found nothing, of a lawyer, and of a list; in lower case.
_FOOTER = re.compile(
    r"subscribed to the google groups|unsubscribe from this (?:group|list)|/listinfo/|stop receiving emails|visit this group"
    r"|(?:scanned|checked|verified|analy[sz]ed|protected|certified) (?:for|by|with)\b|no virus|virus[- ]free|free (?:of|from) viruses"
    r"|\bavast\b|\bavg\b|\bnod32\b|\beset\b|kaspersky|mailscanner|messagelabs|antivirus system|(?:e-?mail|message)\b.{0,60} (?:confidential|intended (?:solely|only))"
    r"|(?:проверен\w*|не содержит|без) .{0,40}(?:вирус|антивирус)|geprüft|virenfrei|auf viren|vérifié|analysé|aucun virus|analizado|verificad|escaneado|controllat|gecontroleerd|sprawdzon"
)
_FINDS_VIRUS = re.compile(
    r"^(?!.*(?:\bno virus|virus[- ]free|not? (?:found|detected|contain))).*\b(?:found|detected|infected|contains?|rejected|blocked|refused|removed|обнаружен\w*|gefunden)\b",
    re.IGNORECASE,
)


def without_footers(page: str) -> str:
    """The page without the lines of a scanner that found nothing, of a lawyer, and of a list."""
    if "\n" not in page or not _FOOTER.search(page.lower()):
        return page
    return "\n".join(line for line in page.split("\n") if not _FOOTER.search(line.lower()) or _FINDS_VIRUS.search(line))
