"""Tells English words from mere values, such as names, numbers and quotations, in a place of a sentence."""

import re
from collections.abc import Iterable
from itertools import pairwise

_QUOTED = re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|`[^`\n]*`|«[^»\n]*»|“[^”\n]*”|‘[^’\n]*’(?!\w)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
# What the mail server of another provider replied; it is quoted without marks.
_REPLY = re.compile(r"[245]\d\d[ -]")
# Shorter words stand in names, too: Notes of the Club.
_SHORT = 3
# No value consists of these alone.
_LINKS = frozenset({"and", "but", "not", "or"})


class Vocabulary:
    """The small words of the English sentences that verbs say."""

    def __init__(self, sentences: Iterable[str]) -> None:
        """Learn the words of these sentences."""
        self._words = frozenset(word for sentence in sentences for word in _WORD.findall(sentence))

    def is_speech(self, text: str) -> bool:
        """Whether the text says something in English; a name, a number, a quotation or a reply does not."""
        if _REPLY.match(text):
            return False
        words = [word.strip("().!?…") for word in re.sub("[,;:]", " , ", unquoted(text)).split()]
        small = [word in self._words for word in words]
        neighbours = list(pairwise(zip(words, small, strict=True)))
        if set(words) - {","} and set(words) <= self._words | {","}:
            return any(left and right for (_, left), (_, right) in neighbours) or not _LINKS.isdisjoint(words)
        return any((left or right) and _are_plain(word, next_word) for (word, left), (next_word, right) in neighbours)


def _are_plain(left: str, right: str) -> bool:
    """Whether two neighbours are small words or numbers, and one of them is long enough to be no part of a name."""
    plain = [word for word in (left, right) if _WORD.fullmatch(word)]
    counted = len(plain) == 1 and (left + right).removeprefix(plain[0]).removesuffix(plain[0]).isdecimal()
    return (counted or len(plain) > 1) and max(map(len, plain)) > _SHORT


def unquoted(text: str) -> str:
    """The text without what is quoted in it."""
    return _QUOTED.sub(" ", text)


def split_list(text: str, mark: str) -> list[str]:
    """The items of a list between marks such as ` and `; one within a quotation divides nothing."""
    hidden = _QUOTED.sub(lambda quoted: "\0" * len(quoted[0]), text)
    items, begin = list[str](), 0
    while (end := hidden.find(mark, begin)) >= 0:
        items.append(text[begin:end])
        begin = end + len(mark)
    return [*items, text[begin:]]
