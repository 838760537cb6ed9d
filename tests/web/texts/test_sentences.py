"""What verbs say in English, said in Russian by patterns."""

import pytest
from markupsafe import escape

from mailer.web.texts import texts
from mailer.web.texts.catalogue import Catalogue, catalogue
from mailer.web.texts.sentences import Sentences

CATALOGUE = Catalogue(
    texts={"paused": ("на паузе",)},
    sentences={
        "{0} is {1}": ("{0}: {1}",),
        "{0} is {1} with other content: withdraw first": ("{0} ({1}) с другим содержанием: сначала отзовите",),
        "{0} copy is owed": ("{0} экземпляр", "{0} экземпляра", "{0} экземпляров"),
        "the register is empty": ("реестр пуст",),
        "line {0}": ("строка {0}",),
        "line {0}: {1} is {2} only": ("строка {0}: {1} — лишь {2}",),
        "line {0}: the {1} is {2}": ("строка {0}: {1} — {2}",),
        "the register is lost": ("реестр потерян",),
        "line {0}: it is empty": ("строка {0}: она пуста",),
        "{0} then {1}": ("{1} после {0}",),
        "{0} of {1}": ("{0} из {1}",),
        "readers see {0} as typed": ("читатели увидят {0} как набрано",),
        "put it in quotes": ("возьмите в кавычки",),
        "the words '{0}' join": ("слова «{0}» сливаются",),
        "and": ("и",),
        "the key '{0}' is there twice; remove {1} of them": ("ключ «{0}» встречается дважды; удалите {1}",),
    },
    form=catalogue("ru").form,
)


def said(sentence: str) -> str | None:
    return Sentences(CATALOGUE).translated(sentence)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("the register is empty", "реестр пуст"),
        ("letter/41 is paused", "letter/41: на паузе"),
        ("letter/41 is odd", "letter/41: odd"),
        (
            "letter/41 is paused with other content: withdraw first",
            "letter/41 (на паузе) с другим содержанием: сначала отзовите",
        ),
        ("21 copy is owed", "21 экземпляр"),
        ("3 copy is owed", "3 экземпляра"),
        ("a then b", "b после a"),
        ("the register is empty; letter/41 is paused", "реестр пуст; letter/41: на паузе"),
        ("en.md: line 3: it is empty\nen.md: the register is empty", "en.md: строка 3: она пуста\nen.md: реестр пуст"),
        ("the key 'date' is there twice", "ключ «date» встречается дважды"),
        ("remove 1 of them", "удалите 1"),
        ("en.md: line 3: the register is lost", "en.md: строка 3: реестр потерян"),
        ("readers see 'a and b', '|' and 'is not' as typed", "читатели увидят 'a and b', '|' и 'is not' как набрано"),
        ('put it in quotes: title: "the register is"', 'возьмите в кавычки: title: "the register is"'),
        ("en.md: the words 'the register is empty' join", "en.md: слова «the register is empty» сливаются"),
        ("a {1} then the register is empty", "реестр пуст после a {1}"),
    ],
)
def test_a_sentence_is_found_by_its_pattern(english: str, russian: str) -> None:
    assert said(english) == russian


@pytest.mark.parametrize(
    "sentence",
    ["", " ", "the moon is", "the register was empty", "; ; ", ": ", "the full moon is up", "it is not there any more"],
)
def test_a_sentence_that_the_catalogue_lacks_is_not_made_up(sentence: str) -> None:
    assert said(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "but it is not in the register",  # {0} is {1}
        "a key of the register",  # {0} of {1}
        "the register is empty; the moon is full",
        "en.md: the register was of paper",
        "readers see '|' and other content as typed",
        "the register of paper: the register is empty",
        "the register is empty\nthe moon was of paper",
    ],
)
def test_no_sentence_is_half_translated(sentence: str) -> None:
    """Only values stay in a place; where it is English that the catalogue lacks, the whole sentence stays English."""
    assert said(sentence) is None


def test_an_unknown_sentence_is_shown_in_english_and_marked() -> None:
    sentence = texts("ru").sentence("no such sentence <b>")
    assert sentence == "no such sentence <b>"
    assert str(escape(sentence)) == '<span lang="en">no such sentence &lt;b&gt;</span>'


def test_english_is_not_marked() -> None:
    assert str(escape(texts("en").sentence("no such sentence"))) == "no such sentence"


def test_a_long_text_without_a_pattern_is_looked_through_at_once() -> None:
    """A pattern is tried only where its own text stands, so that nobody can make a page slow."""
    assert said("x is y then " * 20_000) is None
