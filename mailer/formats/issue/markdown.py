"""Reads Markdown into the tree of an issue, set in the typography of its language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from mailer.domain import issue_tree as tree
from mailer.domain.defect import Defect
from mailer.domain.errors import BadInput
from mailer.formats.issue.arrange import arranged
from mailer.formats.issue.attribution import part_attributions
from mailer.formats.issue.bare_links import find_bare_links
from mailer.formats.issue.dialect import issue_markdown
from mailer.formats.issue.doubtful_lines import find_doubtful_lines, note_numbers
from mailer.formats.issue.joined_lines import find_joined_lines
from mailer.formats.issue.markdown_rules import (
    NO_BLOCKS,
    SLOT,
    description,
    find_brackets,
    find_errors,
    lines_of,
    picture_name,
)
from mailer.formats.issue.mixed_letters import find_mixed_letters
from mailer.formats.issue.source_words import changed_words, source_words
from mailer.formats.issue.visible_marks import find_visible_marks
from mailer.formats.issue.wide_tables import PlacedTable, find_wide_tables
from mailer.formats.typography import typeset, typeset_pieces
from mailer.formats.words import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as read. With `errors` it has no blocks; `doubts` are lines that its editor should look at.

    `pictures` are the names of those that it shows, as far as they can be read with errors, too.
    """

    blocks: tuple[tree.Block, ...]
    errors: tuple[Defect, ...]
    doubts: tuple[Defect, ...]
    pictures: tuple[str, ...] = ()


def read_article(text: str, language: str, *, first_line: int = 1, first_heading: int | None = None) -> Article:
    """The article of an issue, every word of which reaches the readers. The arguments are those of `parse`.

    The words of the source are read a second time without the parser, and compared with those of the blocks. Errors
    are what `markdown_rules.find_errors` names, and words that readers would not see as they are typed.
    """
    if errors := find_brackets(text, first_line=first_line):
        return Article(blocks=(), errors=tuple(errors), doubts=())
    tokens, errors = _tokens(text, frozenset(), first_line, first_heading)
    blocks: tuple[tree.Block, ...] = ()
    tables: list[PlacedTable] = []
    if not any(token.type in NO_BLOCKS for token in tokens):
        _set_language(tokens, language)
        root = SyntaxTreeNode(tokens)
        blocks = _blocks(root.children, note_numbers(tokens))
        tables += _placed_tables(root, first_line)
        changed = changed_words(source_words(text, first_line=first_line), words_of(tree.visible_text(blocks)))
        named = {error.line for error in errors}
        errors += [defect for defect in changed if defect.line not in named]
    doubts = [
        *find_visible_marks(tokens, first_line=first_line),
        *find_doubtful_lines(tokens, lines_of(text), first_line=first_line),
        *find_joined_lines(tokens, lines_of(text), first_line=first_line),
        *find_mixed_letters(tokens, language, first_line=first_line),
        *find_bare_links(tokens, first_line=first_line),
        *find_wide_tables(tables),
    ]
    return Article(
        blocks=() if errors else arranged(blocks),
        errors=tuple(dict.fromkeys(sorted(errors))),
        doubts=tuple(sorted(doubts)),
        pictures=tuple(tree.picture_names(blocks)),
    )


def parse(
    text: str,
    language: str,
    *,
    slots: frozenset[str] = frozenset(),
    first_line: int = 1,
    first_heading: int | None = None,
) -> tuple[tree.Block, ...]:
    """The blocks of a Markdown text, set in the typography of the language.

    `dialect` says which Markdown. A picture has its own paragraph and is named by its file. A paragraph `Table: words`
    (or `Таблица:`) just before a table, or else just after it, is its caption. A code span is plain text.
    `@@SLOT:name@@` becomes a slot mark if `slots` is not empty, and so does `SLOT_LINK` with a name outside a link;
    otherwise it is plain text. `first_line` is the number of the text's first line in its file. With `first_heading`, the first heading has that level, and later ones neither
    skip a level nor rise above it.

    Raises BadInput, beginning with `line N:`, for the first thing that `markdown_rules.find_errors` names.
    """
    errors = find_brackets(text, first_line=first_line)
    if not errors:
        tokens, errors = _tokens(text, slots, first_line, first_heading)
    if errors:
        raise BadInput(str(errors[0]))
    _set_language(tokens, language)
    if slots:
        for token in tokens:
            if token.type == "inline":
                token.children = [part for child in token.children or [] for part in _cut_at_slots(child)]
    return arranged(_blocks(SyntaxTreeNode(tokens).children, note_numbers(tokens)))


def _tokens(
    text: str, slots: frozenset[str], first_line: int, first_heading: int | None
) -> tuple[list[Token], list[Defect]]:
    tokens = issue_markdown().parse(text)
    part_attributions(tokens)
    errors = list(find_errors(tokens, text, slots=slots, first_line=first_line, first_heading=first_heading))
    return tokens, errors


def _set_language(tokens: Iterable[Token], language: str) -> None:
    for token in tokens:
        if token.type == "inline":
            _set_words(token.children or [], language)


def _set_words(tokens: list[Token], language: str) -> None:
    """Set the typography of a paragraph in place, all its pieces together, since quotes may span bold words."""
    for token in tokens:
        if token.type == "image":
            token.content = typeset(description(token), language)
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


def _blocks(nodes: Iterable[SyntaxTreeNode], notes: Mapping[str, int]) -> tuple[tree.Block, ...]:
    """The blocks in the order of the source; `notes` are the numbers of the footnotes by their labels."""
    return tuple(block for node in nodes for block in _blocks_of(node, notes))


def _blocks_of(node: SyntaxTreeNode, notes: Mapping[str, int]) -> Iterator[tree.Block]:
    if node.type == "ordered_list":
        yield from _numbered_lists(node, notes)
    else:
        yield _block(node, notes)


def _numbered_lists(node: SyntaxTreeNode, notes: Mapping[str, int]) -> Iterator[tree.ListBlock]:
    """The list with the numbers as typed: a new list begins where they do not count on."""
    run: list[tuple[tree.Block, ...]] = []
    start = 0
    for item in node.children:
        number = int(item.info)
        if run and number != start + len(run):
            yield tree.ListBlock(tuple(run), start=start)
            run = []
        if not run:
            start = number
        run.append(_blocks(item.children, notes))
    yield tree.ListBlock(tuple(run), start=start)


def _block(node: SyntaxTreeNode, notes: Mapping[str, int]) -> tree.Block:
    match node.type:
        case "paragraph":
            return _paragraph(node)
        case "heading":
            return tree.Heading(int(node.tag.removeprefix("h")), _words(node))
        case "bullet_list":
            return tree.ListBlock(tuple(_blocks(item.children, notes) for item in node.children))
        case "blockquote":
            return tree.Quote(_blocks(node.children, notes))
        case "container_section":
            return tree.Section(node.info.strip(), _blocks(node.children, notes))
        case "footnote_reference":
            return tree.Footnote(notes.get(node.meta["label"], 0), _blocks(node.children, notes))
        case "table":
            head, *rows = (
                tuple(_words(cell) for cell in row.children) for part in node.children for row in part.children
            )
            return tree.Table("", head, tuple(rows), _align(node))
        case _:
            assert node.type == "hr", f"markdown_rules does not refuse {node.type}"
            return tree.ThematicBreak()


def _placed_tables(root: SyntaxTreeNode, first_line: int) -> Iterator[PlacedTable]:
    """Every table, also within quotations and lists."""
    for node in root.walk():
        table = _block(node, {}) if node.type == "table" else None
        if isinstance(table, tree.Table) and node.map:
            yield PlacedTable(line=first_line + node.map[0], within=_around(node), table=table)


def _around(node: SyntaxTreeNode) -> tuple[str, ...]:
    """The kinds of the blocks around a block."""
    return (node.parent.type, *_around(node.parent)) if node.parent is not None else ()


def _align(table: SyntaxTreeNode) -> tuple[tree.Align, ...]:
    """The alignment given by the colons below the column headings; empty if there are none."""
    styles = [str(cell.attrs.get("style", "")) for cell in table.children[0].children[0].children]
    return (
        tuple(tree.Align(style.removeprefix("text-align:") or tree.Align.LEFT) for style in styles)
        if any(styles)
        else ()
    )


def _paragraph(node: SyntaxTreeNode) -> tree.Picture | tree.Paragraph:
    match node.children[0].children:
        case [image] if image.type == "image":
            return tree.Picture(name=picture_name(str(image.attrs["src"])), alt=image.content)
    return tree.Paragraph(_words(node))


# --- words ------------------------------------------------------------------------------------------------------------


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
        case "footnote_ref":
            return tree.FootnoteMark(node.meta["id"] + 1, node.meta["subId"] + 1)
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
