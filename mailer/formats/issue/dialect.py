"""The Markdown of an issue: CommonMark, less what takes words away in silence, and with tables, sections and footnotes."""

import re
from bisect import bisect_right
from operator import itemgetter

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from mailer.formats.words import ADDRESS

MAX_DEPTH = 20  # of nested lists, quotes and sections, as many as CommonMark parsers commonly follow
SECTION_NAME = re.compile(r"\s*[a-z][a-z0-9_-]*\s*")

TYPED = "typed"  # in a token's meta: its text as typed, for what was marked as no Markdown
HIDDEN = "\ufffc"  # stands in such a text for an escaped character, a code span or a mark that has its effect

_DEFINITION = re.compile(r" {0,3}\[([^\]\n]+)\]:\s*<?(?:https?|mailto|javascript|data|vbscript|ftp):", re.IGNORECASE)
_ADDRESS = re.compile(ADDRESS)


def issue_markdown() -> MarkdownIt:
    """The parser. It differs from CommonMark where that would change words which the writer did not mean as marks.

    `---` below a line of text is a rule and makes no heading of it. `[words]: …` is a definition only before an
    address, and only if the text refers to it. A star within a word or between figures, and any mark within an
    address, is a character like others. Footnotes stay where they are written; `markdown.parse` moves them.
    """
    # The parser silently drops anything nested deeper than its own limit; ours is lower, so nothing gets lost.
    markdown = MarkdownIt("commonmark", {"maxNesting": 5 * MAX_DEPTH}).enable("table").disable("lheading")
    container_plugin(markdown, "section", validate=lambda name, *_: bool(SECTION_NAME.fullmatch(name)))
    footnote_plugin(markdown, inline=False, move_to_end=False)
    markdown.block.ruler.at("reference", _reference)
    markdown.inline.ruler.at("emphasis", _emphasis)
    markdown.core.ruler.before("text_join", "typed", _keep_typed)
    # Accept every address as a link, so that a forbidden one is refused with its line instead of printed as text.
    markdown.validateLink = _any_link  # type: ignore[method-assign]  # the way the library's documentation shows
    markdown.normalizeLinkText = _as_typed  # type: ignore[method-assign,assignment]
    return markdown


def _any_link(url: str) -> bool:  # noqa: ARG001  # the signature is the library's
    return True


def _as_typed(address: str) -> str:
    return address


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    definition = _DEFINITION.match(line)
    return definition is not None and _is_used(definition[1], state) and reference(state, first, last, silent)


def _is_used(label: str, state: StateBlock) -> bool:
    """Whether the text refers to the label, and this is its first definition."""
    words = r"\s+".join(map(re.escape, label.split()))
    used = re.search(rf"\[\s*{words}\s*\](?!:)", state.src, re.IGNORECASE)
    return bool(used) and normalizeReference(label) not in state.env.get("references", {})


def _emphasis(state: StateInline, silent: bool) -> bool:
    start = state.pos
    marker = state.src[start]
    if marker not in "*_" or silent:
        return False
    end = start
    while end < state.posMax and state.src[end] == marker:
        end += 1
    before, after = state.src[start - 1 : start], state.src[end : end + 1]
    if _in_address(state, start) or (marker == "*" and _is_character(before, after, end - start)):
        state.append_pending(state.src[start:end])
        state.pos = end
        return True
    return emphasis.tokenize(state, silent)


def _is_character(before: str, after: str, length: int) -> bool:
    """Whether stars between these characters are no mark: 5*6, 5**6, a*b. Bold may begin and end within a word."""
    within = before.isalnum() and after.isalnum()
    return within and (length == 1 or (before.isdigit() and after.isdigit()))


def _in_address(state: StateInline, place: int) -> bool:
    addresses = state.env.setdefault("addresses", {})
    if state.src not in addresses:
        addresses[state.src] = [match.span() for match in _ADDRESS.finditer(state.src)]
    spans = addresses[state.src]
    nearest = bisect_right(spans, place, key=itemgetter(0)) - 1
    return nearest >= 0 and place < spans[nearest][1]


def _keep_typed(state: StateCore) -> None:
    """Keep the text of every paragraph as typed, before the parser joins escaped characters to it."""
    for token in state.tokens:
        if token.type == "inline":
            token.meta[TYPED] = "".join(map(_typed, token.children or []))


def _typed(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "text_special" if token.content == token.markup:  # a backslash that escapes nothing
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case _:
            return HIDDEN
