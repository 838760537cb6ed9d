"""CSV as Excel and others write it, line by line."""

import pytest

from tests.formats.register.made_up_files import faults, members

ROW = "M001;individual;P001;Анна"


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_line_of_the_separator_is_no_row(first, line_end):
    table = members(line_end.join([first, "membership;kind;person;name_ru", ROW, ""]), "utf-8-sig")
    assert [(row.row, row.cells["name_ru"]) for row in table.rows] == [(2, "Анна")]
    assert table.warnings == ()


def test_the_separator_of_that_line_is_taken():
    assert members("sep=|\nmembership|kind|person\nM001|individual|P001\n").rows[0].person == "P001"


def test_empty_cells_and_rows_at_the_end_do_not_count():
    wide = ";" * 16_000
    table = members(f"membership;kind;person;name_ru{wide}\n{ROW}{wide}\n" + f";;;{wide}\n" * 3)
    assert (len(table.rows), table.bad) == (1, ())


def test_spaces_and_line_ends_around_a_cell_do_not_count():
    [row] = members('membership,kind,person,name_en\n M001\t,individual,P001\u00a0,"Anna\r\n"\n').rows
    assert (row.membership, row.person, row.cells["name_en"]) == ("M001", "P001", "Anna")


@pytest.mark.parametrize("page", ["cp1252", "cp1251"])
def test_a_garbled_mark_hides_no_column(page):
    text = "membership,kind,person,name_ru\nM1,individual,P1,Мила\n".encode("utf-8-sig").decode(page)
    assert faults(members(text)) == [(2, "name_ru")]


def test_errors_and_garbled_words_are_bad_rows():
    table = members("membership,kind,person,name_ru\nM1,individual,P1,#Н/Д\nM2,individual,P2,РђРЅРЅР°\n")
    assert faults(table) == [(2, "name_ru"), (3, "name_ru")]
    assert "it probably says Анна" in table.bad[1].reason
