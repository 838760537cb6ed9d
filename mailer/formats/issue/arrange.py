"""Puts the parts of an article where readers look for them: captions to their tables, footnotes to the end."""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailer.domain import issue_tree as tree

_CAPTION = re.compile(r"(?:Table|Таблица): *")


def arranged(blocks: Iterable[tree.Block]) -> tuple[tree.Block, ...]:
    """The blocks with every caption in its table, and with the notes at the end in the order of their numbers."""
    blocks = tuple(blocks)
    notes = sorted(tree.footnotes(blocks), key=lambda note: note.number)
    return (*_placed(blocks), *(replace(note, children=_placed(note.children)) for note in notes))


def _placed(blocks: Iterable[tree.Block]) -> tuple[tree.Block, ...]:
    return _with_captions([_within(block) for block in blocks if not isinstance(block, tree.Footnote)])


def _within(block: tree.Block) -> tree.Block:
    match block:
        case tree.Quote(children) | tree.Section(_, children):
            return replace(block, children=_placed(children))
        case tree.ListBlock(items):
            return replace(block, items=tuple(_placed(item) for item in items))
        case _:
            return block


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
    words = tree.plain(block.children)
    start = _CAPTION.match(words)
    return words[start.end() :] if start else ""
