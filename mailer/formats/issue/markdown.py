"""Reads Markdown into the tree of an issue, set in the typography of its language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin

from mailer.domain import issue_tree as tree
from mailer.formats.issue.markdown_rules import MAX_DEPTH, SECTION_NAME, SLOT, check, check_brackets, picture_name
from mailer.formats.typography import typeset, typeset_pieces

_CAPTION = re.compile(r"(?:Table|Таблица): *")


def parse(
    text: str,
    language: str,
    *,
    slots: frozenset[str] = frozenset(),
    first_line: int = 1,
    first_heading: int | None = None,
) -> tuple[tree.Block, ...]:
    """The blocks of a Markdown text, set in the typography of the language.

    CommonMark with pipe tables and sections (`::: name` … `:::`; an outer section has more colons than an inner one).
    A picture has its own paragraph and is named by its file. A paragraph `Table: words` (or `Таблица:`) just before a
    table, or else just after it, is its caption. A code span is plain text. `@@SLOT:name@@` becomes a slot mark if
    `slots` is not empty; otherwise it is plain text. `first_line` is the number of the text's first line in its file.
    With `first_heading`, the first heading has that level, and later ones neither skip a level nor rise above it.

    Raises BadInput, beginning with `line N:`, for anything that `markdown_rules.check` refuses.
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
    # The parser silently drops anything nested deeper than its own limit; ours is lower, so nothing gets lost.
    markdown = MarkdownIt("commonmark", {"maxNesting": 5 * MAX_DEPTH}).enable("table")
    container_plugin(markdown, "section", validate=lambda name, *_: bool(SECTION_NAME.fullmatch(name)))
    # Accept every address as a link, so that a forbidden one is refused with its line instead of printed as text.
    markdown.validateLink = _any_link  # type: ignore[method-assign]  # the way the library's documentation shows
    return markdown


def _any_link(url: str) -> bool:  # noqa: ARG001  # the signature is the library's
    return True


def _set_words(tokens: list[Token], language: str) -> None:
    """Set the typography of a paragraph in place, all its pieces together, since quotes may span bold words."""
    for token in tokens:
        if token.type == "image":
            token.content = typeset("".join(child.content for child in token.children or []), language)
        elif token.type == "softbreak":
            token.content = " "
        elif token.type == "hardbreak":
            token.content = "\n"
    texts = [token for token in tokens if token.content and token.type != "image"]
    pieces = typeset_pieces([token.content.replace("\t", " ") for token in texts], language)
    for token, piece in zip(texts, pieces, strict=True):
        token.content = piece


def _cut_at_slots(token: Token) -> Iterator[Token]:
    """The token, or a token for each slot mark in it and for each text between the marks."""
    if token.type != "text":
        yield token
        return
    for index, piece in enumerate(SLOT.split(token.content)):
        yield Token(type="slot" if index % 2 else "text", tag="", nesting=0, content=piece)


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> tuple[tree.Block, ...]:
    return _with_captions([_block(node) for node in nodes])


def _block(node: SyntaxTreeNode) -> tree.Block:
    match node.type:
        case "paragraph":
            return _paragraph(node)
        case "heading":
            return tree.Heading(int(node.tag.removeprefix("h")), _words(node))
        case "bullet_list":
            return tree.ListBlock(_items(node))
        case "ordered_list":
            return tree.ListBlock(_items(node), start=int(node.attrs.get("start", 1)))
        case "blockquote":
            return tree.Quote(_blocks(node.children))
        case "container_section":
            return tree.Section(node.info.strip(), _blocks(node.children))
        case "table":
            head, *rows = (
                tuple(_words(cell) for cell in row.children) for part in node.children for row in part.children
            )
            return tree.Table("", head, tuple(rows), _align(node))
        case _:
            assert node.type == "hr", f"markdown_rules does not refuse {node.type}"
            return tree.ThematicBreak()


def _align(table: SyntaxTreeNode) -> tuple[tree.Align, ...]:
    """The alignment given by the colons below the column headings; empty if there are none."""
    styles = [str(cell.attrs.get("style", "")) for cell in table.children[0].children[0].children]
    return (
        tuple(tree.Align(style.removeprefix("text-align:") or tree.Align.LEFT) for style in styles)
        if any(styles)
        else ()
    )


def _paragraph(node: SyntaxTreeNode) -> tree.Picture | tree.Paragraph:
    first = node.children[0].children[:1]
    if first and first[0].type == "image":
        return tree.Picture(name=picture_name(str(first[0].attrs["src"])), alt=first[0].content)
    return tree.Paragraph(_words(node))


def _items(node: SyntaxTreeNode) -> tuple[tuple[tree.Block, ...], ...]:
    return tuple(_blocks(item.children) for item in node.children)


def _with_captions(blocks: list[tree.Block]) -> tuple[tree.Block, ...]:
    """The blocks, with each `Table: …` paragraph as the caption of the table just after it, or else just before it."""
    captioned: list[tree.Block] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        caption = _caption(block)
        if caption and isinstance(following, tree.Table):
            blocks[index + 1] = replace(following, caption=caption)
        elif caption and captioned and isinstance(captioned[-1], tree.Table) and not captioned[-1].caption:
            captioned[-1] = replace(captioned[-1], caption=caption)
        else:
            captioned.append(block)
    return tuple(captioned)


def _caption(block: tree.Block) -> str:
    if not isinstance(block, tree.Paragraph):
        return ""
    words = plain(block.children)
    start = _CAPTION.match(words)
    return words[start.end() :] if start else ""


# --- words ------------------------------------------------------------------------------------------------------------


def plain(words: Sequence[tree.Inline]) -> str:
    """The words without bold, italics and links; slot marks are left out."""
    return "".join(_plain(word) for word in words)


def _plain(word: tree.Inline) -> str:
    match word:
        case tree.Text(value):
            return value
        case tree.Strong(children) | tree.Emphasis(children) | tree.Link(_, children):
            return plain(children)
        case tree.LineBreak():
            return " "
        case tree.SlotMark():
            return ""


def _words(parent: SyntaxTreeNode) -> tuple[tree.Inline, ...]:
    """The words of a paragraph, heading or cell; the parser has trimmed the spaces at both ends."""
    return _inlines(parent.children[0].children if parent.children else [])


def _inlines(nodes: Iterable[SyntaxTreeNode]) -> tuple[tree.Inline, ...]:
    return tuple(_joined(_inline(node) for node in nodes))


def _inline(node: SyntaxTreeNode) -> tree.Inline:
    match node.type:
        case "strong":
            return tree.Strong(_inlines(node.children))
        case "em":
            return tree.Emphasis(_inlines(node.children))
        case "link":
            return tree.Link(str(node.attrs["href"]), _inlines(node.children))
        case "hardbreak":
            return tree.LineBreak()
        case "slot":
            return tree.SlotMark(node.content)
        case _:
            return tree.Text(node.content)


def _joined(words: Iterable[tree.Inline]) -> Iterator[tree.Inline]:
    """The words, with adjacent texts joined and empty texts dropped."""
    for is_text, group in groupby(words, key=lambda word: isinstance(word, tree.Text)):
        if not is_text:
            yield from group
            continue
        value = "".join(word.value for word in group if isinstance(word, tree.Text))
        if value:
            yield tree.Text(value)
