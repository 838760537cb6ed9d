"""Tables in plain text: in columns, heads over two lines first, then cells over more, else a line for each cell."""

import re
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.issue_tree import Align, ListBlock, Paragraph, Quote, Table
from mailer.formats.edition.line_wrap import COLUMNS, width
from mailer.formats.edition.text_table import set_table
from mailer.formats.issue.markdown import read_article
from mailer.formats.typography import NBSP
from tests.counted import calls_of
from tests.formats.edition.test_text import LONG, cells, part
from tests.formats.rfc3676 import unflow


def test_a_table_is_aligned_in_every_alphabet():
    table = Table("Costs", cells("Год", "Oil"), (cells("2029", "50\u00a0000"), cells("名前", "e\u0301")))
    assert part(table) == "Costs\n\nГод   Oil\n----  ------\n2029  50\u00a0000\n名前  e\u0301\n"


def test_a_column_is_set_to_its_side():
    table = Table(
        "",
        cells("Pier", "Boats", "Lamps"),
        (cells("East", "1\u00a0200", "no"),),
        (Align.LEFT, Align.RIGHT, Align.CENTER),
    )
    assert part(table) == "Pier  Boats  Lamps\n----  -----  -----\nEast  1\u00a0200   no\n"
    left = replace(table, rows=(cells("East", "9", "no"),), align=())
    assert part(left).endswith("\nEast  9      no\n")
    assert part(replace(left, align=table.align)).endswith("\nEast      9   no\n")


def test_a_table_with_a_stuffed_line_is_stuffed_throughout():
    table = Table("", cells("", "Oil"), (cells("a", "b"), cells(">", "c")))
    assert part(table) == "    Oil\n -  ---\n a  b\n >  c\n"
    assert [text for _, text in unflow(part(table))] == ["   Oil", "-  ---", "a  b", ">  c"]


def table_lines(head, *rows, align=()) -> list[str]:
    """The lines as they are read, without stuffing."""
    return [line for _, line in unflow(part(Table("", cells(*head), tuple(cells(*row) for row in rows), align)))]


def test_heads_take_two_lines_before_cells_do():
    sides = (Align.LEFT, Align.RIGHT, Align.RIGHT)
    head = ("Harbour", "Boats that came in the year", "Boats that left in the year")
    assert table_lines(head, ("East", "64", "1 038"), ("West", "118", "9"), align=sides) == [
        "         Boats that came  Boats that left",
        "Harbour      in the year      in the year",
        "-------  ---------------  ---------------",
        "East                  64            1 038",
        "West                 118                9",
    ]


def test_a_first_cell_goes_on_with_a_hang():
    head = ("Season", "Requests", "Fully covered", "Premium, % of value")
    assert table_lines(head, ("2029", "64", "38", "0.28"), ("2029, after 28 August", "118", "9", "0.85")) == [
        "                          Fully    Premium, %",
        "Season          Requests  covered  of value",
        "--------------  --------  -------  ----------",
        "2029            64        38       0.28",
        "2029, after 28  118       9        0.85",
        "  August",
    ]


def test_rows_of_several_lines_stand_apart():
    head = ("When", "Who", "What was decided", "Votes")
    sides = (Align.LEFT, Align.LEFT, Align.LEFT, Align.RIGHT)
    first = ("12 July", "The board", "To write the clause on escort and salvage anew before the autumn.", "12")
    assert table_lines(head, first, ("3 August", "Ada Harbour", "To ask eleven brokers.", "7"), align=sides) == [
        "When      Who          What was decided    Votes",
        "--------  -----------  ------------------  -----",
        "12 July   The board    To write the           12",
        "                       clause on escort",
        "                       and salvage anew",
        "                       before the autumn.",
        "",
        "3 August  Ada Harbour  To ask eleven           7",
        "                       brokers.",
    ]


def test_what_does_not_fit_in_columns_becomes_labels():
    address = f"https://harbour.example/{'x' * 60}"
    table = Table("Log", cells("", "Where", "Why"), (cells("2029", address, LONG), cells("2030", "here", "")))
    read = [text for _, text in unflow(part(Quote((table,))))]
    assert read == ["Log", "", "2029", f"Where: {address}", f"Why: {LONG}", "", "2030", "Where: here", "Why:"]
    assert [text for _, text in unflow(part(replace(table, rows=())))] == ["Log", "", "  Where  Why", "  -----  ---"]


def test_a_row_of_many_columns_becomes_labels():
    months = [f"Month number {month}" for month in range(12)]
    assert table_lines(months, [str(month) for month in range(12)]) == [
        f"Month number {month}: {month}" for month in range(12)
    ]


def test_twelve_narrow_columns_stand_beside_each_other():
    head, rule, row = table_lines(["Pier", *map(str, range(12))], ["East", *(str(month * 7) for month in range(12))])
    assert [line.split()[-1] for line in (head, rule, row)] == ["11", "--", "77"]


@pytest.mark.parametrize("around", [lambda table: Quote((table,)), lambda table: ListBlock(((Paragraph(()), table),))])
def test_a_table_within_a_quotation_or_a_list_keeps_to_the_page(around):
    row = cells(*(["word " * 7] * 3))
    text = part(around(Table("", cells("a", "b", "c"), (row, row))))
    assert max(map(width, text.split("\n"))) <= COLUMNS
    assert "a" in text.split()


# --- any table --------------------------------------------------------------------------------------------------------

some_words = st.lists(
    st.sampled_from(["a", "lamp", "harbour", f"28{NBSP}августа", "名前", "e\u0301", ">", "From", "--", "x" * 30]),
    max_size=9,
)


@st.composite
def tables(draw):
    """A head, rows and sides; every word ends with the letter of its column."""
    columns = draw(st.integers(1, 8))

    def row():
        return [" ".join(f"{word}{'ABCDEFGH'[column]}" for word in draw(some_words)) for column in range(columns)]

    rows = [row() for _ in range(draw(st.integers(0, 4)))]
    return row(), rows, draw(st.lists(st.sampled_from(Align), min_size=columns, max_size=columns))


@given(tables(), st.integers(20, COLUMNS))
def test_every_word_stands_in_its_column_and_in_order(table, room):
    head, rows, sides = table
    made = set_table(head, rows, sides, room=room)
    columns = [" ".join(column).split(" ") for column in zip(head, *rows, strict=True)]
    if made is None:
        assert sum(max(map(width, column)) + 4 for column in columns) > room
        return
    assert all(width(line) <= room and not line.endswith(" ") for line in made.lines)
    rule = next((line for line in made.lines if "-" in line and not line.strip(" -")), "")
    places = re.finditer("-+", rule)
    for words_of_it, letter in zip(columns, "ABCDEFGH", strict=False):
        shown = [
            (word.group(), *extent(line, word))
            for line in made.lines
            for word in re.finditer(rf"\S+{letter}", line.replace(NBSP, "_"))
        ]
        assert [word for word, _, _ in shown] == [word.replace(NBSP, "_") for word in words_of_it if word]
        if shown:
            place = next(places)
            assert all(place.start() <= start and end <= place.end() for _, start, end in shown)


def extent(line: str, word: re.Match[str]) -> tuple[int, int]:
    """The columns of the screen that a word of a line takes."""
    return width(line[: word.start()]), width(line[: word.end()])


@pytest.mark.parametrize(
    "table",
    [
        lambda size: "| Year | Oil | Hands |\n|---|---|---|\n" + "| 2029 | 1 200 | three or four |\n" * size,
        lambda size: f"|{'a word|' * size}\n|{'-|' * size}\n|{'two|' * size}\n",
        lambda size: "| Year | Why |\n|---|---|\n| 2029 |" + " word" * size + " |\n",
    ],
    ids=["long", "wide", "one cell"],
)
def test_the_work_grows_with_the_table_and_no_faster(table):
    small, large = (calls_of(partial(read_and_write, table(size))) for size in (200, 800))
    assert large < 4.1 * small


def read_and_write(text: str) -> None:
    assert part(*read_article(text, "en").blocks)
