"""Mends the article of a raw issue: torn paragraphs, headings out of order, tables of tabs, raw tags, pictures."""

import re
from collections.abc import Sequence
from dataclasses import replace

from mailer.formats.issue_file import FIRST_HEADING
from mailer.formats.raw_blocks import TAG, Defect, RawBlock, Shape, is_capitals, numbered, words_of
from mailer.formats.raw_head import forms_of, sentence_case

_ENDS = tuple(".!?:;…")
_CLOSING = "*_\"'”’»“)] "
_TAGS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\(([^()\n]*)\)")


def clean(blocks: Sequence[RawBlock]) -> tuple[str, tuple[Defect, ...]]:
    """The article in Markdown that an issue file takes, and what was mended in it, by line of the raw text."""
    defects: list[Defect] = []
    joined = _joined(blocks, defects)
    headed = _headed(joined, defects)
    written = (_written(block, defects) for block in headed)
    return "\n\n".join(text for text in written if text), tuple(defects)


def _joined(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks with paragraphs put together again that a page break had torn."""
    done: list[RawBlock] = []
    for block in blocks:
        last = done[-1] if done else None
        if last and last.shape is block.shape is Shape.PARAGRAPH and _goes_on(last.text, block.text):
            torn = f"a paragraph torn by a page break, it goes on at line {block.line}; joined"
            defects.append(Defect(line=last.last_line, what=torn))
            # Line breaks within stand for themselves; `line` moves so that the next tear is told by its own line.
            text = f"{last.text.rstrip()} {block.text.strip()}"
            done[-1] = replace(last, text=text, line=block.last_line - text.count("\n"))
        else:
            done.append(block)
    return done


def _goes_on(text: str, following: str) -> bool:
    ended = text.rstrip(_CLOSING + "\n").endswith(_ENDS) or not text.strip(_CLOSING + "\n")
    return not ended and following.lstrip()[:1].islower()


def _headed(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks with headings that begin at level 2 and do not jump, without bold and without capitals."""
    bold, capitals = [], []
    level = FIRST_HEADING - 1
    forms = forms_of(blocks)
    done: list[RawBlock] = []
    for block in blocks:
        if block.shape is not Shape.HEADING:
            done.append(block)
            continue
        mended = max(block.level, FIRST_HEADING)
        if mended > level + 1:
            mended = max(level, FIRST_HEADING)
            jump = (
                f"a heading jumps from level {level} to {block.level}"
                if level >= FIRST_HEADING
                else (f"the first heading is of level {block.level}")
            )
            defects.append(Defect(line=block.line, what=f"{jump}; it has level {mended} now"))
        level = mended
        text = block.text
        if "**" in text or "__" in text:
            bold.append(block.line)
            text = text.replace("**", "").replace("__", "")
        if is_capitals(text):
            capitals.append(block.line)
            text = sentence_case(text, forms)
        done.append(replace(block, level=level, text=text))
    for lines, what in ((bold, "bold inside headings"), (capitals, "headings in capitals")):
        if lines:
            defects.append(Defect(line=lines[0], what=f"{what} ({numbered(lines)}); taken out"))
    return done


def _written(block: RawBlock, defects: list[Defect]) -> str:
    text = _without_pictures(block, defects)
    if block.shape is Shape.TABLE:
        return _table(text)
    if TAG.search(text):
        defects.append(Defect(line=block.line, what="raw tags; written in Markdown, or taken out"))
        text = TAG.sub(_in_markdown, text)
    match block.shape:
        case Shape.RULE:
            return "---"
        case Shape.HEADING:
            return f"{'#' * block.level} {text}" if words_of(text) else ""
        case Shape.LIST:
            return text.replace("\t", "    ")
        case _:
            return "\n".join(line.lstrip().replace("\t", " ") for line in text.split("\n")).strip()


def _without_pictures(block: RawBlock, defects: list[Defect]) -> str:
    for name in _PICTURE.findall(block.text):
        put = "put its file into the folder and show it with ![what it shows](its name)"
        defects.append(Defect(line=block.line, what=f"the picture '{name}' is left out; {put}"))
    return _PICTURE.sub("", block.text)


def _in_markdown(tag: re.Match[str]) -> str:
    return _TAGS.get(tag[1].lower(), "")


def _table(text: str) -> str:
    """Columns of tabs as a Markdown table, its first line the heads."""
    rows = [[words_of(cell).replace("|", "\\|") for cell in line.split("\t")] for line in text.split("\n")]
    width = max(len(row) for row in rows)
    head, *body = [row + [""] * (width - len(row)) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * width, *body))
