"""Makes links of the addresses that stand bare in the lines of a section, such as the credits."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailer.domain import issue_tree as tree
from mailer.formats.words import ADDRESS

_ADDRESS = re.compile(rf"({ADDRESS})")


def with_links(blocks: Iterable[tree.Block]) -> Iterator[tree.Block]:
    """The blocks, with each web or mail address in their paragraphs as a link. The words stay the same."""
    for block in blocks:
        match block:
            case tree.Section(_, children):
                yield replace(block, children=tuple(with_links(children)))
            case tree.Paragraph(words):
                yield tree.Paragraph(tuple(piece for word in words for piece in _pieces(word)))
            case _:
                yield block


def _pieces(word: tree.Inline) -> Iterator[tree.Inline]:
    if not isinstance(word, tree.Text):
        yield word
        return
    for place, piece in enumerate(_ADDRESS.split(word.value)):
        if href := _href(piece) if place % 2 else "":
            yield tree.Link(href, (tree.Text(piece),))
        elif piece:
            yield tree.Text(piece)


def _href(address: str) -> str:
    """What the address leads to; nothing for one that a link would have to spell otherwise."""
    if address.startswith(("https://", "http://")):
        return address
    return f"mailto:{address}" if "@" in address and ":" not in address else ""
