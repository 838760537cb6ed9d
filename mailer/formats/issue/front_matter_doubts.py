"""Names what an editor may not mean in the words of front matter: marks without an effect, what is too long, what costs."""

import re
from collections.abc import Iterator

from mailer.domain.defect import Defect
from mailer.domain.issue import SUBJECT_MOST, SUMMARY_SHOWN
from mailer.formats.issue.front_matter_nodes import FrontMatter, YamlList, YamlNode, YamlTable, YamlText
from mailer.formats.issue.mixed_letters import mixed_letters

_WORDS = ("title", "subject", "summary", "kicker", "classification", "authors", "editor", "place", "copyright")
_MARK = re.compile(
    r"\*\*|(?<![\w*])\*(?=\S)[^*]+(?<=\S)\*(?!\w)"  # bold, emphasis
    r"|(?<!\w)(_{1,2})(?=[^\s_])[^_]+(?<=\S)\1(?!\w)"
    r"|`[^`]+`|\]\(\S|\[\^\w+\]"  # code, a link, a footnote
    r"|</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]\w+|#\w+);"  # HTML
    r"|\ufffd"  # a character that was lost
)
_QUOTED = re.compile(r"“[^“”]*”")  # a word processor makes these of YAML's own


def find_front_matter_doubts(front: FrontMatter, language: str) -> Iterator[Defect]:
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
                for sentence in mixed_letters(value.text, language):
                    yield Defect(line=value.line, what=f"{key}: {sentence}")
    yield from _subject_doubts(front)
    summary = front.keys.get("summary")
    if isinstance(summary, YamlText) and len(summary.text.strip()) > SUMMARY_SHOWN:
        what = f"summary: it has {len(summary.text.strip())} characters, and is cut after {SUMMARY_SHOWN}; shorten it"
        yield Defect(line=summary.line, what=what)


def _subject_doubts(front: FrontMatter) -> Iterator[Defect]:
    """What costs in the subject of the message; without a key of its own it has the title."""
    subject = front.keys.get("subject")
    own = isinstance(subject, YamlText) and bool(subject.text.strip())
    key, value = ("subject", subject) if own else ("title", front.keys.get("title"))
    if not isinstance(value, YamlText):
        return
    length = len(value.text.strip())
    if value.text.strip().endswith("?"):
        remedy = "say it without a question" if own else "say it without a question, or write another `subject`"
        yield Defect(
            line=value.line, what=f"{key}: it ends in '?', which mail filters count against a subject; {remedy}"
        )
    if own and length > SUBJECT_MOST:
        yield Defect(line=value.line, what=f"{key}: it has {length} characters, more than {SUBJECT_MOST}; shorten it")


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
