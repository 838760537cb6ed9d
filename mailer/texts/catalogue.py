"""Reads a language's texts from its `.po` files: what each English text is there, and which form a number takes."""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from mailer.views import plain_words
from mailer.views.circulation_change import CHANGES

FOLDER = Path(__file__).parent
# The sentences of verbs: patterns with places, told apart from the texts of pages.
SENTENCES = "sentences.po"
# Phrases of reasons, which the letters have in each language.
_PHRASES: tuple[Mapping[str, Mapping[Any, str]], ...] = (
    plain_words.FAILURES,
    plain_words.HOLDS,
    plain_words.HELD_BACK,
    plain_words.PLAN_CHANGES,
    plain_words.MATTERS,
    CHANGES,
)
# Those that the history has by their values.
_BY_VALUE: tuple[Mapping[str, Mapping[Any, str]], ...] = (plain_words.HOLDS, plain_words.MATTERS)


def english_form(number: int) -> int:
    """The form of an English noun that fits the number."""
    return int(number != 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The forms of each text by its English; one with a context is keyed by `key`. Empty for English itself."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = english_form


def key(context: str, message: str) -> str:
    """The key of a text that is read in a context; the context is the name of an enum."""
    return f"{context}\x04{message}" if context else message


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language, read once."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    texts: dict[str, tuple[str, ...]] = {}
    sentences: dict[str, tuple[str, ...]] = {}
    plurals = Catalog(locale=language).plural_expr
    for file in sorted((FOLDER / language).glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale=language):
            several = isinstance(message.id, tuple | list)
            identity = str(message.id[0] if several else message.id)
            forms = (
                tuple(map(str, message.string)) if isinstance(message.string, tuple | list) else (str(message.string),)
            )
            if identity and all(forms):
                shelf = sentences if file.name == SENTENCES else texts
                shelf[key(message.context or "", identity)] = forms
    for phrases in _PHRASES:
        sentences |= {phrase: (phrases[language][value],) for value, phrase in phrases["en"].items()}
    for kinds in _BY_VALUE:
        sentences |= {
            key(type(value).__name__, value.replace("_", " ")): (phrase,) for value, phrase in kinds[language].items()
        }
    return Catalogue(texts=texts, sentences=sentences, form=gettext.c2py(plurals))
