"""Reads Markdown into the tree of an issue, its words set in the typography of their language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin

from mailer.domain.issue import (
    Align,
    Block,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Section,
    SlotMark,
    Strong,
    Table,
    Text,
    ThematicBreak,
)
from mailer.formats.issue.markdown_rules import DEEPEST, SECTION_NAME, SLOT, check, check_brackets, picture_name
from mailer.formats.typography import typeset, typeset_pieces

_CAPTION = re.compile(r"(?:Table|Таблица): *")


def parse(
    text: str,
    language: str,
    *,
    slots: frozenset[str] = frozenset(),
    first_line: int = 1,
    first_heading: int | None = None,
) -> tuple[Block, ...]:
    """The blocks of a Markdown text, its words set in the typography of the language.

    CommonMark with pipe tables and sections (`::: name` … `:::`; an outer section has more colons than an inner one).
    A picture stands in a paragraph of its own and is named by its file. A paragraph `Table: words` (or `Таблица:`)
    right before a table, else right after it, is its caption. A code span is plain text. `@@SLOT:name@@` becomes a
    mark for the names in `slots`; where there are none it is plain text. `first_line` is the number of the text's
    first line in its file. With `first_heading`, the first heading has that level, and none jumps or rises above it.

    Raises BadInput, beginning with `line N:`, for what `markdown_rules.check` refuses.
    """
    check_brackets(text, first_line=first_line)
    tokens = _markdown().parse(text)
    check(tokens, text, slots=slots, first_line=first_line, first_heading=first_heading)
    for token in tokens:
        if token.type == "inline":
            _set_words(token.children or [], language)
            if slots:
                token.children = [part for child in token.children or [] for part in _cut_at_slots(child)]
    return _blocks(SyntaxTreeNode(tokens).children)


def _markdown() -> MarkdownIt:
    # The parser drops what is nested deeper than its limit; ours is lower, so that nothing is lost unseen.
    markdown = MarkdownIt("commonmark", {"maxNesting": 5 * DEEPEST}).enable("table")
    container_plugin(markdown, "section", validate=lambda name, *_: bool(SECTION_NAME.fullmatch(name)))
    # Every address becomes a link here, so that a forbidden one is refused by line and not printed as text.
    markdown.validateLink = _any_link  # type: ignore[method-assign]  # the way the library's documentation shows
    return markdown


def _any_link(url: str) -> bool:  # noqa: ARG001  # the library asks with an address, the answer is always yes
    return True


def _set_words(tokens: list[Token], language: str) -> None:
    """Set the typography of a paragraph's words in place, over all its pieces at once: quotes may span bold words."""
    for token in tokens:
        if token.type == "image":
            token.content = typeset("".join(child.content for child in token.children or []), language)
        elif token.type == "softbreak":
            token.content = " "
        elif token.type == "hardbreak":
            token.content = "\n"
    worded = [token for token in tokens if token.content and token.type != "image"]
    pieces = typeset_pieces([token.content.replace("\t", " ") for token in worded], language)
    for token, piece in zip(worded, pieces, strict=True):
        token.content = piece


def _cut_at_slots(token: Token) -> Iterator[Token]:
    """The token, or, where its words hold slot marks, a token for each mark and each text between them."""
    if token.type != "text":
        yield token
        return
    for index, piece in enumerate(SLOT.split(token.content)):
        yield Token(type="slot" if index % 2 else "text", tag="", nesting=0, content=piece)


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> tuple[Block, ...]:
    return _with_captions([_block(node) for node in nodes])


def _block(node: SyntaxTreeNode) -> Block:
    match node.type:
        case "paragraph":
            return _paragraph(node)
        case "heading":
            return Heading(int(node.tag.removeprefix("h")), _words(node))
        case "bullet_list":
            return ListBlock(_items(node))
        case "ordered_list":
            return ListBlock(_items(node), start=int(node.attrs.get("start", 1)))
        case "blockquote":
            return Quote(_blocks(node.children))
        case "container_section":
            return Section(node.info.strip(), _blocks(node.children))
        case "table":
            head, *rows = (
                tuple(_words(cell) for cell in row.children) for part in node.children for row in part.children
            )
            return Table("", head, tuple(rows), _align(node))
        case _:
            assert node.type == "hr", f"a {node.type} got past the rules"
            return ThematicBreak()


def _align(table: SyntaxTreeNode) -> tuple[Align, ...]:
    """The sides that the colons of the line under the heads name; nothing where there are none."""
    styles = [str(cell.attrs.get("style", "")) for cell in table.children[0].children[0].children]
    return tuple(Align(style.removeprefix("text-align:") or Align.LEFT) for style in styles) if any(styles) else ()


def _paragraph(node: SyntaxTreeNode) -> Picture | Paragraph:
    first = node.children[0].children[:1]
    if first and first[0].type == "image":
        return Picture(name=picture_name(str(first[0].attrs["src"])), alt=first[0].content)
    return Paragraph(_words(node))


def _items(node: SyntaxTreeNode) -> tuple[tuple[Block, ...], ...]:
    return tuple(_blocks(item.children) for item in node.children)


def _with_captions(blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks with each `Table: …` paragraph moved into the table right after it, or else right before it."""
    done: list[Block] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        caption = _caption(block)
        if caption and isinstance(following, Table):
            blocks[index + 1] = replace(following, caption=caption)
        elif caption and done and isinstance(done[-1], Table) and not done[-1].caption:
            done[-1] = replace(done[-1], caption=caption)
        else:
            done.append(block)
    return tuple(done)


def _caption(block: Block) -> str:
    if not isinstance(block, Paragraph):
        return ""
    words = plain(block.children)
    start = _CAPTION.match(words)
    return words[start.end() :] if start else ""


# --- words ------------------------------------------------------------------------------------------------------------


def plain(words: Sequence[Inline]) -> str:
    """The words without their dress: what a caption, a subject or a search sees. A slot mark is left out."""
    return "".join(_plain(word) for word in words)


def _plain(word: Inline) -> str:
    match word:
        case Text(value):
            return value
        case Strong(children) | Emphasis(children) | Link(_, children):
            return plain(children)
        case LineBreak():
            return " "
        case SlotMark():
            return ""


def _words(parent: SyntaxTreeNode) -> tuple[Inline, ...]:
    """The words of a paragraph, heading or cell, trimmed of spaces at their ends by the parser."""
    return _inlines(parent.children[0].children if parent.children else [])


def _inlines(nodes: Iterable[SyntaxTreeNode]) -> tuple[Inline, ...]:
    return tuple(_joined(_inline(node) for node in nodes))


def _inline(node: SyntaxTreeNode) -> Inline:
    match node.type:
        case "strong":
            return Strong(_inlines(node.children))
        case "em":
            return Emphasis(_inlines(node.children))
        case "link":
            return Link(str(node.attrs["href"]), _inlines(node.children))
        case "hardbreak":
            return LineBreak()
        case "slot":
            return SlotMark(node.content)
        case _:
            return Text(node.content)


def _joined(words: Iterable[Inline]) -> Iterator[Inline]:
    """The words with neighbouring texts made one, and empty ones left out."""
    for is_text, group in groupby(words, key=lambda word: isinstance(word, Text)):
        if not is_text:
            yield from group
            continue
        value = "".join(word.value for word in group if isinstance(word, Text))
        if value:
            yield Text(value)
