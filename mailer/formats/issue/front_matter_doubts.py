"""Names what an editor may not mean in the words of front matter: Markdown, which has no effect there, and a long summary."""

import re
from collections.abc import Iterator

from mailer.domain.defect import Defect
from mailer.domain.issue import SUMMARY_SHOWN
from mailer.formats.issue.front_matter_nodes import FrontMatter, YamlList, YamlNode, YamlTable, YamlText

_WORDS = ("title", "subject", "summary", "kicker", "classification", "authors", "editor", "place", "copyright")
_MARK = re.compile(
    r"\*\*|(?<![\w*])\*(?=\S)[^*]+(?<=\S)\*(?!\w)"  # bold, emphasis
    r"|(?<!\w)(_{1,2})(?=[^\s_])[^_]+(?<=\S)\1(?!\w)"
    r"|`[^`]+`|\]\(\S|\[\^\w+\]"  # code, a link, a footnote
    r"|</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]\w+|#\w+);"  # HTML
    r"|\ufffd"  # a character that was lost
)
_QUOTED = re.compile(r"“[^“”]*”")  # a word processor makes these of YAML's own


def find_front_matter_doubts(front: FrontMatter) -> Iterator[Defect]:
    """The doubts, with their lines in the file."""
    for key in _WORDS:
        if key in front.keys:
            for value in _texts(front.keys[key]):
                marks = dict.fromkeys(f"'{match[0]}'" for match in _MARK.finditer(value.text.strip()))
                if marks:
                    what = f"{key}: readers see {' and '.join(marks)} as typed, since front matter is plain text"
                    yield Defect(line=value.line, what=f"{what}; leave it out")
                if value.plain and _QUOTED.fullmatch(value.text.strip()):
                    what = f"{key}: readers see the quotes “ ” around all of it; leave them out, or write straight ones"
                    yield Defect(line=value.line, what=what)
    summary = front.keys.get("summary")
    if isinstance(summary, YamlText) and len(summary.text.strip()) > SUMMARY_SHOWN:
        what = f"summary: it has {len(summary.text.strip())} characters, and is cut after {SUMMARY_SHOWN}; shorten it"
        yield Defect(line=summary.line, what=what)


def _texts(node: YamlNode) -> Iterator[YamlText]:
    match node:
        case YamlText():
            yield node
        case YamlList(entries=entries):
            for entry in entries:
                yield from _texts(entry)
        case YamlTable(entries=table):
            for entry in table.values():
                yield from _texts(entry)
