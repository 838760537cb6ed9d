"""Reads the rules of a style sheet, strictly and without premailer, so that what it leaves out can be named."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.domain.errors import BadInput

# Comments, strings and what stands in parentheses hold no braces and semicolons of the sheet itself.
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_CLOSED = re.compile(r'"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])*'|" r"\([^()]*\)")
_BRACE = re.compile(r"[{};]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleRule:
    """A rule: the line where it begins, its selectors or at-keyword, and its declarations or the rules inside."""

    line: int
    prelude: str
    declarations: Mapping[str, str] = field(default_factory=dict)
    rules: tuple["StyleRule", ...] = ()


def read_style_rules(sheet: str) -> tuple[StyleRule, ...]:
    """The rules of a style sheet in their order.

    Raises BadInput naming the line of the first brace, colon or end of a comment that is missing or too many: from there
    on, mail programs and premailer read something else than was meant.
    """
    return tuple(_Sheet(sheet).rules())


class _Sheet:
    def __init__(self, sheet: str) -> None:
        self.text = _COMMENT.sub(_blanked, sheet)
        self.masked = self.text
        while (masked := _CLOSED.sub(_blanked, self.masked)) != self.masked:
            self.masked = masked
        self.position = 0
        if "/*" in self.text:
            raise self.fault(self.text.index("/*"), "this comment has no end")

    def rules(self, inside: str = "") -> Iterator[StyleRule]:
        """The rules up to the end, or to the brace that ends the block of the at-rule `inside`."""
        while True:
            start = self.position
            match = _BRACE.search(self.masked, start)
            prelude = self.text[start : match.start() if match else None].strip()
            start += len(self.text[start:]) - len(self.text[start:].lstrip())
            if match is None:
                if prelude or inside:
                    raise self.fault(start, f"'{_short(prelude or inside)}' has no end: a brace is missing")
                return
            self.position = match.end()
            match match[0]:
                case "{":
                    yield self.block(start, prelude)
                case "}" if inside and not prelude:
                    return
                case ";" if prelude.startswith("@"):
                    yield StyleRule(line=self.line(start), prelude=prelude)
                case "}" if not prelude:
                    raise self.fault(
                        match.start(), "this '}' ends nothing: a brace is missing before it, or it is too many"
                    )
                case _:
                    raise self.fault(start, f"'{_short(prelude)}' is in no rule: a brace is missing before or after it")

    def block(self, start: int, prelude: str) -> StyleRule:
        """The rule whose block begins here: an at-rule with rules inside, or one with declarations."""
        line = self.line(start)
        following = _BRACE.search(self.masked, self.position)
        if prelude.startswith("@") and following is not None and following[0] == "{":
            return StyleRule(line=line, prelude=prelude, rules=tuple(self.rules(inside=prelude)))
        end = re.compile(r"[{}]").search(self.masked, self.position)
        if end is None or end[0] == "{":
            raise self.fault(start, f"the rule '{_short(prelude)}' has no '}}' at its end")
        declarations = dict(self.declarations(self.position, end.start()))
        self.position = end.end()
        return StyleRule(line=line, prelude=prelude, declarations=declarations)

    def declarations(self, start: int, end: int) -> Iterator[tuple[str, str]]:
        for part in re.finditer(r"[^;]+", self.masked[start:end]):
            words = self.text[start + part.start() : start + part.end()]
            if not words.strip():
                continue
            name, colon, value = words.partition(":")
            at = start + part.start() + len(words) - len(words.lstrip())
            if not colon or not value.strip() or not re.fullmatch(r"\s*[\w-]+\s*", name):
                raise self.fault(at, f"'{_short(words)}' is no declaration: write 'property: value;'")
            if ":" in part[0].partition(":")[2]:
                raise self.fault(at, f"'{_short(words)}' is two declarations: write ';' between them")
            yield name.strip().lower(), " ".join(value.split())

    def line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def fault(self, position: int, words: str) -> BadInput:
        return BadInput(f"line {self.line(position)}: {words}")


def _blanked(match: re.Match[str]) -> str:
    """As many characters and lines, without what they held."""
    return re.sub(r"[^\n]", " ", match[0])


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
