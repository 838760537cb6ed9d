"""Reads the YAML of front matter safely, key by key: what is written, what YAML makes of it, and in which line."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import yaml
from frontmatter.default_handlers import YAMLHandler

from mailer.domain.errors import BadInput
from mailer.domain.problems import Problems
from mailer.formats.issue.front_matter_nodes import FrontMatter, Value, YamlList, YamlNode, YamlTable, YamlText

_MAX_LENGTH = 64 * 1024  # characters; real front matter has about a thousand
_MAX_DEPTH = 5  # an author's `about` is at 3
_NO_WRAP = 1_000_000
_MAX_DIGITS = 20  # of a number that YAML is asked to read; reading an endless one takes endless time
_TEXT_TAG = "tag:yaml.org,2002:str"
_LONGEST_EXAMPLE = 80  # characters of a value that a message shows in quotes

# A key begins a line; a line that is empty, indented, a comment or an entry of a list goes on with the key above it.
_NEW_KEY = re.compile(r"^(?![\s#]|-(?:\s|$)|$)", re.MULTILINE)
_INDENTED_KEY = re.compile(r" +([^\W\d]\w*)[ \t]*:(?:\s|$)")
_COMMENT = re.compile(r"[ \t]+#")

# What PyYAML says, and what it means to the editor.
_IN_WORDS = (
    ("mapping values are not allowed", "the value has a colon; put it in quotes"),
    ("sequence entries are not allowed", "a list begins in the line of its key; begin it in the next line"),
    ("unexpected end of stream", "a quotation mark is not closed; close it"),
    ("'\\t' that cannot start", "a tab; write spaces"),
    ("that cannot start any token", "the value begins with a sign that YAML keeps for itself; put it in quotes"),
    ("unknown escape character", r"a backslash in double quotes; write it twice: \\"),
    ("found '<scalar>'", "text beside quotation marks or brackets; put the whole value in quotes"),
    ("expected the node content", "the value begins with a sign that YAML keeps for itself; put it in quotes"),
    ("expected chomping or indentation", "the value begins with a sign that YAML keeps for itself; put it in quotes"),
    ("expected alphabetic or numeric", "the value begins with a sign that YAML keeps for itself; put it in quotes"),
    ("mapping keys are not allowed", "the value begins with a sign that YAML keeps for itself; put it in quotes"),
    ("a comment or a line break", "text right after a sign that YAML keeps for itself; put it in quotes"),
    ("expected <block end>", "an indentation that fits no line above; let it begin below the line it goes with"),
)  # fmt: skip


class _KeyLines(NamedTuple):
    """The lines of one key: its source, and the number of its first line in the file."""

    source: str
    line: int


def split(text: str) -> FrontMatter:
    """Separate an issue file into front matter and body; BadInput if there is no front matter, or no end of it.

    Each key is read by itself, so that a mistake in one hides none in another: `problems` names them. Anchors and
    aliases are refused because a few lines of them expand to gigabytes; tags (`!!int`) because editors have no use for
    them and YAML readers disagree about them.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        raise BadInput(f"line 1: the file does not begin with front matter; begin it with a line '---'{_begun(text)}")
    try:
        source, body = handler.split(text)
    except ValueError:
        raise BadInput("line 1: the front matter that begins here has no end; close it with a line '---'") from None
    if len(source) > _MAX_LENGTH:
        raise BadInput(f"the front matter has more than {_MAX_LENGTH} characters; move its text into the body")
    first_line = text.count("\n", 0, text.index(source)) + 1
    keys, problems, broken = _read_keys(source, first_line)
    if not keys and not broken:
        problems = problems or ["the front matter has no keys; write them as 'title: …', one per line"]
    first_of_body = text.count("\n", 0, len(text) - len(body)) + 1
    return FrontMatter(
        keys=keys, broken=frozenset(broken), problems=tuple(problems), body=body, first_line=first_of_body
    )


def _begun(text: str) -> str:
    """What more to do about front matter that begins in another way."""
    first = text.partition("\n")[0].strip()
    if re.match(r"\s*---", text):
        return ", and remove what stands before it"
    if re.fullmatch(r"[-‐‑‒–—−+.]+|`{3,}\w*", first):
        return f", three hyphens, in place of '{first}'"
    return ""


def dump(keys: dict[str, Value]) -> str:
    """The keys as YAML, one line per value, in their order."""
    return yaml.safe_dump(keys, sort_keys=False, allow_unicode=True, width=_NO_WRAP)


def _read_keys(source: str, first_line: int) -> tuple[dict[str, YamlNode], list[str], set[str]]:
    """The keys with their values, what is wrong with them, and the names of keys whose values cannot be read."""
    keys: dict[str, YamlNode] = {}
    broken: set[str] = set()
    problems = Problems()
    lines: dict[str, int] = {}
    for entry in _entries(source, first_line):
        name = entry.source.partition(":")[0].strip(" '\"")
        with problems.collect():
            try:
                pair = _pair(entry)
            except BadInput:
                broken.add(name)
                raise
            if pair is None:
                problems.add(_no_key(entry))
                if ":" not in entry.source:
                    break  # the article begins here, most likely, and each of its lines would be named
                broken.add(name)
                continue
            name, value = pair
            if name in lines:
                problems.add(
                    f"line {entry.line}: the key '{name}' appears twice, first in line {lines[name]}; remove one"
                )
                continue
            keys[name], lines[name] = value, entry.line
    return keys, problems.lines, broken


def _entries(source: str, first_line: int) -> Iterator[_KeyLines]:
    starts = [match.start() for match in _NEW_KEY.finditer(source)]
    head = source[: starts[0]] if starts else source
    if any(line.strip() and not line.startswith("#") for line in head.splitlines()):
        starts.insert(0, len(head) - len(head.lstrip("\n")))
    for start, end in pairwise([*starts, len(source)]):
        yield _KeyLines(source[start:end], first_line + source.count("\n", 0, start))


def _no_key(entry: _KeyLines) -> str:
    first = entry.source.splitlines()[0].rstrip()
    shown = first if len(first) <= 40 else f"{first[:40]}…"
    if ":" in first and not first.startswith("-"):
        key, _, value = first.partition(":")
        return f"line {entry.line}: '{shown}' has no space after the colon; write '{key.strip()}: {value.strip()}'"
    return (
        f"line {entry.line}: '{shown}' is not a key with its value; write 'key: value', "
        "or close the front matter with a line '---' above it, if the article begins here"
    )


def _pair(entry: _KeyLines) -> tuple[str, YamlNode] | None:
    """A key and its value; None when the lines have no key. Raises BadInput, beginning with `line N:`."""
    try:
        _check_structure(entry)
        root = yaml.compose(entry.source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadInput(_explain(entry, error)) from None
    except yaml.reader.ReaderError as error:  # its position counts characters
        line = entry.line + entry.source.count("\n", 0, error.position)
        raise BadInput(
            f"line {line}: the front matter is not readable YAML: a character that YAML does not allow; remove it"
        ) from None
    except ValueError as error:
        raise BadInput(f"line {entry.line}: the front matter is not readable YAML: {error}; correct it") from None
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 1:
        return None
    key, value = root.value[0]
    if not isinstance(key, yaml.ScalarNode):
        raise BadInput(
            f"line {entry.line}: the front matter is not readable YAML: a key that is no word; write 'key: …'"
        )
    return key.value, _node(value, entry, f"{key.value}: ")


def _explain(entry: _KeyLines, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    at = mark.line if mark and mark.line < len(entry.source.splitlines()) else 0
    if "end of stream" in (error.problem or "") and error.context_mark:
        at = error.context_mark.line  # where the quotation began
    line = entry.source.splitlines()[at] if entry.source else ""
    if at and "mapping values" in (error.problem or "") and (indented := _INDENTED_KEY.match(line)):
        return f"line {entry.line + at}: the key '{indented[1]}' is indented; let it begin at the margin"
    problem = next((words for sign, words in _IN_WORDS if sign in (error.problem or "")), None)
    example = _in_quotes(entry) if problem and "quotes" in problem else ""
    return f"line {entry.line + at}: the front matter is not readable YAML: " + (
        f"{problem}{example}" if problem else "the value cannot be read; put it in quotes"
    )


def _in_quotes(entry: _KeyLines) -> str:
    """How the value is written in quotes, when it is one short line."""
    key, _, value = entry.source.strip().partition(":")
    value = value.strip()
    if "\n" in entry.source.strip() or not value or len(value) > _LONGEST_EXAMPLE:
        return ""
    plain = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    return f": {key}: " + (f"'{plain}'" if '"' in plain and "'" not in plain else json.dumps(plain, ensure_ascii=False))


def _check_structure(entry: _KeyLines) -> None:
    depth = 0
    for event in yaml.parse(entry.source, Loader=yaml.SafeLoader):
        line = entry.line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise BadInput(f"line {line}: the front matter uses '&' or '*'; put the text in quotes, or repeat it")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise BadInput(f"line {line}: the front matter uses '!'; put the text in quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise BadInput(f"line {line}: the front matter is nested more than {_MAX_DEPTH} deep; make it flatter")


def _node(node: yaml.Node, entry: _KeyLines, name: str) -> YamlNode:
    line = entry.line + node.start_mark.line
    if isinstance(node, yaml.SequenceNode):
        return YamlList(line=line, entries=tuple(_node(item, entry, name) for item in node.value))
    if isinstance(node, yaml.MappingNode):
        keys = [str(key.value) for key, _ in node.value]
        if twice := next((key for key, times in Counter(keys).items() if times > 1), None):
            raise BadInput(f"line {line}: the front matter is not readable YAML: the key '{twice}' appears twice")
        return YamlTable(line=line, entries={str(key.value): _node(item, entry, name) for key, item in node.value})
    assert isinstance(node, yaml.ScalarNode)
    rest = entry.source[node.end_mark.index :].partition("\n")[0]
    if _COMMENT.match(rest):
        raise BadInput(
            f"line {entry.line + node.end_mark.line}: {name}the value is cut at ' #', where YAML begins a comment: "
            f"'{node.value}' would be read, without '{rest.strip()}'; {_uncut(node, entry)}"
        )
    plain = node.style is None
    return YamlText(line=line, text=node.value, plain=plain, meaning=_meaning(node) if plain else node.value)


def _uncut(node: yaml.ScalarNode, entry: _KeyLines) -> str:
    if node.style is not None or (node.value and node.tag != _TEXT_TAG):
        return "a comment needs a line of its own"
    return f"put the whole value in quotes{_in_quotes(entry)}, or the comment on a line of its own"


def _meaning(node: yaml.ScalarNode) -> Value:
    """What YAML 1.1 makes of a value without quotes; its text where it is no date that exists, or endless."""
    if node.tag == _TEXT_TAG or len(node.value) > _MAX_DIGITS:
        return str(node.value)
    try:
        meaning = yaml.SafeLoader("").construct_object(node)
    except (ValueError, OverflowError, yaml.YAMLError):
        return str(node.value)
    return meaning if isinstance(meaning, bool | int | float | date | None) else str(node.value)
