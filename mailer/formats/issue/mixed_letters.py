"""Names words that mix Latin and Cyrillic letters: readers do not see it, but searches miss them and mail filters count it."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mailer.domain.defect import Defect
from mailer.domain.lookalikes import CYRILLIC, LATIN, alphabet_of, slips
from mailer.formats.words import ADDRESS

# Markdown takes time to load, and front matter has none.
if TYPE_CHECKING:
    from markdown_it.token import Token

_ADDRESS = re.compile(ADDRESS)


def find_mixed_letters(tokens: "Sequence[Token]", language: str, *, first_line: int) -> Iterator[Defect]:
    """The words of an article, with their lines. Addresses may be written in any letters."""
    from mailer.formats.issue.dialect import HIDDEN, TYPED

    for token in tokens:
        if token.type == "inline" and token.map:
            for place, line in enumerate(str(token.meta.get(TYPED, "")).split("\n")):
                for sentence in mixed_letters(line.replace(HIDDEN, " "), language):
                    yield Defect(line=first_line + token.map[0] + place, what=sentence)


def mixed_letters(words: str, language: str) -> Iterator[str]:
    """A sentence for each word of a text that mixes letters, which says which of them are the odd ones."""
    for word in dict.fromkeys(mixed.word for mixed in slips(_ADDRESS.sub(" ", words), language)):
        latin = [letter for letter in word if alphabet_of(letter) == LATIN]
        cyrillic = [letter for letter in word if alphabet_of(letter) == CYRILLIC]
        if len(latin) <= len(cyrillic):
            yield f"'{word}' has Latin letters among Cyrillic ones, {', '.join(latin)}; type the word again"
        else:
            yield f"'{word}' has Cyrillic letters among Latin ones, {', '.join(cyrillic)}; type the word again"
