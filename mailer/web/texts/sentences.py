"""Says in the page's language what verbs say in English: each sentence is found by its pattern in a catalogue.

A verb writes `f"{issue} has been sent: nothing of it waits"`; the catalogue has the pattern `{0} has been sent: nothing of
it waits` and its translation, with the same places to fill. A filled place may be a phrase of the catalogue itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from mailer.web.texts.catalogue import Catalogue

_PLACE = re.compile(r"\{(\d)\}")
# Between what is wrong and what to do about it.
MARK = "; "
# A sentence in a sentence in a sentence; deeper ones are not written.
_DEEPEST = 4
# A pattern with fewer letters of its own, such as `{0} is {1}`, would take a list of sentences for one.
_FEW = 12
# Two words of English prose: such a pattern would leave them standing in the middle of the translation.
_PROSE = re.compile(r"(?:^|\s)[a-z]+\s+[a-z]+(?:\s|$)")
# A line with more characters was pasted, not written by a verb; looking for its pattern would take long.
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with places to fill, and its translation: one form, or one for each kind of number."""

    letters: int  # of its own
    literal: str  # its longest piece of text, which is looked for first
    shape: re.Pattern[str]
    forms: tuple[str, ...]

    @classmethod
    def of(cls, english: str, forms: tuple[str, ...]) -> Self:
        """The pattern of an English sentence with `{0}`, `{1}` … in it; a place never reaches over a line."""
        pieces = _PLACE.split(english)
        texts = pieces[::2]  # text, place, text, place, text
        shape = re.escape(texts[0])
        for place, text in zip(pieces[1::2], texts[1:], strict=True):
            shape += f"(?P<p{place}>.*?)" + re.escape(text)
        return cls(sum(map(len, texts)), max(texts, key=len), re.compile(shape), forms)


class Sentences:
    """The sentences of a catalogue, those with most text first."""

    def __init__(self, catalogue: Catalogue) -> None:
        """The words of the pages, such as states, are phrases of the sentences, too."""
        everything = {**catalogue.texts, **dict(_halves(catalogue.sentences)), **catalogue.sentences}
        self._exact = {english: forms for english, forms in everything.items() if not _PLACE.search(english)}
        patterns = [Pattern.of(english, forms) for english, forms in everything.items() if _PLACE.search(english)]
        patterns.sort(key=lambda pattern: pattern.letters, reverse=True)
        self._strong = [pattern for pattern in patterns if pattern.letters >= _FEW]
        self._weak = [pattern for pattern in patterns if pattern.letters < _FEW]
        self._form = catalogue.form

    def translated(self, sentence: str, depth: int = 0) -> str | None:
        """The sentence in the catalogue's language; None: the catalogue does not have it."""
        if depth == _DEEPEST or not sentence.strip():
            return None
        if forms := self._exact.get(sentence):
            return forms[0]
        return (
            self._by_pattern(self._strong, sentence, depth)
            or self._parts(sentence, depth)
            or self._by_pattern(self._weak, sentence, depth, whole=True)
        )

    def _by_pattern(self, patterns: Sequence[Pattern], sentence: str, depth: int, *, whole: bool = False) -> str | None:
        """The sentence by the first pattern that fits; a `whole` one holds no prose that stays English."""
        for pattern in patterns if len(sentence) <= _LONGEST else ():
            if pattern.literal in sentence and (match := pattern.shape.fullmatch(sentence)):
                if whole and any(self._stays_english(words, depth) for words in match.groupdict().values()):
                    continue
                return self._filled(pattern, match, depth)
        return None

    def _stays_english(self, words: str, depth: int) -> bool:
        return bool(_PROSE.search(words)) and self.translated(words, depth + 1) is None

    def _filled(self, pattern: Pattern, match: re.Match[str], depth: int) -> str:
        places = {int(name[1:]): words for name, words in match.groupdict().items()}
        number = next((int(words) for words in places.values() if words.isdecimal()), 1)
        form = pattern.forms[self._form(number) if len(pattern.forms) > 1 else 0]
        return _PLACE.sub(lambda place: self._part(places[int(place[1])], depth), form)

    def _part(self, words: str, depth: int) -> str:
        return self.translated(words, depth + 1) or words

    def _parts(self, sentence: str, depth: int) -> str | None:
        """Lines, a list of sentences, or one behind the name of its place: each by itself."""
        if "\n" in sentence:
            lines = sentence.split("\n")
            return (
                "\n".join(self._part(line, depth) for line in lines) if self.translated(lines[0], depth + 1) else None
            )
        for mark in (MARK, ", "):
            if mark in sentence:
                parts = [self.translated(part, depth + 1) for part in sentence.split(mark)]
                if all(parts):
                    return mark.join(map(str, parts))
        place, colon, rest = sentence.partition(": ")
        behind = self.translated(rest, depth + 1) if colon else None
        return f"{place}: {behind}" if behind is not None else None


def _halves(sentences: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is wrong and what to do, of the sentences that say both: pages show them in columns of their own."""
    for english, forms in sentences.items():
        halves = zip(english.split(MARK, 1), *(form.split(MARK, 1) for form in forms), strict=False)
        for half, *translated in halves if all(MARK in text for text in (english, *forms)) else ():
            same_places = all(set(_PLACE.findall(half)) == set(_PLACE.findall(form)) for form in translated)
            if same_places and any(map(str.isalpha, half)):
                yield half, tuple(translated)
