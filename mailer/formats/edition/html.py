"""Writes the HTML part of a bulletin: one page with inlined styles, cut at its slots."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jinja2.environment import TemplateModule
from lxml import etree
from markupsafe import Markup

from mailer.domain import issue_tree as tree
from mailer.domain.edition import ADDRESSES, SLOT_LINK, HtmlPart, HtmlSlot, Place, Slot
from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile
from mailer.formats import dates_and_money
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.inline_styles import inline, lost_styles
from mailer.formats.issue.pictures.kind import size_of
from mailer.formats.templates import environment, later_macros, locating_errors

_BANNER = "banner"
_URLS = frozenset({"href", "src"})
_LONG_WORD = re.compile(r"([^\s\-–—]{20,})")  # half the width of a telephone's screen; hyphens part words anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSource:
    """Where HTML finds a picture, and its width in pixels; 0 where its content cannot be read."""

    address: str
    width: int = 0

    @classmethod
    def of(cls, picture: PictureFile) -> Self:
        return cls(address=f"cid:{picture.content_id}", width=size_of(picture.content)[0])


def write_html(
    bulletin: Bulletin, *, templates: Path, template: str | None, sources: Mapping[str, PictureSource]
) -> tuple[HtmlPart, int]:
    """The HTML part, and the index of the piece before which a test mailing's banner goes.

    `sources` are the pictures by their file names. Raises BadInput for a mistake in a template,
    with file and line, for anything that loads from outside, and for a slot in a forbidden place.
    """
    document, mark = _document(bulletin, templates=templates, template=template, sources=sources)
    root = inline(document)
    _limit_widths(root, sources.values())
    _mark_places(root, mark)
    html = etree.tostring(root, method="html", encoding="unicode", doctype="<!DOCTYPE html>")
    return _cut(html, mark)


def lost_html_styles(
    bulletin: Bulletin, *, templates: Path, template: str | None, sources: Mapping[str, PictureSource]
) -> tuple[str, ...]:
    """A sentence for each rule of the layout's style sheets that readers would not see. Raises as `write_html` does."""
    return lost_styles(_document(bulletin, templates=templates, template=template, sources=sources)[0])


def _document(
    bulletin: Bulletin, *, templates: Path, template: str | None, sources: Mapping[str, PictureSource]
) -> tuple[str, str]:
    """The page as the templates write it, and the mark of the tokens in it."""
    # Slots are tokens until the page is cut. No text can contain a token, since it is made from the hash of all text.
    mark = "s" + hashlib.sha256(repr(bulletin).encode()).hexdigest()[:32]
    templater = environment(templates, template, autoescape=True)
    with locating_errors(templates):
        walk = _Walk(templater.get_template("blocks.html.j2").module, mark, sources)
        document = templater.get_template("layout.html.j2").render(
            language=bulletin.language,
            direction=dates_and_money.direction(bulletin.language),
            subject=bulletin.subject,
            preheader=bulletin.preheader,
            content=walk.blocks(bulletin.blocks),
            banner=_token(mark, _BANNER),
            slot=walk.slot,
        )
    return document, mark


def _limit_widths(root: etree._Element, sources: Iterable[PictureSource]) -> None:
    """Show no picture wider than it is, whatever width a template writes: Outlook goes by the attribute alone."""
    natural = {source.address: source.width for source in sources if source.width}
    for picture in root.iter("img"):
        width, own = picture.get("width", ""), natural.get(picture.get("src", ""), 0)
        if own and width.isdecimal() and int(width) > own:
            picture.set("width", str(own))


class _Walk:
    """Renders the nodes of the tree with the template macros of the same names."""

    def __init__(self, macros: TemplateModule, mark: str, sources: Mapping[str, PictureSource]) -> None:
        self.macros = macros
        self.mark = mark
        self.sources = sources

    def macro(self, name: str, *arguments: object) -> Markup:
        macro = getattr(self.macros, name, None) or getattr(later_macros(), name, None)
        if macro is None:
            raise BadInput(f"blocks.html.j2 has no macro '{name}': write it")
        return Markup(macro(*arguments[: len(macro.arguments)]))  # noqa: S704  # the macro escapes its arguments

    def slot(self, name: str) -> str:
        """The token of a slot, for layouts too: `{{ slot("name") }}`."""
        return _token(self.mark, Slot(name))

    def address(self, href: str) -> str:
        """The address of a link, or the token of the slot that is its address."""
        return self.slot(href.removeprefix(SLOT_LINK)) if href.startswith(SLOT_LINK) else href

    def blocks(self, blocks: Iterable[tree.Block]) -> Markup:
        return Markup("").join(self.block(block) for block in blocks)

    def block(self, block: tree.Block) -> Markup:
        match block:
            case tree.Heading(level, children):
                return self.macro("heading", level, self.words(children))
            case tree.Paragraph(children):
                return self.macro("paragraph", self.words(children))
            case tree.ListBlock(items, start):
                return self.macro("list", [self.item(item) for item in items], start)
            case tree.Quote(children, attribution):
                end = self.macro("attribution", self.words(attribution)) if attribution else Markup("")
                return self.macro("quote", self.blocks(children) + end)
            case tree.Table(caption, head, rows, align):
                cells = [[self.cell(cell) for cell in row] for row in rows]
                return self.macro("table", caption, [self.cell(cell) for cell in head], cells, align)
            case tree.Picture(name, alt, caption):
                below = self.macro("caption", self.words(caption)) if caption else Markup("")
                return self.picture(name, alt) + below
            case tree.ThematicBreak() | tree.Commands():
                return self.as_it_is(block)
            case tree.Section(kind, children, language):
                return self.macro("section", kind, self.blocks(children), language)
            case tree.Footnote(number, children):
                return self.macro("footnote", number, self.item(children))

    def as_it_is(self, block: tree.ThematicBreak | tree.Commands) -> Markup:
        """A rule, or commands as they are typed."""
        if isinstance(block, tree.ThematicBreak):
            return self.macro("rule")
        return self.macro("commands", [self.macro("command", line) for line in block.lines])

    def picture(self, name: str, alt: str) -> Markup:
        if name not in self.sources:
            raise BadInput(f"the picture '{name}' is not in the issue's folder: put it there")
        source = self.sources[name]
        return self.macro("picture", source.address, alt, *([source.width] if source.width else []))

    def item(self, blocks: tuple[tree.Block, ...]) -> Markup:
        """A list item; a single paragraph stands without its <p>, which would add space."""
        match blocks:
            case (tree.Paragraph(children),):
                return self.words(children)
            case _:
                return self.blocks(blocks)

    def cell(self, words: Iterable[tree.Inline]) -> Markup:
        """The words of a table's cell, whose column is as wide as its longest word: very long ones may be broken."""
        return self.words(words, self.breakable)

    def breakable(self, text: str) -> Markup:
        pieces = enumerate(_LONG_WORD.split(text))
        return Markup("").join(self.macro("long_word", piece) if place % 2 else piece for place, piece in pieces)

    def words(self, words: Iterable[tree.Inline], text: Callable[[str], str] = str) -> Markup:
        return Markup("").join(self.word(word, text) for word in words)

    def word(self, word: tree.Inline, text: Callable[[str], str]) -> str:
        match word:
            case tree.Text(value):
                return text(value)
            case tree.SlotMark(name):
                return self.slot(name)
            case tree.Strong(children):
                return self.macro("strong", self.words(children, text))
            case tree.Emphasis(children):
                return self.macro("emphasis", self.words(children, text))
            case tree.Link(href, children):
                return self.macro("link", self.address(href), self.words(children, text))
            case tree.LineBreak():
                return self.macro("line_break")
            case tree.FootnoteMark(number, place):
                return self.macro("footnote_mark", number, place)


# --- slots ------------------------------------------------------------------------------------------------------------


def _token(mark: str, name: str) -> str:
    """A token that HTML, style sheets and addresses leave unchanged; `_mark_places` replaces its last part."""
    return f"{mark}.{name}.text."


def _mark_places(root: etree._Element, mark: str) -> None:
    """Mark the tokens in attributes with their place; refuse tokens where no value can be filled in safely."""
    whole = {_token(mark, slot) for slot in ADDRESSES}
    for element in root.iter():
        if mark in (element.text or "") and element.tag in {etree.Comment, etree.ProcessingInstruction, "style"}:
            raise BadInput("the layout has a slot in a comment or a style sheet: remove it")
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if mark not in value:
                continue
            if name == "href" and value in whole:
                place = Place.ADDRESS
            elif name == "style" or name.startswith("on") or (name in _URLS and value.startswith(mark)):
                raise BadInput(f"the layout has a slot in '{name}', where it could become code: remove it")
            else:
                place = Place.URL if name in _URLS else Place.ATTRIBUTE
            element.set(name, re.sub(rf"({mark}\.\w+)\.text\.", rf"\1.{place}.", value))


def _cut(html: str, mark: str) -> tuple[HtmlPart, int]:
    """The page cut at its tokens. The banner's token gives no piece, only the index of the piece after it."""
    part: list[str | HtmlSlot] = []
    banner = -1
    pieces = re.split(rf"{mark}\.(\w+)\.(\w+)\.", html)
    for constant, name, place in zip(pieces[::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True):
        if constant:
            part.append(constant)
        if name == _BANNER:
            if banner >= 0 or place != Place.TEXT:
                raise BadInput("layout.html.j2 must have {{ banner }} once, among its text")
            banner = len(part)
        elif name:
            part.append(HtmlSlot(slot=Slot(name), place=Place(place)))
    if banner < 0:
        raise BadInput("layout.html.j2 has no {{ banner }}: put it where the mark of a test mailing should be")
    return tuple(part), banner
