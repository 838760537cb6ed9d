"""Workbooks as Excel and others write them: what Excel shows is what is read, or the cell is named."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from mailer.domain.errors import BadInput
from mailer.domain.membership import Period
from mailer.formats.register.files import read_members, read_payments
from tests.formats.register.made_up_files import faults, raw_cell, raw_row, raw_workbook, workbook


def test_a_workbook_is_read_with_its_dates_and_numbers():
    content = workbook(
        Members=[
            ["Membership", "kind", "person", "seat", "free_until", "ended_on", "email"],
            [1001, "corporate", "P1", 2.0, datetime.fromisoformat("2018-12-31"), "31.12.2018"],
        ],
        payments=[
            ["membership", "period_from", "period_to", "amount", "currency", "in_full"],
            [1001, date(2018, 1, 1), "2018-12-31", 50000.5, "rub", True],
            [1001, date(2018, 1, 1), "2018-12-31", "50 000,00", "rub"],
        ],
    )
    [row] = read_members("register.xlsx", content).rows
    assert (row.membership, row.seat_number, row.cells["email"]) == ("1001", 2, None)
    assert row.cells["free_until"] == row.cells["ended_on"] == date(2018, 12, 31)
    first, second = read_payments("register.xlsx", content).rows
    assert (first.payment.amount, first.payment.currency, first.payment.in_full) == (Decimal("50000.5"), "RUB", True)
    assert first.payment.period == Period(first=date(2018, 1, 1), last=date(2018, 12, 31))
    assert (second.payment.amount, second.payment.in_full) == (Decimal(50000), False)


def test_a_workbook_without_the_sheet_is_refused():
    with pytest.raises(BadInput, match="has no sheet named members, only Sheet, people"):
        read_members("register.xlsx", workbook(people=[]))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("mailer.formats.register.workbook.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(BadInput, match="unpacks to more than"):
        read_members("register.xlsx", workbook(members=[["membership"]]))


def test_a_workbook_of_nothing_but_parts_is_refused(monkeypatch):
    monkeypatch.setattr("mailer.formats.register.workbook.MAX_PARTS", 3)
    with pytest.raises(BadInput, match="has more than 3 parts"):
        read_members("register.xlsx", workbook(members=[["membership"]]))


def marked(content: bytes, *, flags: int = 0, method: int = 8) -> bytes:
    """The archive with these marks on every file in it, in its directory and at the file (APPNOTE 4.3.7, 4.3.12)."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        head, *parts = content.split(signature)
        tails = (part[: at - 4] + bytes([flags, 0, method]) + part[at - 1 :] for part in parts)
        content = signature.join([head, *tails])
    return content


def test_a_workbook_that_is_locked_or_damaged_is_refused():
    whole = workbook(members=[["membership", "kind", "person"]])
    middle = whole.index(b"xl/workbook.xml") + 30
    for content, said in [
        (marked(whole, flags=1), "has a password; save it without"),
        (marked(whole, method=99), "cannot be read as a workbook"),
        (marked(whole, method=12), "cannot be read as a workbook"),
        (marked(whole, method=14), "cannot be read as a workbook"),
        (whole[:middle] + b"\xff" * 30 + whole[middle + 30 :], "cannot be read as a workbook"),
    ]:
        with pytest.raises(BadInput, match=said):
            read_members("register.xlsx", content)
    assert read_members("register.xlsx", marked(whole)).rows == ()


# --- what Excel stores otherwise than it shows ------------------------------------------------------------------------


def read(*rows: str, **parts):
    return read_members("register.xlsx", raw_workbook(*rows, **parts))


@pytest.mark.parametrize(
    "formula",
    [
        '<c r="E2"><f>DATE(2026,8,31)</f></c>',
        '<c r="E2"><f>DATE(2026,8,31)</f><v/></c>',
        '<c r="E2"><f>DATE(2026,8,31)</f><v></v></c>',
        '<c r="E2" t="str"><f>TEXT(A1,"0")</f></c>',
        '<c r="E2"><f t="shared" si="0"/></c>',
        '<c r="E2"><f t="array" ref="E2">A1:A3</f></c>',
        '<c r="E2"><f t="dataTable" ref="E2" r1="B1"/></c>',
    ],
)
def test_a_formula_without_its_value_is_named_with_its_cell(formula):
    table = read(raw_row(2, formula))
    assert table.rows == ()
    assert str(table.bad[0]).startswith(
        "register.xlsx, sheet members, row 2, column ended_on (cell E2): the cell has a formula without its value"
    )


def test_a_formula_with_its_value_is_read():
    email = '<c r="D2" t="str"><f>LOWER(A1)</f><v>anna@example.org</v></c>'
    nothing = '<c r="E2" t="str"><f>IF(A1="","",A1)</f><v></v></c>'
    [row] = read(raw_row(2, email, nothing)).rows
    assert (str(row.cells["email"]), row.cells["ended_on"]) == ("anna@example.org", None)


def test_values_that_a_program_left_to_excel_are_none():
    placeholder = '<c r="F2"><f>A1</f><v>0</v></c>'
    assert faults(read(raw_row(2, placeholder), book='<calcPr fullCalcOnLoad="1"/>')) == [(2, "name_en")]
    table = read(raw_row(2, placeholder))
    assert "the formula gives 0, as it does for an empty cell" in table.bad[0].reason


def test_an_array_formula_that_was_left_to_excel_has_no_values():
    formula = '<c r="F2"><f t="array" ref="F2:F3">UPPER(G2:G3)</f><v>0</v></c>'
    rows = (raw_row(2, formula), raw_row(3, '<c r="F3"><v>0</v></c>'))
    assert faults(read(*rows, book='<calcPr fullCalcOnLoad="1"/>')) == [(2, "name_en"), (3, "name_en")]


def test_the_cells_of_an_array_formula_need_their_values():
    table = read(
        raw_row(2, '<c r="D2" t="str"><f t="array" ref="D2:D4">LOWER(G2:G4)</f><v>anna@example.org</v></c>'),
        raw_row(3, '<c r="D3" t="str"><v></v></c>'),
        raw_row(4, '<c r="D4"/>'),
    )
    assert faults(table) == [(4, "email")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!"])
def test_an_error_of_excel_is_named(error):
    table = read(raw_row(2, f'<c r="D2" t="e"><v>{error}</v></c>'))
    assert faults(table) == [(2, "email")]
    assert error in table.bad[0].reason
    assert table.bad[0].cell == "D2"


def test_cells_under_a_merged_one_are_named():
    merged = '<mergeCells><mergeCell ref="D2:D3"/><mergeCell ref="E2:E3"/></mergeCells>'
    table = read(raw_row(2, '<c r="D2" t="str"><v>a@example.org</v></c>'), raw_row(3), after=merged)
    assert faults(table) == [(3, "email")]
    assert "merged with D2" in table.bad[0].reason


def test_hidden_rows_columns_and_sheets_are_imported_with_a_note():
    table = read(
        *(raw_row(number, attributes='hidden="1"' if number in {3, 5, 6} else "") for number in range(2, 8)),
        '<row r="9" hidden="1"/>',
        before='<cols><col min="4" max="5" hidden="1"/><col min="2" max="2" width="0"/></cols>',
        sheets=('name="Members " sheetId="1" state="veryHidden"', 'name="members (2)" sheetId="2"'),
    )
    assert len(table.rows) == 6
    assert [note.split(": ", 1)[1] for note in table.warnings] == [
        "the sheet members (2) is not read, only Members .",
        "the sheet Members  is hidden in Excel; it is imported all the same.",
        "rows 3, 5–6 are hidden in Excel and imported all the same; delete rows that do not belong to the register.",
        "hidden in Excel and imported all the same: kind, email, ended_on.",
    ]


def test_two_sheets_of_one_name_are_refused():
    with pytest.raises(BadInput, match="has 2 sheets named members"):
        read(sheets=('name="members" sheetId="1"', 'name="Members " sheetId="2"'))


def test_strict_open_xml_is_read():
    day = '<c r="E2" t="d"><v>2018-12-31T00:00:00</v></c>'
    [row] = read(raw_row(2, day, raw_cell("F2", "Anna")), strict=True).rows
    assert (row.cells["name_en"], row.cells["ended_on"]) == ("Anna", date(2018, 12, 31))


def test_empty_cells_with_a_format_do_not_count():
    far = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    table = read(raw_row(2, '<c r="XFD2" s="0"/>'), far)
    assert (len(table.rows), table.bad, table.warnings) == (1, (), ())


def test_texts_are_read_as_excel_shows_them():
    strings = (
        "<si><t>Ann Smith_x000D_</t></si><si><r><t>An</t></r><r><t>na</t></r><rPh><t>x</t></rPh></si>"
        "<si><t>Anna\u00a0</t></si><si><t>_x005F_x0041_</t></si>"
    )
    rows = [raw_row(n + 2, f'<c r="F{n + 2}" t="s"><v>{n}</v></c>') for n in range(4)]
    table = read(*rows, strings=strings)
    assert [row.cells["name_en"] for row in table.rows] == ["Ann Smith", "Anna", "Anna"]
    assert "_x0041_" in table.bad[0].reason


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("7", "0000", "0007"),
        ("7", "000-000", "000-007"),
        ("1234567", "000-000", "1234-567"),
        ("7", "&quot;P&quot;000", "P007"),
        ("7", "\\P000;[Red]-000", "P007"),
        ("7", "General", "7"),
        ("1234567", "#,##0", "1234567"),
        ("1E+05", "0.00E+00", "100000"),
    ],
)
def test_an_id_has_the_zeros_and_letters_of_its_format(stored, code, shown):
    [row] = read(raw_row(2, f'<c r="C2" s="1"><v>{stored}</v></c>', person=""), formats=(code,)).rows
    assert row.person == shown


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c r="C2"><v>42.5</v></c>', "a number with a fraction here (42.5)"),
        ('<c r="C2"><v>12345678901234567</v></c>', "a number, of which it keeps 15 digits only"),
        ('<c r="C2" t="b"><v>1</v></c>', "a yes or no here (TRUE)"),
        ('<c r="C2" s="1"><v>43101</v></c>', "a date here (2018-01-01)"),
        ('<c r="C2" s="2"><v>0.5</v></c>', "a percentage (50 %)"),
    ],
)
def test_an_id_that_excel_took_for_something_else_is_named(cell, said):
    table = read(raw_row(2, cell, person=""), formats=("dd.mm.yyyy", "0%"))
    assert faults(table) == [(2, "person")]
    assert said in table.bad[0].reason


def test_days_are_counted_from_the_epoch_of_the_workbook():
    day = '<c r="E2" s="1"><v>43464</v></c>'
    windows, mac = (
        read(raw_row(2, day), formats=("dd/mm/yyyy;@",), book=book).rows[0].cells["ended_on"]
        for book in ("", '<workbookPr date1904="1"/>')
    )
    assert (windows, mac) == (date(2018, 12, 30), date(2022, 12, 31))


def test_a_day_that_there_is_not_is_named():
    table = read(raw_row(2, '<c r="E2" s="1"><v>99999999</v></c>'), formats=("dd.mm.yyyy",))
    assert faults(table) == [(2, "ended_on")]


def test_a_column_without_a_name_and_a_broken_header_are_named():
    assert faults(read(raw_row(2, raw_cell("G2", "x")))) == [(2, "7")]
    with pytest.raises(BadInput, match=r"row 1, column 7: the cell has a formula without its value"):
        read(header='membership,kind,person,email,ended_on,name_en,</t></is></c><c r="G1"><f>A1</f><is><t>')


def test_an_archive_that_is_no_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(BadInput, match=r"register\.xlsx is not an \.xlsx workbook; save it as \.xlsx"):
        read_members("register.xlsx", content.getvalue())


def test_a_row_with_an_unreadable_id_belongs_to_no_person():
    table = read(raw_row(2, '<c r="C2"><v>42.5</v></c>', person=""))
    assert table.bad[0].key is None


def test_a_workbook_that_would_fill_the_memory_is_refused():
    for content, why in (
        ({"rows": [raw_row(2, "<c/>" * 100_000)]}, "a row or a text of more than 100000 elements"),
        ({"strings": f"<si>{'<r>' * 100_000}{'</r>' * 100_000}</si>"}, "a row or a text of more than 100000 elements"),
        ({"rows": [raw_row(2, raw_cell("ZZZZZ2", "x"))]}, "ZZZZZ2 is no cell"),
    ):
        rows = content.pop("rows", [])
        with pytest.raises(BadInput, match="cannot be read as a workbook; save it as") as refused:
            read(*rows, **content)
        assert why in str(refused.value.__cause__)
    assert not read(*(raw_row(row, "<c/>" * 1000) for row in range(2, 110))).bad  # as many in all, none at one time


def test_a_cell_beside_the_table_is_named_by_its_place():
    content = workbook(members=[["membership", "kind", "person"], ["M1", "individual", "P1", "", "seen by Ann"]])
    [fault] = read_members("register.xlsx", content).bad
    assert str(fault) == (
        "register.xlsx, sheet members, row 2, column 5 (cell E2): the cell has no column name above it; "
        "write one in row 1, or clear the cell"
    )


def test_an_encoding_for_a_workbook_is_called_unused():
    content = workbook(members=[["membership", "kind", "person"], ["M1", "individual", "P1"]])
    table = read_members("register.xlsx", content, encoding="cp1251")
    assert table.remarks == ("register.xlsx is a workbook, for which --encoding does not count",)
    assert read_members("register.xlsx", content).remarks == ()


def test_a_row_that_is_refused_later_has_its_cell_too():
    content = workbook(members=[["membership", "kind", "person"], ["M1", "individual", "P1"]])
    [row] = read_members("register.xlsx", content).rows
    assert row.bad("person", "why").cell == "C2"
