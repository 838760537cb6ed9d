"""Proofreads an edition: every word of the article stands in both parts, in the HTML in one piece and in order."""

import re
from collections.abc import Iterator

from lxml import etree, html

from mailer.domain.edition import Edition, SlotLine
from mailer.domain.errors import BadInput
from mailer.domain.issue import Issue
from mailer.domain.issue_tree import visible_text
from mailer.formats.words import is_part, lacking, words_of

# Elements within a line; all others part the words around them.
_WITHIN = frozenset({"a", "b", "i", "u", "em", "strong", "small", "sub", "font", "span"})
_UNSEEN = frozenset({"head", "style", "title"})


def proofread(issue: Issue, edition: Edition) -> None:
    """Raise BadInput if a part of the edition lacks a word of the article, or if the HTML has others between them."""
    article = words_of(visible_text(issue.text(edition.language).blocks))
    page = words_of(visible_page("".join(piece if isinstance(piece, str) else " " for piece in edition.html)))
    if not is_part(article, page):
        lost = " ".join(lacking(article, page)) or "words of the article in another order"
        raise BadInput(
            f"{issue.name} in {edition.language}: the HTML shows other words than the article ({lost}); "
            "correct blocks.html.j2 of the template"
        )
    text = words_of(" ".join(_text(piece) for piece in edition.text))
    if lost := " ".join(lacking(article, text)):
        raise BadInput(f"{issue.name} in {edition.language}: the text part lacks words of the article: {lost}")


def _text(piece: str | SlotLine) -> str:
    """The text as a reader sees it, without the marks of quotations."""
    return re.sub(r"(?m)^>+", "", piece) if isinstance(piece, str) else ""


def visible_page(page: str) -> str:
    """What a reader sees or hears of a page: its text, the descriptions of pictures, the numbers of lists."""
    return "".join(_seen(html.document_fromstring(page)))


def _seen(element: etree._Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return
    gap = "" if element.tag in _WITHIN else " "
    yield gap
    if element.tag == "li" and element.getparent().tag == "ol":
        yield f"{_number(element)}. "
    yield element.get("alt", "")
    yield element.text or ""
    for child in element:
        yield from _seen(child)
        yield child.tail or ""
    yield gap


def _number(item: etree._Element) -> int:
    before = sum(1 for _ in item.itersiblings("li", preceding=True))
    return int(item.getparent().get("start", "1")) + before
