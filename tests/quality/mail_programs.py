"""What the HTML and CSS of a message use, and which of it mail programs do not show, by the data of caniemail.com."""

import json
import logging
import re
from collections.abc import Iterator
from functools import cache

import cssutils
from lxml import etree
from lxml import html as reader

from tests.quality.eyes import MODULES

DATA = MODULES / "caniemail" / "data" / "caniemail.json"

# Those that a member uses: in a browser, on a telephone, on a desk.
OUTLOOK = (
    "outlook.windows"  # shows what stands in `<!--[if mso]>`; Outlook 2016 to 2024 and 365 have the engine of Word
)
PROGRAMS = (
    "apple-mail.ios",
    "apple-mail.macos",
    "gmail.android",
    "gmail.desktop-webmail",
    "gmail.ios",
    "gmail.mobile-webmail",
    "mail-ru.desktop-webmail",
    "outlook.android",
    "outlook.ios",
    "outlook.macos",
    "outlook.outlook-com",
    OUTLOOK,
    "samsung-email.android",
    "yahoo.android",
    "yahoo.desktop-webmail",
    "yahoo.ios",
)

# Names of caniemail for several elements, attributes or properties at once.
_ELEMENTS = {
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], "html-h1-h6"),
    **dict.fromkeys(["ul", "ol", "li", "dl", "dt", "dd"], "html-lists"),
    **dict.fromkeys(["tr", "td", "th", "thead", "tbody", "tfoot", "caption"], "html-table"),
    **dict.fromkeys(
        ["article", "aside", "figure", "figcaption", "footer", "header", "main", "section"], "html-semantics"
    ),
}
_PROPERTIES = {
    **dict.fromkeys(["left", "right", "top", "bottom"], "css-left-right-top-bottom"),
    "flex-wrap": "css-flex-wrap",
    "overflow-x": "css-overflow",
    "overflow-y": "css-overflow",
}
_SIDED = re.compile(r"(border|margin|padding)-(?:top|right|bottom|left)(?:-(?:color|style|width))?")
_UNITS = re.compile(r"(?<![\w#.-])-?\d*\.?\d+(%|[a-z]+)", re.IGNORECASE)
_COMBINATORS = {">": "css-selector-child", "+": "css-selector-adjacent-sibling", "~": "css-selector-general-sibling"}
_FUNCTIONS = {"calc": "css-unit-calc", "rgb": "css-rgb", "rgba": "css-rgba", "var": "css-variables"}
_MEDIA = {
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
    "orientation": "css-at-media-orientation",
    "hover": "css-at-media-hover",
    "device-pixel-ratio": "css-at-media-device-pixel-ratio",
}


@cache
def facts() -> dict[str, dict]:
    """What caniemail knows, by the name of each feature."""
    return {feature["slug"]: feature for feature in json.loads(DATA.read_text())["data"]}


def support(feature: str, program: str) -> str:
    """`y` shown, `a` in part, `n` not, `u` unknown, by the newest version that was tried."""
    family, platform = program.split(".")
    versions = facts()[feature]["stats"].get(family, {}).get(platform, {})
    return list(versions.values())[-1][0] if versions else "u"


def used(page: str, program: str) -> frozenset[str]:
    """The features that a message uses where this program reads it; what caniemail has no name for has ours, in brackets."""
    return _used(_opened(page) if program == OUTLOOK else _closed(page))


@cache
def _used(page: str) -> frozenset[str]:
    return frozenset(_features(page))


def _opened(page: str) -> str:
    """As Word reads it, what only Outlook is meant to see among the rest."""
    return re.sub(r"<!--\[if [^\]]*mso[^\]]*\]>(.*?)<!\[endif\]-->", r"\1", page, flags=re.DOTALL)


def _closed(page: str) -> str:
    return re.sub(r"<!--\[if [^\]]*mso[^\]]*\]>.*?<!\[endif\]-->", "", page, flags=re.DOTALL)


def _features(page: str) -> Iterator[str]:
    if page.lstrip().lower().startswith("<!doctype html>"):
        yield "html-doctype"
    for node in reader.document_fromstring(page).iter():
        if isinstance(node, etree._Comment):
            yield "html-comments"
        elif isinstance(node.tag, str):
            yield from _element(node)


def _element(node: etree._Element) -> Iterator[str]:
    tag = node.tag
    yield _known(_ELEMENTS.get(tag, f"html-{tag}"), f"<{tag}>")
    for name, value in node.attrib.items():
        yield from _attribute(tag, name, value)
    if tag == "style":
        yield from _sheet(node.text or "")


def _attribute(tag: str, name: str, value: str) -> Iterator[str]:
    if name == "style":
        yield from _declarations(cssutils.parseStyle(value, validate=False))
    elif tag == "a" and name == "href" and value.startswith(("#", "mailto:")):
        yield "html-anchor-links" if value.startswith("#") else "html-mailto-links"
    elif tag == "img" and name == "src":
        kind = re.match(r"data:image/(\w+)", value)
        yield _known(f"image-{kind[1].replace('jpeg', 'jpg')}" if kind else "", f"<img src={value}>")
    elif tag == "meta":
        if (name, value) == ("name", "color-scheme"):
            yield "html-meta-color-scheme"
    else:
        yield _known(f"html-{name}", f"[{name}]")


def _sheet(css: str) -> Iterator[str]:
    if "/*" in css:
        yield "css-comments"
    yield from _rules(_PARSER.parseString(css).cssRules)


_PARSER = cssutils.CSSParser(loglevel=logging.CRITICAL, validate=False, fetcher=lambda _: (None, b""))


def _rules(rules: cssutils.css.CSSRuleList) -> Iterator[str]:
    for rule in rules:
        if rule.type == rule.MEDIA_RULE:
            yield "css-at-media"
            yield from (feature for word, feature in _MEDIA.items() if word in rule.media.mediaText)
            yield from _rules(rule.cssRules)
        elif rule.type == rule.STYLE_RULE:
            yield from _selectors(rule.selectorText)
            yield from _declarations(rule.style)
        elif rule.type != rule.COMMENT:
            yield _known("", rule.cssText)


def _selectors(text: str) -> Iterator[str]:
    if "," in text:
        yield "css-selector-grouping"
    for selector in text.split(","):
        words = selector.split()
        yield from (_COMBINATORS[word] for word in words if word in _COMBINATORS)
        simple = [word for word in words if word not in _COMBINATORS]
        if len(simple) > len(words) - len(simple) + 1:
            yield "css-selector-descendant"
        for word in simple:
            yield from _simple_selector(word)


def _simple_selector(word: str) -> Iterator[str]:
    kinds = {".": "class", "#": "id", "[": "attribute", "*": "universal"}
    yield from (f"css-selector-{kind}" for sign, kind in kinds.items() if sign in word)
    if word[0].isalpha():
        yield "css-selector-type"
    if len(re.findall(r"[.#]", word)) > 1:
        yield "css-selector-chaining"
    for colons, name in re.findall(r"(::?)([\w-]+)", word):
        yield _known(f"css-pseudo-{'element' if colons == '::' else 'class'}-{name}", f"{colons}{name}")


def _declarations(style: cssutils.css.CSSStyleDeclaration) -> Iterator[str]:
    for declaration in style.getProperties(all=True):
        name, value = declaration.name, declaration.value
        if name == "display" and value in {"none", "flex", "grid"}:
            yield f"css-display-{value}"
        else:
            sided = _SIDED.fullmatch(name)
            yield _known(f"css-{sided[1]}" if sided else _PROPERTIES.get(name, f"css-{name}"), f"{{{name}}}")
        if declaration.priority:
            yield "css-important"
        for unit in _UNITS.findall(value):
            yield _known("css-unit-percent" if unit == "%" else f"css-unit-{unit.lower()}", f"{{{unit}}}")
        for function in re.findall(r"([\w-]+)\(", value):
            yield _known(_FUNCTIONS.get(function, f"css-{function}"), f"{{{function}()}}")


def _known(feature: str, ours: str) -> str:
    return feature if feature in facts() else ours
