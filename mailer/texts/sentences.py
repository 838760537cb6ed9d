"""Says in the page's language what verbs say in English: each sentence is found by its pattern in a catalogue.

A verb writes `f"{issue} has been sent: nothing of it waits"`; the catalogue has the pattern `{0} has been sent: nothing of
it waits` and its translation, with the same places to fill. A filled place may be a phrase of the catalogue itself, or a
value, which stays; where it is English that the catalogue lacks, the pattern does not fit, so that no sentence is mixed.
Where the form of a phrase depends on what it is said of, the translation names the context: `рассылка {1:MailingState}`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from mailer.texts.catalogue import Catalogue, key
from mailer.texts.speech import Vocabulary, split_list, unquoted

_PLACE = re.compile(r"\{(\d)\}")
_PLACE_IN_CONTEXT = re.compile(r"\{(\d)(?::(\w+))?\}")
# Between what is wrong and what to do about it.
MARK = "; "
# A place with this context holds a number alone, and not the items of a list before it.
_NUMBER = "Number"
# A sentence in a sentence in a sentence; deeper ones are not written.
_DEEPEST = 6
# A pattern with fewer letters of its own, such as `{0} is {1}`, would take a list of sentences for one.
_FEW = 12
# A line with more characters was pasted, not written by a verb; looking for its pattern would take long.
_LONGEST = 2_000
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with places to fill, and its translation: one form, or one for each kind of number."""

    texts: tuple[str, ...]  # what stands before, between and behind the places
    places: tuple[str, ...]
    forms: tuple[str, ...]
    quoted: frozenset[str] = frozenset()  # the places within quotation marks, which hold values only

    @classmethod
    def of(cls, english: str, forms: tuple[str, ...]) -> Self:
        """The pattern of an English sentence with `{0}`, `{1}` … in it."""
        pieces = _PLACE.split(english)
        quoted = frozenset(_PLACE.findall(english)) - frozenset(_PLACE.findall(unquoted(english)))
        return cls(tuple(pieces[::2]), tuple(pieces[1::2]), forms, quoted)

    @property
    def letters(self) -> int:
        """How much text it has of its own."""
        return sum(map(len, self.texts))

    def read(self, sentence: str) -> dict[str, str] | None:
        """What fills each place, as little as possible, the first place first; None when the sentence is another one.

        Each text is looked for once, behind the one before it: no sentence makes this slow. A place
        never reaches over a line.
        """
        first, *between, last = self.texts
        if not sentence.startswith(first) or not sentence.endswith(last) or "\n" in sentence:
            return None
        at, end, words = len(first), len(sentence) - len(last), list[str]()
        for text in between:
            begin = sentence.find(text, at, end)
            if begin < 0:
                return None
            words.append(sentence[at:begin])
            at = begin + len(text)
        if at > end:
            return None
        return dict(zip(self.places, [*words, sentence[at:end]], strict=True))


class Sentences:
    """The sentences of a catalogue, those with most text first."""

    def __init__(self, catalogue: Catalogue) -> None:
        """The words of the pages, such as states, are phrases of the sentences, too."""
        everything = {**catalogue.texts, **dict(_halves(catalogue.sentences)), **catalogue.sentences}
        self._exact = {english: forms for english, forms in everything.items() if not _PLACE.search(english)}
        patterns = [Pattern.of(english, forms) for english, forms in everything.items() if _PLACE.search(english)]
        patterns.sort(key=lambda pattern: pattern.letters, reverse=True)
        self._strong = [pattern for pattern in patterns if pattern.letters >= _FEW]
        self._stopped = [pattern for pattern in self._strong if pattern.texts[-1].endswith(".")]
        self._weak = [pattern for pattern in patterns if pattern.letters < _FEW]
        self._form = catalogue.form
        self._vocabulary = Vocabulary(catalogue.sentences)
        # The places of a line, such as the names of files, are asked for again and again.
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._translated)

    def translated(self, sentence: str, depth: int = 0) -> str | None:
        """The sentence in the catalogue's language; None: the catalogue does not have it."""
        return self._remembered(sentence, depth)

    def shown(self, words: str) -> str | None:
        """The words in the catalogue's language, a mere value as it is; None: they are English that the catalogue lacks."""
        return self._part(words, 0)

    def _translated(self, sentence: str, depth: int) -> str | None:
        if depth == _DEEPEST or not sentence.strip():
            return None
        if forms := self._exact.get(sentence):
            return forms[0]
        return (
            self._exactly(sentence, depth)
            or self._by_pattern(self._strong, sentence, depth)
            or self._but_for_stop(sentence, depth)
            or self._parts(sentence, depth)
            or self._by_pattern(self._weak, sentence, depth)
        )

    def _but_for_stop(self, sentence: str, depth: int) -> str | None:
        """A sentence with a full stop where the catalogue has it without one, or the other way round."""
        if sentence.endswith("."):
            plain = self.translated(sentence[:-1], depth + 1)
            return f"{plain}." if plain is not None else None
        stopped = self._by_pattern(self._stopped, f"{sentence}.", depth)
        return stopped.removesuffix(".") if stopped is not None else None

    def _exactly(self, sentence: str, depth: int) -> str | None:
        """A sentence without places behind the name of its place; a pattern with many places would fit it, too."""
        for colon in re.finditer(": ", sentence[:_LONGEST]):
            if forms := self._exact.get(sentence[colon.end() :]):
                place = self._part(sentence[: colon.start()], depth)
                return f"{place}: {forms[0]}" if place is not None else None
        return None

    def _by_pattern(self, patterns: Sequence[Pattern], sentence: str, depth: int) -> str | None:
        for pattern in patterns if len(sentence) <= _LONGEST else ():
            places = pattern.read(sentence)
            if places is not None and (filled := self._filled(pattern, places, depth)) is not None:
                return filled
        return None

    def _filled(self, pattern: Pattern, places: Mapping[str, str], depth: int) -> str | None:
        number = next((int(words) for words in places.values() if words.isdecimal()), 1)
        form = pattern.forms[self._form(number) if len(pattern.forms) > 1 else 0]
        shown = {
            place: places[place] if place in pattern.quoted else self._part(places[place], depth, context)
            for place, context in _PLACE_IN_CONTEXT.findall(form)
        }
        if None in shown.values():
            return None
        return _PLACE_IN_CONTEXT.sub(lambda place: str(shown[place[1]]), form)

    def _part(self, words: str, depth: int, context: str = "") -> str | None:
        """What stands in a place: a phrase or a list in the catalogue's language, or a value; None for other English."""
        if context == _NUMBER:
            return words if words.isdecimal() else None
        forms = self._exact.get(key(context, words.replace("_", " "))) if context else None
        translated = forms[0] if forms else self.translated(words, depth + 1)
        if translated is None and self._vocabulary.is_speech(words):
            return self._list(words, depth)
        return translated or self._phrases(words) or words

    def _phrases(self, words: str) -> str | None:
        """Phrases with a link between them, such as `Latin and Cyrillic`; None where one of them is a value."""
        phrases = [self._exact.get(item) for item in split_list(words, " and ")]
        return f" {self._link('and')} ".join(forms[0] for forms in phrases if forms) if all(phrases) else None

    def _list(self, words: str, depth: int) -> str | None:
        """A list of phrases and values."""
        for mark, link in ((", ", ", "), (" and ", f" {self._link('and')} "), (" or ", f" {self._link('or')} ")):
            items = split_list(words, mark)
            if len(items) > 1 and depth < _DEEPEST:
                parts = [self._part(item, depth + 1) for item in items]
                if None not in parts:
                    return link.join(map(str, parts))
        return None

    def _link(self, word: str) -> str:
        return self._exact.get(word, (word,))[0]

    def _parts(self, sentence: str, depth: int) -> str | None:
        """Lines, a list of sentences, one behind the name of its place, or one with an example behind it."""
        if "\n" in sentence:
            lines = sentence.split("\n")
            parts = [self._part(line, depth) for line in lines] if self.translated(lines[0], depth + 1) else [None]
            return "\n".join(map(str, parts)) if None not in parts else None
        for mark in (MARK, ", "):
            if mark in sentence:
                parts = [self.translated(part, depth + 1) for part in sentence.split(mark)]
                if all(parts):
                    return mark.join(map(str, parts))
        place, colon, rest = sentence.partition(": ")
        behind = self.translated(rest, depth + 1) if colon else None
        if behind is not None and not self._vocabulary.is_speech(place):
            return f"{place}: {behind}"
        before = self.translated(place, depth + 1) if colon and not self._vocabulary.is_speech(rest) else None
        return f"{before}: {rest}" if before is not None else None


def _halves(sentences: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is wrong and what to do, of the sentences that say both: pages show them in columns of their own."""
    for english, forms in sentences.items():
        halves = zip(english.split(MARK, 1), *(form.split(MARK, 1) for form in forms), strict=False)
        for half, *translated in halves if all(MARK in text for text in (english, *forms)) else ():
            same_places = all(
                set(_PLACE.findall(half)) == {place for place, _ in _PLACE_IN_CONTEXT.findall(form)}
                for form in translated
            )
            # What to do begins with a word: a place there would take the end of any sentence for its own.
            is_said = any(map(str.isalpha, half)) and (english.startswith(half) or not half.startswith("{"))
            if same_places and is_said:
                yield half, tuple(translated)
