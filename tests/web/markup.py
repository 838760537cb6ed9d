"""What must hold for the markup of every page, whatever it says."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import html

_NAMED = ("aria-describedby", "aria-labelledby", "for")


def faults(page: str) -> list[str]:
    """What is wrong with the page: for people who cannot see it, for a browser that runs only our files, for the eye."""
    return list(_faults(html.document_fromstring(page)))


def _faults(root: html.HtmlElement) -> Iterator[str]:
    if not root.get("lang"):
        yield "the page names no language"
    heads = root.xpath("//h1")
    if len(heads) != 1:
        yield f"{len(heads)} h1"
    if not root.findtext(".//title", "").partition("·")[0].strip():
        yield "no title"
    identities = Counter(root.xpath("//@id"))
    yield from (f"id {identity} stands {count} times" for identity, count in identities.items() if count > 1)
    for attribute in _NAMED:
        for value in root.xpath(f"//@{attribute}"):
            yield from (
                f"{attribute} names {name}, which is not there" for name in value.split() if name not in identities
            )
    labelled = set(root.xpath("//label/@for"))
    for box in root.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        if box.get("id") not in labelled and not box.get("aria-label"):
            yield f"no label: {box.get('name')}"
    yield from (f"no scope: {head.text_content()}" for head in root.xpath("//th[not(@scope)]"))
    yield from (f"no caption: {table.text_content()[:40]}" for table in root.xpath("//table[not(caption)]"))
    for part in root.iter():
        if isinstance(part.tag, str):
            yield from _inline(part)


def _inline(part: html.HtmlElement) -> Iterator[str]:
    if part.tag == "style" or (part.tag == "script" and not part.get("src", "").startswith("/static/")):
        yield f"<{part.tag}> in the page"
    for name, value in part.attrib.items():
        if name == "style" or name.startswith(("on", "hx-on")) or value.startswith(("js:", "javascript:")):
            yield f"{name}={value}"
    if part.tag == "a" and not part.text_content().strip() and not part.get("aria-label"):
        yield "a link without words"
    if part.tag == "img" and part.get("alt") is None:
        yield "a picture without alt"


def words_of(page: str) -> str:
    """The page without its tags: a notice may link to what it names."""
    return re.sub("<[^>]+>", "", page)
