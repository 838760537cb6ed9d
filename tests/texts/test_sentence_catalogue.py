"""The Russian sentences: every pattern that a verb can say is there, and none that no verb says."""

import errno
import os
import re
from functools import cache
from pathlib import Path

from mailer.texts.catalogue import catalogue
from mailer.texts.sentences import Sentences
from tests.texts.patterns import patterns
from tests.texts.test_catalogue import FOLDER, SENTENCES, entries, first

written = cache(patterns)


def there(language: str = "ru") -> set[str]:
    """The patterns of the catalogue."""
    path: Path = FOLDER / language / SENTENCES
    return {first(message.id) for message in entries(path)}


def test_every_sentence_is_translated() -> None:
    assert {pattern: place for pattern, place in written().items() if pattern not in there()} == {}


def test_no_sentence_is_dead() -> None:
    """A single word is a phrase that a place of a sentence may hold; the system says some of a file."""
    said = {sentence for sentence in there() - set(written()) if " " in sentence}
    assert sorted(said - {os.strerror(number) for number in errno.errorcode}) == []


def test_each_sentence_is_found_by_its_own_pattern() -> None:
    """No pattern takes another one's sentences, whatever stands in their places."""
    russian = catalogue("ru")
    sentences = Sentences(russian)
    wrong = {}
    for pattern, forms in russian.sentences.items():
        words = r"7\1" if ":Number}" in forms[0] else r"x\1y"
        filled, expected = (re.sub(r"\{(\d)(?::\w+)?\}", words, text) for text in (pattern, forms[0]))
        if sentences.translated(filled) != expected:
            wrong[filled] = sentences.translated(filled)
    assert wrong == {}
