"""CSV as spreadsheet programs save it: read in every form, refused by name when it is no table."""

import pytest

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind
from mailer.formats.register.files import (
    read_members,
)
from tests.formats.register.made_up_files import faults, members


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_in_every_dress(separator, encoding, line_end):
    lines = ["membership|kind|person|name_ru|email", "M001|Individual|P001|Анна|a@example.org", ""]
    table = members(line_end.join(lines).replace("|", separator), encoding)
    assert table.bad == ()
    [row] = table.rows
    assert (row.row, row.membership, row.kind, row.person) == (2, "M001", MembershipKind.INDIVIDUAL, "P001")
    assert row.cells["name_ru"] == "Анна"
    assert row.cells["email"] == Address(local="a", domain="example.org")
    assert row.cells.keys() == {"membership", "kind", "person", "name_ru", "email"}


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    text = 'membership,kind,person,name_en\nM001,individual,P001,"two\nlines"\n\n,,,\nM002,individual,P002,Anna\n'
    table = members(text)
    assert faults(table) == [(2, "name_en")]
    assert [row.row for row in table.rows] == [5]


def test_quoted_cells_may_hold_separators_and_quotes():
    [row] = members('membership;kind;person;name_en\nM001;individual;P001;"Ann ""A""; Lee"\n').rows
    assert row.cells["name_en"] == 'Ann "A"; Lee'


def test_an_empty_cell_clears_and_an_absent_column_leaves():
    [row] = members("membership,kind,person,email,languages,ended_on\nM001,individual,P001,,,\n").rows
    assert (row.cells["email"], row.cells["languages"], row.cells["ended_on"]) == (None, (), None)
    assert not {"organisation", "seat", "pause_from"} & row.cells.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "members.csv is empty"),
        ("\nmembership,kind,person\n", "members.csv has an empty first row"),
        ("membership,kind,person,emial\n", "column emial is unknown (did you mean email?)"),
        ("membership,kind,person,nmae_en\n", "column nmae_en is unknown (did you mean name_en?)"),
        ("membership,kind,\u0440\u0435rson\n", "column \u0440\u0435rson is unknown (did you mean person?)"),  # Cyrillic
        ("membership,kind,person,name_eng\n", "column name_eng is unknown"),
        ("membership,kind\n", "column person is missing"),
        ("membership,kind,person,kind\n", "column kind appears twice"),
        ('membership,kind,person\nM1,individual,"P1\n', "check the quotation marks"),
        ("membership,kind,person\0", "line 1: it has a NUL byte"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(text, said):
    with pytest.raises(BadInput, match=r"members\.csv") as refused:
        members(text)
    assert said in str(refused.value)


def test_what_is_not_text_or_too_large_is_refused():
    for content, said in [
        ("王小明".encode("gbk"), "is neither XLSX nor CSV in a known encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "has a password or is in the old Excel format"),
        (b"membership,kind,person" + b"," * 200 + b"x", "row 1: it has more than 200 columns"),
        (b"membership,kind,person\n\n" + b"," * 200 + b"x", "row 3: it has more than 200 columns"),
        (b"membership,kind,person\n" + b"," * 200_001, "line 2: it has more than 200000 characters"),
        (b"membership,kind,person,a,b,c,d,e,f,g", "unknown; column d is unknown; .*e is unknown; and 2 more; correct"),
        (b"PK\x03\x04 not a workbook", "cannot be read as a workbook"),
        (b"a" * 20_000_001, "is larger than 20 MB"),
        (b"membership,kind,person\n" * 100_001, "has more than 100000 rows"),
    ]:
        with pytest.raises(BadInput, match=said):
            read_members("members.csv", content)


NAMES = "membership,kind,person,name_ru\nM1,individual,P1,Анна Тёрн\nM2,individual,P2,Пётр Лес"


def test_a_flaw_in_utf8_does_not_make_other_names_of_all():
    whole = NAMES.encode()
    for content, said in [
        (whole[:-1], "line 3: the byte D1 is not UTF-8"),
        (whole.replace(b"Anna", b"\xff").replace("А".encode(), b"\xd0"), "line 2: the byte D0"),
    ]:
        with pytest.raises(BadInput, match=said):
            read_members("members.csv", content)
    assert read_members("members.csv", NAMES.encode("cp1251")).rows[1].cells["name_ru"] == "Пётр Лес"


def test_cells_without_a_column_and_columns_without_a_cell_are_faults():
    table = members("membership,kind,person,email,,\nM1,individual,P1,,\nM2,individual,P2,,x\nM3,individual\n")
    assert faults(table) == [(3, "5"), (4, "person")]
    assert [row.membership for row in table.rows] == ["M1"]


@pytest.mark.parametrize("above", ["Members of the Club, 2018\n", "Members,,\n\nlast checked by Ann,,\n"])
def test_a_title_above_the_names_of_the_columns_is_named(above):
    with pytest.raises(BadInput, match=r"the names of the columns are in row \d; delete the rows above it\.$"):
        members(f"{above}Membership,kind,person\nM001,individual,P001\n")


def test_columns_in_other_words_are_refused_with_the_right_names():
    with pytest.raises(
        BadInput, match=r"Correct the names of the columns: membership, kind, .*name_en, .*pause_until, phone\.$"
    ):
        members("Членство,Вид,Лицо\nM001,individual,P001\n")


def test_a_column_is_suggested_in_its_language():
    with pytest.raises(BadInput, match=r"salutation ru is unknown \(did you mean salutation_ru\?\)"):
        members("membership,kind,person,Salutation RU\nM001,individual,P001,\n")


@pytest.mark.parametrize("separator", ["|", ":", " "])
def test_an_unknown_separator_is_named(separator):
    with pytest.raises(BadInput, match="row 1 is a single cell; separate the cells by"):
        members(separator.join(["membership", "kind", "person"]) + "\n")
