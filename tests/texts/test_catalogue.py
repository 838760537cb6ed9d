"""The Russian texts: every text of the pages is there, none is dead, and each fills the same places."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from mailer.texts import LANGUAGES, texts
from mailer.texts.catalogue import FOLDER, SENTENCES, key
from mailer.web.words import SHOWN, word_of

WEB = FOLDER.parent / "web"
FILES = sorted(FOLDER.glob("*/*.po"))
KEYWORDS = {"_": None, "N_": None, "gettext": None, "text": None, "ngettext": (1, 2), "plural": (1, 2)}
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*(?=:\w+\}|\})")


def written() -> Iterator[tuple[str, str]]:
    """Every text that a template or a module writes for people to read, and the file."""
    for path in sorted(WEB.rglob("*.html")):
        content = BytesIO(path.read_bytes())
        for _, _, message, _ in babel_extract(
            content, ("_", "gettext", "ngettext"), (), {"newstyle_gettext": "true", "trimmed": "false"}
        ):
            if message is not None:
                yield first(message), str(path.relative_to(WEB))
    for path in sorted(WEB.rglob("*.py")):
        for _, message, _, _ in extract(extract_python, BytesIO(path.read_bytes()), keywords=KEYWORDS):
            yield first(message), str(path.relative_to(WEB))
    for enumeration in SHOWN:
        yield from ((f"{enumeration.__name__}\x04{word_of(value)}", "words.py") for value in enumeration)


def first(message: str | tuple[str | None, ...]) -> str:
    """The singular of a text that counts; the text itself of one that does not."""
    return str(message[0]) if isinstance(message, tuple) else message


def entries(path: Path) -> Iterator[Message]:
    """The texts of a file, without its head."""
    yield from (message for message in read_po(BytesIO(path.read_bytes()), locale=path.parent.name) if message.id)


def key_of(message: Message) -> str:
    """The text with its context."""
    return key(message.context or "", first(message.id))


def forms(message: Message) -> tuple[str, ...]:
    """Every translation of a text."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


WRITTEN = dict(written())


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_translated(language: str) -> None:
    there = {
        key_of(message)
        for path in FILES
        if path.parent.name == language
        for message in entries(path)
        if all(forms(message))
    }
    assert {text: file for text, file in WRITTEN.items() if text not in there} == {}


@pytest.mark.parametrize("path", [path for path in FILES if path.name != SENTENCES], ids=lambda path: path.name)
def test_no_text_is_dead(path: Path) -> None:
    assert [key_of(message) for message in entries(path) if key_of(message) not in WRITTEN] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_translation_fills_the_same_places(path: Path) -> None:
    wrong = []
    for message in entries(path):
        english = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        wrong += [form for form in forms(message) if set(PLACES.findall(form)) != set(PLACES.findall(english))]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_text_that_counts_has_a_form_for_each_kind_of_number(path: Path) -> None:
    wrong = [
        message.id for message in entries(path) if isinstance(message.id, tuple | list) and len(forms(message)) != 3
    ]
    assert wrong == []


def test_a_text_has_one_translation() -> None:
    """Two groups of pages that say the same in English say the same in Russian."""
    translations: dict[tuple[str, str | None, str], set[tuple[str, ...]]] = {}
    for path in FILES:
        for message in entries(path):
            translations.setdefault((path.parent.name, message.context, first(message.id)), set()).add(forms(message))
    assert {text: various for text, various in translations.items() if len(various) > 1} == {}


@pytest.mark.parametrize(
    ("number", "copies"), [(1, "экземпляр"), (2, "экземпляра"), (5, "экземпляров"), (21, "экземпляр")]
)
def test_a_number_takes_its_form(number: int, copies: str) -> None:
    russian = texts("ru")
    assert ("экземпляр", "экземпляра", "экземпляров")[russian.catalogue.form(number)] == copies


def test_english_counts_too() -> None:
    assert texts("en").plural("{number} copy", "{number} copies", 1) == "1 copy"
    assert texts("en").plural("{number} copy", "{number} copies", 21) == "21 copies"
