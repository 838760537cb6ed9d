"""Turns a text converted from print into an issue file, with a list of its defects for the editor."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mailer.domain.defect import Defect
from mailer.domain.errors import BadInput
from mailer.formats.issue import text as issue_text
from mailer.formats.issue.front_matter import KEYS
from mailer.formats.issue.front_matter_nodes import Value
from mailer.formats.raw import front_matter
from mailer.formats.raw.article import repair_article
from mailer.formats.raw.blocks import RawBlock, Shape, split, words_of
from mailer.formats.raw.defects import find_defects
from mailer.formats.raw.print_artifacts import without_print_artifacts

_REQUIRED = ("number", "serial", "volume", "year", "date", "title")
_ABOUT_MEMBERSHIP = re.compile(r"\bmembership\b|\bчленств|\bвзнос", re.IGNORECASE)
_SALUTATION = re.compile(r"(?:dear|уважаем\w+|дорог\w+)\b.*", re.IGNORECASE)
_GREETING = re.compile(
    r"(?:(?:dear|уважаем\w+|дорог\w+)\b[^.?]{1,60}|(?:ladies and )?gentlemen|(?:дамы и )?господа)[,!:]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedText:
    """A converted text: the keys found, the whole issue file, and the defects by line."""

    front_matter: Mapping[str, Value]
    markdown: str
    defects: tuple[Defect, ...]


def convert(raw: str, *, newsletter: str, language: str) -> ConvertedText:
    """The raw text as an issue file with `status: draft`, and its defects by line.

    The article is everything after date, kicker and title. The masthead and the membership notice at the end are left
    out and reported, since they come from the template and the fee schedule. Set to finished, the file is one that
    `issue_text.parse` accepts; otherwise a defect on line 1 says why. Raises BadInput for a text that is too large.
    """
    if len(raw.encode(errors="replace")) > issue_text.MAX_TEXT_BYTES:
        raise BadInput(f"the text has more than {issue_text.MAX_TEXT_BYTES // 1000} kB; is it the right file?")
    defects: list[Defect] = []
    text = without_print_artifacts(raw.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), defects)
    blocks = split(text)
    head = front_matter.masthead(blocks)
    _report_masthead(head, blocks, defects)
    keys, article = _credits(head, _without_insert(blocks, head.end, defects), defects)
    body, repairs = repair_article(_without_greeting(article, defects))
    year = keys.get("year")
    defects += [*repairs, *find_defects(text, blocks, year=year if isinstance(year, int) else None)]
    defects += [
        Defect(line=1, what=f"no {key} was found; write it in the front matter") for key in _REQUIRED if key not in keys
    ]
    markdown = _issue_file({"newsletter": newsletter, "language": language, "status": "draft", **keys}, body)
    if all(key in keys for key in _REQUIRED):
        defects += _remaining_error(markdown, language)
    return ConvertedText(front_matter=keys, markdown=markdown, defects=tuple(sorted(defects)))


def _report_masthead(head: front_matter.Masthead, blocks: Sequence[RawBlock], defects: list[Defect]) -> None:
    if head.capitals:
        what = f"the title is a paragraph in capitals; it is '{head.keys['title']}' now, check the names in it"
        defects.append(Defect(line=head.capitals.line, what=what))
    standing = [
        block
        for index, block in enumerate(blocks[: head.end])
        if index not in head.used and block.shape is not Shape.RULE
    ]
    if standing:
        lines = _span(standing)
        defects.append(Defect(line=standing[0].line, what=f"the masthead ({lines}) is left out; the template has it"))


def _without_insert(blocks: Sequence[RawBlock], start: int, defects: list[Defect]) -> Sequence[RawBlock]:
    """The blocks from `start` up to the membership notice: the first part after a rule that is about membership."""
    rules = [index for index in range(start, len(blocks)) if blocks[index].shape is Shape.RULE]
    for rule, next_rule in pairwise([*rules, len(blocks)]):
        part = blocks[rule + 1 : next_rule]
        if any(_ABOUT_MEMBERSHIP.search(block.text) for block in part) and _addresses_members(part):
            what = "is left out; it comes from the template and the fee schedule"
            defects.append(
                Defect(line=part[0].line, what=f"the membership notice ({_span(blocks[rule + 1 :])}) {what}")
            )
            return blocks[start:rule]
    return blocks[start:]


def _addresses_members(part: Sequence[RawBlock]) -> bool:
    """Whether a reader is addressed, or fees are in columns; an article about some membership does neither."""
    return any(block.shape is Shape.TABLE or _SALUTATION.fullmatch(words_of(block.text)) for block in part)


def _credits(
    head: front_matter.Masthead, blocks: Sequence[RawBlock], defects: list[Defect]
) -> tuple[dict[str, Value], Sequence[RawBlock]]:
    """The keys, with those from the credits at the end of the text, and the article before the credits."""
    keys = dict(head.keys)
    credit_keys = [front_matter.credit(block) for block in blocks]
    first = next((index for index, credit in enumerate(credit_keys) if credit and "place" not in credit), len(blocks))
    article = list(_without_outer_rules(blocks[:first]))
    owners: list[Value] = []
    for block, credit in zip(blocks[first:], credit_keys[first:], strict=True):
        if "copyright" in credit:
            owners.append(credit["copyright"])
        keys |= credit
        if not credit and block.shape is not Shape.RULE:
            what = "text among the credits that is not a credit; it ends the article now"
            defects.append(Defect(line=block.line, what=what))
            article.append(block)
    return keys | ({"copyright": owners} if owners else {}), article


def _without_greeting(article: Sequence[RawBlock], defects: list[Defect]) -> Sequence[RawBlock]:
    """The article without a salutation on its first line."""
    if not article or article[0].shape is not Shape.PARAGRAPH:
        return article
    first, *rest = article
    greeting, _, text = first.text.partition("\n")
    if not _GREETING.fullmatch(words_of(greeting)):
        return article
    defects.append(Defect(line=first.line, what="the salutation is left out; the template has it for each reader"))
    return [replace(first, line=first.line + 1, text=text), *rest] if text else rest


def _without_outer_rules(blocks: Sequence[RawBlock]) -> Sequence[RawBlock]:
    """The blocks without rules at either end."""
    indices = [index for index, block in enumerate(blocks) if block.shape is not Shape.RULE]
    return blocks[indices[0] : indices[-1] + 1] if indices else ()


def _span(blocks: Sequence[RawBlock]) -> str:
    first, last = blocks[0].line, blocks[-1].last_line
    return f"lines {first}–{last}" if last > first else f"line {first}"


def _issue_file(keys: Mapping[str, Value], body: str) -> str:
    from mailer.formats.issue import front_matter_yaml  # YAML takes time to load

    ordered = {key: keys[key] for key in KEYS if key in keys}
    return f"---\n{front_matter_yaml.dump(ordered)}---\n\n{body}\n"


def _remaining_error(markdown: str, language: str) -> tuple[Defect, ...]:
    try:
        issue_text.parse(f"{language}.md", markdown.encode())
    except BadInput as error:
        return (Defect(line=1, what=f"the issue file needs correcting before it can be finished: {error}"),)
    return ()
