"""Repairs the article of a raw text: split paragraphs, headings out of order, tables set with tabs, raw tags, pictures."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from mailer.domain.defect import Defect
from mailer.formats.issue.text import FIRST_HEADING
from mailer.formats.raw.blocks import TAG, RawBlock, Shape, cells, is_capitals, numbered, words_of
from mailer.formats.raw.front_matter import forms_of, sentence_case

_SENTENCE_ENDS = tuple(".!?:;…")
_CLOSING = "*_\"'”’»“)] "
_TAGS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_BOLD = re.compile(r"(\*\*|__)([^*_\n]{1,100})\1\\?")
_NO_HEADING_ENDS = tuple(".,;:…")
_MAX_LEVEL = 6
_WORD_START = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-$")
_WORD_END = re.compile(r" *([^\W\d_]+)([^\s]*) ?")
_CONJUNCTIONS = frozenset({"and", "or", "to", "и", "или"})  # pre- and post-war
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\(([^()\n]*)\)")


def repair_article(blocks: Sequence[RawBlock]) -> tuple[str, tuple[Defect, ...]]:
    """The article in the Markdown of issue files, and the repairs by line of the raw text."""
    defects: list[Defect] = []
    for repair in (_mark_bold_headings, _join_split_words, _join_split_paragraphs, _fix_headings):
        blocks = repair(blocks, defects)
    texts = (_markdown(block, defects) for block in blocks)
    return "\n\n".join(text for text in texts if text), tuple(defects)


def _mark_bold_headings(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks, with every line entirely in bold as a heading of level 0, whose level is set later."""
    result: list[RawBlock] = []
    for index, block in enumerate(blocks):
        first, _, text = block.text.partition("\n")
        bold = _BOLD.fullmatch(first.strip()) if block.shape is Shape.PARAGRAPH else None
        followed = text[:1].isupper() if text else index + 1 < len(blocks)
        if bold and followed and words_of(bold[2]) and not bold[2].rstrip().endswith(_NO_HEADING_ENDS):
            what = f"a line in bold used as a heading, '{bold[2].strip()}'; it is a heading now"
            defects.append(Defect(line=block.line, what=what))
            result.append(replace(block, shape=Shape.HEADING, text=bold[2].strip(), level=0))
            result += [replace(block, line=block.line + 1, text=text)] if text else []
        else:
            result.append(block)
    return result


def _join_split_words(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks, with words joined that a line break had split; every line keeps its number."""
    hyphenated = _hyphenated_words(blocks)
    result: list[RawBlock] = []
    for block in blocks:
        lines = block.text.split("\n")
        for index in range(1, len(lines)) if block.shape in {Shape.PARAGRAPH, Shape.LIST} else ():
            start, rest = _find_split_word(lines[index - 1], lines[index])
            if start and rest:
                line = lines[index - 1][: start.start()]
                lines[index - 1] = line + _joined_word(start, rest, hyphenated, block.line + index - 1, defects)
                lines[index] = lines[index][rest.end() :]
        result.append(replace(block, text="\n".join(lines)))
    return result


def _hyphenated_words(blocks: Sequence[RawBlock]) -> frozenset[str]:
    """The words that the text spells with a hyphen elsewhere."""
    return frozenset(word.lower() for block in blocks for word in _HYPHENATED.findall(block.text))


def _find_split_word(line: str, following: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The parts of a word split between two lines, at the end of the first and the start of the second."""
    rest = _WORD_END.match(following)
    return _WORD_START.search(line), None if rest and rest[1].lower() in _CONJUNCTIONS else rest


def _joined_word(
    start: re.Match[str], rest: re.Match[str], hyphenated: Collection[str], line: int, defects: list[Defect]
) -> str:
    """The joined word. Its hyphen stays before a capital letter, and if the text has the word with a hyphen elsewhere."""
    with_hyphen = f"{start[1]}-{rest[1]}"
    keeps_hyphen = rest[1][0].isupper() or len(start[1]) == 1 or with_hyphen.lower() in hyphenated
    word = with_hyphen if keeps_hyphen else start[1] + rest[1]
    defects.append(Defect(line=line, what=f"a word torn at the end of a line; it is '{word}' now"))
    return word + rest[2]


def _join_split_paragraphs(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks, with paragraphs joined that a page break had split."""
    result: list[RawBlock] = []
    hyphenated = _hyphenated_words(blocks)
    for block in blocks:
        last = result[-1] if result else None
        if last and last.shape is block.shape is Shape.PARAGRAPH and _continues(last.text, block.text):
            what = f"a paragraph torn by a page break, it continues on line {block.line}; joined"
            defects.append(Defect(line=last.last_line, what=what))
            # The joined text has fewer lines; `line` moves so that the next split is reported with its own line.
            text, following = f"{last.text.rstrip()} ", block.text.strip()
            part, rest = _find_split_word(text.rstrip(), following)
            if part and rest:
                text = text[: part.start()] + _joined_word(part, rest, hyphenated, last.last_line, defects) + " "
                following = following[rest.end() :]
            text += following
            result[-1] = replace(last, text=text, line=block.last_line - text.count("\n"))
        else:
            result.append(block)
    return result


def _continues(text: str, following: str) -> bool:
    ended = text.rstrip(_CLOSING + "\n").endswith(_SENTENCE_ENDS) or not text.strip(_CLOSING + "\n")
    return not ended and following.lstrip()[:1].islower()


def _fix_headings(blocks: Sequence[RawBlock], defects: list[Defect]) -> list[RawBlock]:
    """The blocks, with headings that begin at level 2 and skip no level, without bold and capitals."""
    bold, capitals = [], []
    level = above = FIRST_HEADING - 1  # `above` is the level of the last heading that was marked as one
    forms = forms_of(blocks)
    result: list[RawBlock] = []
    for block in blocks:
        if block.shape is not Shape.HEADING:
            result.append(block)
            continue
        new_level = max(block.level or min(above + 1, _MAX_LEVEL), FIRST_HEADING)
        if block.level and new_level > level + 1:
            new_level = max(level, FIRST_HEADING)
            jump = (
                f"a heading jumps from level {level} to {block.level}"
                if level >= FIRST_HEADING
                else (f"the first heading is of level {block.level}")
            )
            defects.append(Defect(line=block.line, what=f"{jump}; it has level {new_level} now"))
        level = new_level
        above = level if block.level else above
        text = block.text
        if "**" in text or "__" in text:
            bold.append(block.line)
            text = text.replace("**", "").replace("__", "")
        if is_capitals(text):
            capitals.append(block.line)
            text = sentence_case(text, forms)
        result.append(replace(block, level=level, text=text))
    for lines, what in ((bold, "bold inside headings"), (capitals, "headings in capitals")):
        if lines:
            defects.append(Defect(line=lines[0], what=f"{what} ({numbered(lines)}); removed"))
    return result


def _markdown(block: RawBlock, defects: list[Defect]) -> str:
    text = _without_pictures(block, defects)
    if block.shape is Shape.TABLE:
        return _table(text)
    if TAG.search(text):
        defects.append(Defect(line=block.line, what="raw tags; written in Markdown, or removed"))
        text = TAG.sub(_markdown_of_tag, text)
    match block.shape:
        case Shape.RULE:
            return "---"
        case Shape.HEADING:
            return f"{'#' * block.level} {text}" if words_of(text) else ""
        case Shape.LIST:
            return "\n".join(line for line in text.replace("\t", "    ").split("\n") if line.strip())
        case _:
            return "\n".join(line.lstrip().replace("\t", " ") for line in text.split("\n") if line.strip()).strip()


def _without_pictures(block: RawBlock, defects: list[Defect]) -> str:
    for name in _PICTURE.findall(block.text):
        put = "put its file into the folder and show it with ![what it shows](its name)"
        defects.append(Defect(line=block.line, what=f"the picture '{name}' is left out; {put}"))
    return _PICTURE.sub("", block.text)


def _markdown_of_tag(tag: re.Match[str]) -> str:
    return _TAGS.get(tag[1].lower(), "")


def _table(text: str) -> str:
    """Columns of tabs or spaces as a Markdown table; the first line has the headings."""
    rows = [[words_of(cell).replace("|", "\\|") for cell in row] for row in cells(text)]
    width = max(len(row) for row in rows)
    head, *body = [row + [""] * (width - len(row)) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * width, *body))
