"""Puts the parts of an article where readers look for them: captions, attributions, the summary, footnotes at the end."""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailer.domain import issue_tree as tree
from mailer.formats.issue.attribution import attributed

SUMMARY = "summary"  # the section that holds an article's summary

_CAPTION = re.compile(r"(?:Table|Таблица): *")
_SUMMARY_HEADINGS = frozenset({
    "summary", "executive summary", "in brief", "in short", "at a glance", "key points", "abstract",
    "краткое содержание", "коротко", "кратко", "вкратце", "главное", "резюме", "аннотация",
})  # fmt: skip


def arranged(blocks: Iterable[tree.Block]) -> tuple[tree.Block, ...]:
    """The blocks with captions and attributions in their tables, pictures and quotations, and with the summary as a section.

    The notes stand at the end in the order of their numbers.
    """
    blocks = tuple(blocks)
    notes = sorted(tree.footnotes(blocks), key=lambda note: note.number)
    return (*_with_summary(_placed(blocks)), *(replace(note, children=_placed(note.children)) for note in notes))


def _with_summary(blocks: tuple[tree.Block, ...]) -> tuple[tree.Block, ...]:
    """The blocks, with those under a first heading such as 'Summary' or 'Коротко' as the section of that name."""
    match blocks:
        case (tree.Heading(level, words), *others) if _is_summary(words):
            for end, block in enumerate(others, start=1):
                if isinstance(block, tree.ThematicBreak) or (isinstance(block, tree.Heading) and block.level <= level):
                    return (tree.Section(SUMMARY, blocks[:end]), *blocks[end:]) if end > 1 else blocks
    return blocks


def _is_summary(words: tuple[tree.Inline, ...]) -> bool:
    return tree.plain(words).strip(" .:").casefold() in _SUMMARY_HEADINGS


def _placed(blocks: Iterable[tree.Block]) -> tuple[tree.Block, ...]:
    return _with_captions([_within(block) for block in blocks if not isinstance(block, tree.Footnote)])


def _within(block: tree.Block) -> tree.Block:
    match block:
        case tree.Quote(children):
            return attributed(replace(block, children=_placed(children)))
        case tree.Section(_, children):
            return replace(block, children=_placed(children))
        case tree.ListBlock(items):
            return replace(block, items=tuple(_placed(item) for item in items))
        case _:
            return block


def _with_captions(blocks: list[tree.Block]) -> tuple[tree.Block, ...]:
    """The blocks with their captions: a paragraph in emphasis right after a picture, `Table: …` beside a table.

    A table has the caption just before it, or else the one just after it.
    """
    captioned: list[tree.Block] = []
    for index, block in enumerate(blocks):
        above = captioned[-1] if captioned else None
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        caption = _table_caption(block)
        words = _picture_caption(block)
        if caption and isinstance(following, tree.Table):
            blocks[index + 1] = replace(following, caption=caption)
        elif caption and isinstance(above, tree.Table) and not above.caption:
            captioned[-1] = replace(above, caption=caption)
        elif words and isinstance(above, tree.Picture) and not above.caption:
            captioned[-1] = replace(above, caption=words)
        else:
            captioned.append(block)
    return tuple(captioned)


def _table_caption(block: tree.Block) -> str:
    if not isinstance(block, tree.Paragraph):
        return ""
    words = tree.plain(block.children)
    start = _CAPTION.match(words)
    return words[start.end() :] if start else ""


def _picture_caption(block: tree.Block) -> tuple[tree.Inline, ...]:
    """The words of a paragraph that is wholly in emphasis, with the marks of notes after it."""
    match block:
        case tree.Paragraph((tree.Emphasis(words), *marks)) if all(isinstance(m, tree.FootnoteMark) for m in marks):
            return (*words, *marks)
        case _:
            return ()
