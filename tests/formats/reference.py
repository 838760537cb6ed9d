"""A slow reference for making a copy: templates and styles are rendered for each recipient with the values in place."""

import html
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from urllib.parse import quote

from mailer.domain.edition import SLOT_LINK, Edition, Place, Slot, SlotLine, Variant
from mailer.domain.issue_tree import Link, SlotMark, Text
from mailer.formats.edition.bulletin import Bulletin, compose
from mailer.formats.edition.html import PictureSource, write_html
from mailer.formats.edition.line_wrap import words, wrap
from mailer.formats.edition.text import write_text
from mailer.formats.links import shown_link
from mailer.formats.message.slotted_text import BANNER_HTML
from tests.formats.made_up import FEES, TEMPLATES, a_newsletter, an_issue

Values = Mapping[Slot, str]


def fill(edition: Edition, values: Values, *, banner: str = "") -> tuple[str, str]:
    """The HTML and the text of one copy, its slots filled one after the other."""
    # A link is whole in an `href` alone; elsewhere stands what a person would copy.
    shown = {slot: shown_link(value) for slot, value in values.items()}
    page = [
        piece
        if isinstance(piece, str)
        else _escaped((values if piece.place is Place.ADDRESS else shown)[piece.slot], piece.place)
        for piece in edition.html
    ]
    text = [piece if isinstance(piece, str) else _lines(fill_line(piece, shown)) for piece in edition.text]
    if banner:
        page.insert(edition.banner_html, BANNER_HTML.format(html.escape(banner)))
        text.insert(edition.banner_text, _lines([*wrap(words(banner)), "*" * 72, ""]))
    return _ended("".join(page)), _ended("".join(text))


def fill_line(line: SlotLine, values: Values) -> list[str]:
    """The physical lines of a filled line, always wrapped."""
    text = "".join(values[piece] if isinstance(piece, Slot) else piece for piece in line.pieces)
    return wrap(words(text), indent=line.indent, soft=line.soft)


def _escaped(value: str, place: Place) -> str:
    return quote(value, safe="") if place is Place.URL else html.escape(value)


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _ended(text: str) -> str:
    """As a message has it: every line ends, and in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"


def afresh(language: str, variant: Variant, values: Values) -> tuple[str, str]:
    """The HTML and the text of one copy of the made-up issue, rendered with the values in place."""
    issue = an_issue()
    newsletter = a_newsletter()
    composed = _composed(language, variant)
    bulletin = replace(composed, blocks=_with_values(composed.blocks, values))
    assert isinstance(bulletin, Bulletin)
    sources = {picture.name: PictureSource.of(picture) for picture in issue.pictures}
    page, _ = write_html(bulletin, templates=TEMPLATES, template=newsletter.template, sources=sources)
    return _ended("".join(page)), _ended("".join(write_text(bulletin)))


@cache
def _composed(language: str, variant: Variant) -> Bulletin:
    """The bulletin with its slots open, which is the same whatever fills them."""
    return compose(
        issue=an_issue(),
        language=language,
        variant=variant,
        newsletter=a_newsletter(),
        fees=FEES,
        templates=TEMPLATES,
    )


def _with_values(node: object, values: Values) -> object:
    """The tree with the values in place of its slots."""
    match node:
        case SlotMark(name):
            return Text(values[Slot(name)])
        case Link(href, children) if href.startswith(SLOT_LINK):
            return Link(values[Slot(href.removeprefix(SLOT_LINK))], _with_values(children, values))
        case tuple():
            return tuple(_with_values(child, values) for child in node)
        case _ if is_dataclass(node):
            changed = {field.name: _with_values(getattr(node, field.name), values) for field in fields(node)}
            return replace(node, **changed)
        case _:
            return node
