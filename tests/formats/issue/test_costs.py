"""What costs an article with its readers or with mail filters is named with its line: links, letters, wide tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.issue.markdown import read_article
from mailer.formats.issue.wide_tables import PHONE, least_width
from mailer.formats.sans_serif import width_of


def doubts(text, language="en"):
    article = read_article(text, language, first_line=10, first_heading=2)
    assert not article.errors
    return [str(doubt) for doubt in article.doubts]


# --- links ------------------------------------------------------------------------------------------------------------

BARE = "the link's words are its address, {}; write [what it leads to](address)"


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("<https://mill.example/a?b=1>", "https://mill.example/a?b=1"),
        ("[https://mill.example](https://mill.example)", "https://mill.example"),
        ("[mill.example/a](https://www.mill.example/a/)", "mill.example/a"),
        ("[www.mill.example](https://mill.example/)", "www.mill.example"),
        ("[https://mill.example](https://quay.example)", "https://mill.example"),
    ],
)
def test_a_link_whose_words_are_its_address_is_named(link, words):
    assert doubts(f"One\ntwo {link} three\nfour {link}.") == [
        f"line {number}: {BARE.format(words)}" for number in (11, 12)
    ]
    assert doubts(f"| A | B |\n|---|---|\n| 1 | {link} |")[0] == f"line 12: {BARE.format(words)}"


@pytest.mark.parametrize(
    "link",
    [
        "[the report](https://mill.example/report)",
        "[Mill.example](https://mill.example)",
        "<mailto:ada@mill.example>",
        "[ada@mill.example](mailto:ada@mill.example)",
        "https://mill.example/report",
        "[page 1/2](https://mill.example/1/2)",
    ],
)
def test_other_links_are_not(link):
    assert doubts(f"See {link}.") == []


# --- letters ----------------------------------------------------------------------------------------------------------


def test_mixed_letters_are_named_with_their_line():
    text = "## Глава\n\nСлово\nPоссия и **Мoсква**, [кpай](https://мill.example/кpай)\n\n| A | Cевер |\n|---|---|\n| IT | `cудно` |"
    odd = "has Latin letters among Cyrillic ones"
    assert doubts(text, "ru") == [
        f"line 13: 'Pоссия' {odd}, P; type the word again",
        f"line 13: 'Мoсква' {odd}, o; type the word again",
        f"line 13: 'кpай' {odd}, p; type the word again",
        f"line 15: 'Cевер' {odd}, C; type the word again",
    ]


def test_the_odd_letters_are_those_that_are_fewer():
    assert doubts("The Мaria sails") == [
        "line 10: 'Мaria' has Cyrillic letters among Latin ones, М; type the word again"
    ]


# --- tables -----------------------------------------------------------------------------------------------------------


def table(*rows, before=""):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(before + line for line in [lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


WORDS = ("Responsibility", "Intermediary", "Novorossiysk", "Kazakhstan", "Insurance")


def test_a_table_wider_than_a_phone_is_named_with_its_line():
    assert doubts(table(WORDS[:4], ("1", "2", "3", "4"))) == []
    assert doubts(f"## Mills\n\n{table(WORDS, '12345')}") == [
        "line 12: the table is at least 376 pixels wide, and a phone shows 328; leave a column out, or shorten the longest words"
    ]


@pytest.mark.parametrize(("before", "there"), [("> ", 307), ("> > ", 286)])
def test_a_quotation_takes_of_the_width(before, there):
    [doubt] = doubts(table(WORDS[:4], "1234", before=before))
    assert f"at least 311 pixels wide, and a phone shows {there};" in doubt


@pytest.mark.parametrize(
    "row",
    [
        ["50 000 000"] * 4,
        ["https://mill.example/a/very/long/address/of/a/page", "1"],
        ["one two three four five six seven eight"] * 5,
        ["re-insurance"] * 4,
        ["2018–2019"] * 6,
    ],
)
def test_a_table_that_fits_with_its_lines_broken_is_not_named(row):
    assert doubts(table(["№"] * len(row), row)) == []


def test_twelve_columns_of_figures_are_too_wide():
    assert len(doubts(table([str(year) for year in range(2015, 2027)], ["1,240"] * 12))) == 1


# Chromium's scrollWidth of these tables in the shipped templates, with Arial's metrics.
MEASURED = [
    ((WORDS, "12345"), 376),
    ((("Сезон", "Заявки", "Покрыто", "Страхование", "Ответственность"), ("2024", "97", "58", "50 000", "12,5")), 336),
    ((("Year",) * 9, ("1,240",) * 9), 411),
    ((("Route", "Re-insurance", "Q1/2026"), ("Санкт-Петербург", "**перестраховщик**", "государственный")), 318),
]


@pytest.mark.parametrize(("rows", "measured"), MEASURED)
def test_the_width_is_what_a_browser_needs(rows, measured):
    [block] = read_article(table(*rows), "ru").blocks
    assert least_width(block) == pytest.approx(measured, abs=6)
    assert (measured > PHONE) is bool(doubts(table(*rows), "ru"))


@given(st.text(min_size=1, max_size=30))
def test_every_text_has_a_width(text):
    assert 0 <= width_of(text, size=10) <= 11 * len(text) + 1
    assert width_of(text + "a", size=14) > width_of(text, size=14) - 1
