"""Tables at a narrow terminal: nothing is cut, and what would not fit becomes a paragraph for each row."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mailer.cli.tables import UNLIMITED_WIDTH, table_lines
from tests.counted import calls_of

COLUMNS = ("person", "name", "e-mail", "ended on")
ROWS = [
    ["P101", "Амелия Хартуэлл", "amelia.hartwell@example.org", ""],
    ["P102", "Rui Sá", "", ""],
]


def test_what_fits_is_a_table_without_empty_columns():
    assert list(table_lines(COLUMNS, ROWS, 80)) == [
        "person  name             e-mail",
        "P101    Амелия Хартуэлл  amelia.hartwell@example.org",
        "P102    Rui Sá",
    ]
    assert next(table_lines(COLUMNS, ROWS, UNLIMITED_WIDTH)).endswith("  ended on")


def test_what_does_not_fit_is_a_paragraph_for_each_row():
    assert list(table_lines(COLUMNS, ROWS, 40)) == [
        "person P101  name Амелия Хартуэлл",
        "  e-mail amelia.hartwell@example.org",
        "person P102  name Rui Sá",
    ]


def test_the_last_column_wraps_at_words_but_no_command_does():
    [head, *lines] = table_lines(
        ("what", ""), [["relay", "it does not answer on its port: start it, then `mailer check`"]], 40
    )
    assert head == "what"
    assert lines == [
        "relay  it does not answer on its port:",
        "       start it, then `mailer check`",
    ]
    command = "`mailer approve russia-confidential/320`"
    assert list(table_lines(("issue", ""), [["320", f"it waits: {command}"]], 40)) == [
        "issue 320",
        f"  it waits: {command}",
    ]


def test_a_cell_is_shown_as_it_is_and_its_lines_stand_below_each_other():
    rows = [["Anna :smile: [b]", "one\\\ntwo", "x"], ["漢字", "", ""]]
    assert list(table_lines(("who", "what", ""), rows, UNLIMITED_WIDTH)) == [
        "who               what",
        "Anna :smile: [b]  one\\  x",
        "                  two",
        "漢字",
    ]


def test_a_longer_table_takes_no_more_calls_a_row():
    def calls(count: int) -> int:
        rows = [[f"P{number:06}", "Анна Линдквист", "new"] for number in range(count)]
        return calls_of(lambda: list(table_lines(("person", "name", "change"), rows, UNLIMITED_WIDTH)))

    assert calls(4000) <= 4.6 * calls(1000)


@given(
    st.integers(20, 120),
    st.lists(st.lists(st.text("aбв [`", max_size=60).map(str.strip), min_size=3, max_size=3), min_size=1, max_size=4),
)
def test_no_character_is_lost(width, rows):
    said = re.sub(r"\s", "", "".join(table_lines(("", "", ""), rows, width)))
    assert sorted(said) == sorted(re.sub(r"\s", "", "".join(map("".join, rows))))
