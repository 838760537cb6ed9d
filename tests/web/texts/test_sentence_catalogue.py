"""The Russian sentences: every pattern that a verb can say is there, and none that no verb says."""

import re
from functools import cache
from pathlib import Path

import email_validator
import pytest

from mailer.domain.errors import BadInput
from mailer.formats.address import parse
from mailer.web.texts.catalogue import catalogue
from mailer.web.texts.sentences import Sentences
from tests.web.texts.patterns import patterns
from tests.web.texts.test_catalogue import FOLDER, SENTENCES, entries, first

written = cache(patterns)


def there(language: str = "ru") -> set[str]:
    """The patterns of the catalogue."""
    path: Path = FOLDER / language / SENTENCES
    return {first(message.id) for message in entries(path)}


def test_every_sentence_is_translated() -> None:
    assert {pattern: place for pattern, place in written().items() if pattern not in there()} == {}


def test_no_sentence_is_dead() -> None:
    """A single word is a phrase that a place of a sentence may hold; the library that reads addresses says some."""
    said = {sentence for sentence in there() - set(written()) if " " in sentence}
    library = Path(email_validator.__file__).with_name("syntax.py").read_text(encoding="utf-8").replace("{}", "{0}")
    assert sorted(sentence for sentence in said if sentence.removesuffix("{0}").rstrip() not in library) == []


@pytest.mark.parametrize(
    "address",
    [
        "a at b.example",
        "@b.example",
        "a@b..example",
        "a@b",
        "a b@c.example",
        "a@b_c.example",
        ".a@b.example",
        "a-@-b.example",
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_russian(address: str) -> None:
    with pytest.raises(BadInput) as error:
        parse(address)
    russian = Sentences(catalogue("ru")).translated(str(error.value))
    assert russian is not None
    assert not re.search("[A-Za-z]{3}", russian.replace(address, "").replace("example", ""))


def test_each_sentence_is_found_by_its_own_pattern() -> None:
    """No pattern takes another one's sentences, whatever stands in their places."""
    russian = catalogue("ru")
    sentences = Sentences(russian)
    wrong = {}
    for pattern, forms in russian.sentences.items():
        filled, expected = (re.sub(r"\{(\d)(?::\w+)?\}", r"x\1y", text) for text in (pattern, forms[0]))
        if sentences.translated(filled) != expected:
            wrong[filled] = sentences.translated(filled)
    assert wrong == {}
