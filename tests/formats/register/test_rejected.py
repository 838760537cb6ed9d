"""Pasted rows are read as Excel copies them, and rejected ones go back as they came."""

import io

import openpyxl
import pytest

from mailer.domain.errors import BadInput
from mailer.domain.register_rows import BadRow
from mailer.formats.register.files import members_in, read_members
from mailer.formats.register.rejected import rejected_csv, rejected_rows, rejected_text, rejected_workbook
from mailer.formats.register.spreadsheet import pasted_table, read_table

COLUMNS = ("membership", "kind", "person", "name_en", "email")
HEADER = "\t".join(COLUMNS)


def test_rows_with_a_header_are_numbered_below_it():
    table = pasted_table("pasted rows", f"\r\n{HEADER}\r\nM1\tindividual\tP1\tAnna\t\r\n", COLUMNS)
    assert (table.columns, [row.number for row in table.rows], table.remarks) == (COLUMNS, [2], ())


def test_rows_without_a_header_have_the_usual_columns():
    table = pasted_table("pasted rows", "M1\tindividual\tP1\tAnna\n\nM2\tindividual\tP2\tBen", COLUMNS)
    assert table.columns == COLUMNS[:4]
    assert [row.number for row in table.rows] == [1, 3]
    assert "read as membership, kind, person, name_en" in table.remarks[0]
    assert [row.person for row in members_in(table).rows] == ["P1", "P2"]


@pytest.mark.parametrize("name", ['"Anna" Berg', 'Anna "A" Berg', '"Anna'])
def test_quotation_marks_stay_as_they_were_copied(name):
    table = pasted_table("pasted rows", f"{HEADER}\nM1\tindividual\tP1\t{name}\t", COLUMNS)
    assert members_in(table).rows[0].cells["name_en"] == name


def test_nothing_pasted_is_said():
    with pytest.raises(BadInput, match="paste at least one row"):
        pasted_table("pasted rows", "\n\n", COLUMNS)


def fault(table, row: int, column: str, reason: str) -> BadRow:
    return BadRow(file=table.place, row=row, column=column, reason=reason)


def test_only_bad_rows_come_back_with_every_reason():
    table = pasted_table("pasted rows", f"{HEADER}\nM1\tx\tP1\tA\tb\nM2\tindividual\tP2\tB\t", COLUMNS)
    faults = [fault(table, 2, "kind", "wrong"), fault(table, 2, "email", "no address")]
    other = BadRow(file="another", row=3, column="kind", reason="not here")
    header, rows = rejected_rows(table, [*faults, other])
    assert header == [*COLUMNS, "reason"]
    assert rows == [["M1", "x", "P1", "A", "b", "kind: wrong; email: no address"]]


def test_an_old_reason_is_replaced_and_left_out_by_an_import():
    table = pasted_table("pasted rows", f"{HEADER}\treason\nM1\tindividual\tP1\tA\t\told", COLUMNS)
    assert members_in(table).bad == ()
    header, rows = rejected_rows(table, [fault(table, 2, "email", "new")])
    assert header == [*COLUMNS, "reason"]
    assert rows[0][-1] == "email: new"


def test_a_cell_that_a_spreadsheet_would_calculate_is_guarded():
    table = pasted_table("pasted rows", f"{HEADER}\nM1\tindividual\tP1\t=1+1\t-5", COLUMNS)
    sheet = rejected_rows(table, [fault(table, 2, "email", "x")])
    assert sheet[1][0][3:5] == ["'=1+1", "-5"]
    content = io.BytesIO(rejected_workbook({"members": sheet}))
    assert openpyxl.load_workbook(content)["members"]["D2"].data_type == "s"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_comes_back_in_its_own_dress(encoding, separator):
    lines = [separator.join(COLUMNS), separator.join(["M1", "individual", "P1", "Анна Линдквист", "кто"])]
    content = "\n".join(lines).encode(encoding)
    bad = read_members("m.csv", content).bad
    text = rejected_csv(rejected_rows(read_table("m.csv", content, "members", None), bad), content)
    assert text.decode(encoding).splitlines()[0] == separator.join([*COLUMNS, "reason"])
    again = read_members("m.csv", text)
    assert [row.column for row in again.bad] == ["email"]


def test_pasted_rows_come_back_to_be_pasted():
    table = pasted_table("pasted rows", f"{HEADER}\nM1\tindividual\tP1\tA\tno", COLUMNS)
    text = rejected_text(rejected_rows(table, [fault(table, 2, "email", "no address")]))
    assert text.splitlines()[1] == "M1\tindividual\tP1\tA\tno\temail: no address"
