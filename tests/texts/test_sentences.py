"""What verbs say in English, said in Russian by patterns."""

import re
from itertools import chain, zip_longest
from time import perf_counter

import pytest
from hypothesis import given, strategies
from markupsafe import escape

from mailer.texts import texts
from mailer.texts.catalogue import Catalogue, catalogue
from mailer.texts.sentences import Pattern, Sentences

CATALOGUE = Catalogue(
    texts={"paused": ("на паузе",), "MailingState\x04paused": ("приостановлена",)},
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
        "the mailing of {0} is {1} already": ("рассылка {0} уже {1:MailingState}",),
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
        ("the mailing of letter/41 is paused already", "рассылка letter/41 уже приостановлена"),
        ("the mailing of letter/41 is odd already", "рассылка letter/41 уже odd"),
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


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("letter/41 is paused: it cannot be approved", "letter/41: рассылка приостановлена, её нельзя утвердить"),
        (
            "letter/41 is closed, not paused: there is nothing to resume",
            "letter/41: рассылка завершена, а не приостановлена: продолжать нечего",
        ),
        (
            "delivery 5 is accepted, not held: there is nothing to release",
            "отправление 5: экземпляр принят, а не задержан; отпускать нечего",
        ),
        ("P001 is not entitled to letter/41 (no_address)", "P001 не имеет права на letter/41 (нет адреса)"),
        (
            "31.13 is not a date; write it as 2018-12-31 or 31.12.2018",
            "31.13: это не дата; пишите так: 2018-12-31 или 31.12.2018",
        ),
    ],
)
def test_states_and_reasons_in_sentences_are_said_in_russian(english: str, russian: str) -> None:
    assert texts("ru").sentence(english) == russian


def test_an_unknown_sentence_is_shown_in_english_and_marked() -> None:
    sentence = texts("ru").sentence("no such sentence <b>")
    assert sentence == "no such sentence <b>"
    assert str(escape(sentence)) == '<span lang="en">no such sentence &lt;b&gt;</span>'


def test_english_is_not_marked() -> None:
    assert str(escape(texts("en").sentence("no such sentence"))) == "no such sentence"


def test_a_long_text_without_a_pattern_is_looked_through_at_once() -> None:
    assert said("x is y then " * 20_000) is None


def test_a_text_written_to_be_slow_is_not() -> None:
    """An editor writes the words of an issue, and the sending of another one must not wait for a page about them."""
    english = "{0}: line {1}: {2} is '{3}' in {4} and '{5}' in {6}; make them the same"
    pattern = Pattern.of(english, (english,))
    near = "".join(text * 60 for text in pattern.texts[:-1])
    began = perf_counter()
    assert pattern.read(near) is None
    assert perf_counter() - began < 0.1


WORDS = strategies.text(alphabet="ab: ;'0\n", max_size=6)


@given(strategies.lists(WORDS, min_size=2, max_size=4), WORDS, strategies.lists(WORDS, min_size=1, max_size=3))
def test_places_are_filled_as_a_regular_expression_would(texts: list[str], rest: str, words: list[str]) -> None:
    pattern = Pattern(tuple(text.replace("\n", "") for text in texts), tuple(range(len(texts) - 1)), ())
    shape = re.compile("(.*?)".join(map(re.escape, pattern.texts)))
    for sentence in (rest, "".join(chain.from_iterable(zip_longest(pattern.texts, words, fillvalue="")))):
        match = shape.fullmatch(sentence)
        assert pattern.read(sentence) == (dict(enumerate(match.groups())) if match else None)


def test_what_to_do_does_not_end_another_sentence() -> None:
    sentence = "en.md: line 9: date: '31-31' is not a date; write it as 2030-12-31, without quotes"
    shown = texts("ru").sentence(sentence)
    assert shown == "en.md: строка 9: date: «31-31» — не дата; пишите в виде 2030-12-31, без кавычек"
