"""Inlines the style sheet of a letter, because many mail programs read only inline styles. No network."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from typing import cast

import cssutils
from lxml import etree
from lxml.cssselect import CSSSelector, SelectorError
from premailer import Premailer

from mailer.domain.errors import BadInput
from mailer.formats.edition.style_rules import read_style_rules

# A letter loads nothing and runs nothing, so everything not known to be harmless is refused: elements, …
_ELEMENTS = frozenset({
    "html", "head", "meta", "title", "style", "body", "div", "span", "p", "br", "hr", "a", "b", "i", "u",
    "em", "strong", "small", "sub", "sup", "font", "center", "img", "h1", "h2", "h3", "h4", "h5", "h6", "ul",
    "ol", "li", "dl", "dt", "dd", "blockquote", "table", "caption", "colgroup", "col", "thead", "tbody",
    "tfoot", "tr", "th", "td",
})  # fmt: skip
# … attributes (and aria-…), …
_ATTRIBUTES = frozenset({
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "charset", "class", "color", "colspan",
    "content", "data-premailer", "dir", "face", "height", "hidden", "href", "id", "lang", "media", "name",
    "role", "rowspan", "scope", "size", "span", "src", "start", "style", "summary", "tabindex", "title", "type",
    "valign", "width", "xml:lang",
})  # fmt: skip
# … addresses (one that begins with a slot has no scheme yet; `html._mark_places` refuses it) …
_ADDRESSES = {"href": re.compile(r"https?://|mailto:|#|s[0-9a-f]{32}\."), "src": re.compile(r"cid:")}
# … and styles. A backslash could spell any of the others in disguise (CSS Syntax §4.3.7).
_OUTSIDE = re.compile(r"@import|\\|//|(?:expression|image|image-set|src)\s*\(|url\(\s*(?!['\"]?cid:)", re.IGNORECASE)


class _Inliner(Premailer):  # type: ignore[misc]  # premailer has no types
    """premailer without network: every address in a style sheet reads as empty."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> object:
        return cssutils.CSSParser(fetcher=lambda _: (None, b""), validate=validate).parseString(css_body)

    def _parse_style_rules(self, css_body: str | None, ruleset_index: int) -> tuple[tuple[object, ...], ...]:
        rules = _RULES.get((css_body, ruleset_index))
        if rules is None:
            rules = tuple(map(tuple, super()._parse_style_rules(css_body, ruleset_index)))
            _RULES.clear()
            _RULES[css_body, ruleset_index] = rules
        return rules

    def rules_of(self, sheet: str) -> tuple[tuple[object, str, str], ...]:
        """The rules that are written into elements: specificity, selector, declarations."""
        return cast("tuple[tuple[object, str, str], ...]", self._parse_style_rules(sheet, 0)[0])


# The rules of the last style sheet: all editions of an issue have the same, and parsing it takes longer than the rest.
_RULES: dict[tuple[str | None, int], tuple[tuple[object, ...], ...]] = {}


def lost_styles(document: str) -> tuple[str, ...]:
    """A sentence for each rule of the document's style sheets that its readers would not see, with its line.

    The sheets are read a second time, by `read_style_rules`, and compared with the rules that premailer takes. A sheet
    with `data-premailer="ignore"` stays as it is, so that only its form can be wrong.
    """
    root = etree.fromstring(document, etree.HTMLParser(no_network=True))
    return tuple(sentence for style in root.iter("style") for sentence in _lost_of(style))


def _lost_of(style: etree._Element) -> Iterator[str]:
    sheet = (style.text or "").removeprefix("\n")  # lines count as in the file that the layout includes
    stays = style.get("data-premailer") == "ignore" or style.get("media", "all") not in {"all", "screen"}
    name = "the styles that stay as they are (screens.css)" if stays else "the inlined styles (style.css)"
    try:
        rules = read_style_rules(sheet)
    except BadInput as error:
        yield f"{name}, {error}"
        return
    if stays:
        return
    taken = _taken(sheet)
    for rule in rules:
        if rule.prelude.startswith("@"):
            yield f"{name}, line {rule.line}: '{rule.prelude}' was not taken: put it into screens.css, which stays as it is"
            continue
        for selector in map(str.strip, rule.prelude.split(",")):
            meaning = _meaning(selector, "html")
            if meaning != _meaning(selector, "xml"):
                meaning = ""
            wanted = [(meaning, name) for name in rule.declarations]
            lost = {name for _, name in wanted if not meaning or taken[meaning, name] <= 0}
            taken.subtract(wanted)
            if lost == rule.declarations.keys() and lost:
                yield (
                    f"{name}, line {rule.line}: '{selector}' was not taken: it cannot be written into each element; "
                    "select by classes and by element names in small letters, or put it into screens.css"
                )
            elif lost:
                names = ", ".join(sorted(lost))
                yield f"{name}, line {rule.line}: '{names}' of '{selector}' was not taken: correct its value"


def _taken(sheet: str) -> Counter[tuple[str, str]]:
    """How often premailer writes each property into what it selects."""
    return Counter(
        (_meaning(selector, "xml"), declaration.partition(":")[0].strip())
        for _specificity, selector, declarations in _inliner().rules_of(sheet)
        for declaration in declarations.split(";")
    )


def _meaning(selector: str, language: str) -> str:
    """The selector as XPath: in HTML, as mail programs read it, or in XML, as premailer does. Empty for none."""
    try:
        return str(CSSSelector(selector, translator=language).path)
    except (SelectorError, AssertionError):
        return ""


def inline(document: str) -> etree._Element:
    """The document's root element, with the rules of its style sheets inlined.

    `<style data-premailer="ignore">` is not changed; it holds the `@media` rules and their `!important`. Raises
    BadInput for anything in the document that loads from outside; nothing is fetched to find out.
    """
    root = etree.fromstring(document, etree.HTMLParser(no_network=True))
    _refuse_outside(root)
    _inliner().transform(root)
    return root


def _inliner() -> _Inliner:
    return _Inliner(
        strip_important=False,
        keep_style_tags=False,
        disable_validation=True,
        disable_leftover_css=True,
        disable_basic_attributes=["align", "valign", "bgcolor", "width", "height"],
        align_floating_images=False,
        allow_network=False,
        allow_loading_external_files=False,
        cache_css_parsing=False,
        cssutils_logging_level=logging.CRITICAL,
    )


def _refuse_outside(root: etree._Element) -> None:
    for comment in root.iter(etree.Comment):
        if "//" in comment.text:  # Outlook reads what its conditional comments hold
            raise BadInput("the layout has an address in a comment, which Outlook would load: remove it")
    for element in root.iter(etree.Element):
        if element.tag not in _ELEMENTS:
            raise BadInput(f"the layout has a <{element.tag}> element: a letter may not load or run anything")
        for attribute, value in element.attrib.items():
            if attribute not in _ATTRIBUTES and not attribute.startswith("aria-"):
                raise BadInput(f"the layout has '{attribute}' at a <{element.tag}> element: remove it")
            if attribute in _ADDRESSES and not _ADDRESSES[attribute].match(value):
                raise BadInput(f"the layout loads '{value}': a letter shows its own pictures and links in full")
        style = (element.text or "") if element.tag == "style" else element.get("style", "")
        if match := _OUTSIDE.search(style):
            raise BadInput(f"the style sheet has '{match[0]}', which may load from outside: remove it")
