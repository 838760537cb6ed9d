import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind, Period
from mailer.domain.register_change import difference
from mailer.domain.register_rows import Given
from mailer.formats.register import cells
from mailer.formats.register.files import (
    parse_payment,
    read_members,
    read_payments,
    write_members_csv,
    write_payments_csv,
    write_xlsx,
)
from tests.builders import a_membership, a_payment, a_register, a_seat, registers, texts

PAID = "membership,period_from,period_to,amount,currency,paid_on,in_full,reference\n"


def members(text: str, encoding: str = "utf-8"):
    return read_members("members.csv", text.encode(encoding))


def payments(text: str):
    return read_payments("payments.csv", text.encode())


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def faults(table) -> list[tuple[int, str]]:
    return [(bad.row, bad.column) for bad in table.bad]


# --- what export writes, import takes back ----------------------------------------------------------------------------


@given(registers())
def test_importing_an_export_changes_nothing(register):
    found = difference(
        register,
        read_members("members.csv", write_members_csv(register)),
        read_payments("payments.csv", write_payments_csv(register)),
    )
    assert found.bad == ()
    assert found.changes_nothing


@settings(max_examples=50)
@given(registers())
def test_importing_an_exported_workbook_changes_nothing(register):
    content = write_xlsx(register)
    found = difference(register, read_members("register.xlsx", content), read_payments("register.xlsx", content))
    assert found.bad == ()
    assert found.changes_nothing


@given(registers())
def test_an_export_makes_the_same_register_anew(register):
    found = difference(
        a_register(),
        read_members("members.csv", write_members_csv(register)),
        read_payments("payments.csv", write_payments_csv(register)),
    )
    assert {change.after.id: change.after for change in found.memberships} == register.memberships
    seats = sorted((change.after for change in found.seats), key=lambda seat: (seat.membership, seat.person))
    assert seats == sorted(register.seats, key=lambda seat: (seat.membership, seat.person))
    assert found.payments == register.payments


@given(st.text(st.sampled_from("'=+-@a"), max_size=5))
def test_the_guard_against_formulas_can_be_taken_off(text):
    assert cells.unguarded(cells.guarded(text)) == text
    assert cells.guarded(text)[:1] not in set("=+-@")


@settings(max_examples=50)
@given(texts())
def test_no_exported_cell_begins_a_formula(text):
    register = a_register(a_membership(organisation=text), a_seat(names={"en": text} if text else {}))
    for line in openpyxl.load_workbook(io.BytesIO(write_xlsx(register)))["members"].iter_rows():
        assert all(cell.data_type != "f" for cell in line)


def test_an_empty_register_is_exported_with_its_columns():
    header = b"membership,kind,organisation,circulation,person,seat,name_en,name_ru,salutation_en,salutation_ru,email,"
    assert write_members_csv(a_register()).startswith(header)
    assert write_payments_csv(a_register()) == PAID.encode()
    assert read_members("register.xlsx", write_xlsx(a_register())).rows == ()


def test_export_has_the_contracts_columns_and_guards():
    register = a_register(
        a_membership(organisation="=SUM(A1)"),
        a_seat(names={"en": "@anna", "ru": "Анна"}, address=Address(local="+a", domain="example.org")),
        a_payment(amount=Decimal("-50000.50"), in_full=True),
    )
    assert write_members_csv(register).decode().splitlines()[1] == (
        "M001,individual,'=SUM(A1),club,P001,,'@anna,Анна,Dear P001,,'+a@example.org,en,,,,"
    )
    assert write_payments_csv(register).decode().splitlines()[1] == (
        "M001,2018-01-01,2018-12-31,-50000.50,RUB,2018-01-22,yes,INV-M001"
    )


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_in_every_dress(separator, encoding, line_end):
    lines = ["membership|kind|person|name_ru|email", "M001|Individual|P001|Анна|a@example.org", ""]
    table = members(line_end.join(lines).replace("|", separator), encoding)
    assert table.bad == ()
    [row] = table.rows
    assert (row.row, row.membership, row.kind, row.person) == (2, "M001", MembershipKind.INDIVIDUAL, "P001")
    assert row.names == {"ru": "Анна"}
    assert row.address == Given(value=Address(local="a", domain="example.org"))
    assert row.salutations == {}
    assert row.ended_on is None


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    text = 'membership,kind,person,name_en\nM001,individual,P001,"two\nlines"\n\n,,,\nM002,individual,P002,Anna\n'
    table = members(text)
    assert faults(table) == [(2, "name_en")]
    assert [row.row for row in table.rows] == [5]


def test_quoted_cells_may_hold_separators_and_quotes():
    [row] = members('membership;kind;person;name_en\nM001;individual;P001;"Ann ""A""; Lee"\n').rows
    assert row.names == {"en": 'Ann "A"; Lee'}


def test_an_empty_cell_clears_and_an_absent_column_leaves():
    [row] = members("membership,kind,person,email,languages,ended_on\nM001,individual,P001,,,\n").rows
    assert (row.address, row.languages, row.ended_on) == (Given(value=None), Given(value=()), Given(value=None))
    assert (row.organisation, row.number, row.pause_first) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "members.csv has nothing in its first row"),
        ("\nmembership,kind,person\n", "members.csv has nothing in its first row"),
        ("membership,kind,person,emial\n", "column emial is unknown (did you mean email?)"),
        ("membership,kind,person,nmae_en\n", "column nmae_en is unknown (did you mean name_en?)"),
        ("membership,kind,person,name_eng\n", "column name_eng is unknown"),
        ("membership,kind\n", "column person is missing"),
        ("membership,kind,person,kind\n", "column kind stands there twice"),
        ('membership,kind,person\nM1,individual,"P1\n', "look at its quotation marks"),
        ("membership,kind,person\0", "is neither CSV in UTF-8 or CP1251 nor XLSX"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(text, said):
    with pytest.raises(BadInput, match=r"members\.csv") as refused:
        members(text)
    assert said in str(refused.value)


def test_what_is_not_text_or_too_large_is_refused():
    for content, said in [
        (b"\x98\xff", "is neither CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "has a password or is in the old Excel format"),
        (b"membership,kind,person" + b"," * 200, "row 1: it has more than 200 columns"),
        (b"membership,kind,person\n\n" + b"," * 200, "row 3: it has more than 200 columns"),
        (b"membership,kind,person\n" + b"," * 200_001, "line 2: it has more than 200000 characters"),
        (b"membership,kind,person,a,b,c,d,e,f,g", "unknown; column d is unknown; .*e is unknown; and 2 more. Mend"),
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
        (whole[:-1], "line 3: the octet D1 is no UTF-8"),
        (whole.replace(b"Anna", b"\xff").replace("А".encode(), b"\xd0"), "line 2: the octet D0"),
    ]:
        with pytest.raises(BadInput, match=said):
            read_members("members.csv", content)
    assert read_members("members.csv", NAMES.encode("cp1251")).rows[1].names == {"ru": "Пётр Лес"}


@given(st.text("абвАЁёЯ«»№– xyz", min_size=1).filter(str.strip))
def test_cp1251_is_not_taken_for_broken_utf8(name):
    assume(cells.unguarded(name) == name)
    table = f"membership,kind,person,name_ru\nM1,individual,P1,Ясная Поляна {name}\n"
    assert read_members("members.csv", table.encode("cp1251")).rows[0].names["ru"].startswith("Ясная Поляна")


def test_cells_without_a_column_and_columns_without_a_cell_are_faults():
    table = members("membership,kind,person,email,,\nM1,individual,P1,,\nM2,individual,P2,,x\nM3,individual\n")
    assert faults(table) == [(3, "5"), (4, "person")]
    assert [row.membership for row in table.rows] == ["M1"]


# --- workbooks --------------------------------------------------------------------------------------------------------


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
    assert (row.membership, row.number, row.address) == ("1001", Given(value=2), Given(value=None))
    assert row.free_until == row.ended_on == Given(value=date(2018, 12, 31))
    one, two = read_payments("register.xlsx", content).rows
    assert (one.amount, one.currency, one.in_full) == (Decimal("50000.5"), "RUB", Given(value=True))
    assert one.period == Period(first=date(2018, 1, 1), last=date(2018, 12, 31))
    assert (two.amount, two.in_full) == (Decimal(50000), Given(value=False))


def test_a_workbook_without_the_sheet_is_refused():
    with pytest.raises(BadInput, match="has no sheet named members, only Sheet, people"):
        read_members("register.xlsx", workbook(people=[]))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("mailer.formats.register.spreadsheet.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(BadInput, match="unpacks to more than"):
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


# --- cells ------------------------------------------------------------------------------------------------------------


def test_every_fault_of_a_row_is_named():
    table = members(
        "membership,kind,person,seat,email,languages,free_until,name_en\n"
        "M1,person,,3,nobody,english,31.02.2018,Anna\n"
        "M2,individual,P2,,,,,Anna\u202e\n"
    )
    wrong = ["kind", "person", "seat", "free_until", "email", "languages"]
    assert sorted(faults(table)) == sorted([*((2, column) for column in wrong), (3, "name_en")])
    assert table.rows == ()
    assert str(table.bad[0]).startswith("members.csv, row 2, column kind: person is no kind of membership")
    assert [bad.key for bad in table.bad][-1] == ("M2", "P2")
    assert table.bad[0].key is None


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\r", "\u202e", "\u2066", "\u200b", "\u2028", "\u0085", "\ufffe"])
def test_characters_that_cannot_be_seen_are_a_fault(hidden):
    with pytest.raises(BadInput, match="the cell holds"):
        cells.parse_text(f"a{hidden}b")


def test_text_is_kept_composed_and_short():
    assert cells.parse_text("и\u0306") == "й"
    with pytest.raises(BadInput, match="longer than 500"):
        cells.parse_text("a" * 501)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000", "50000"),
        ("50 000", "50000"),
        ("50\u00a0000", "50000"),
        ("1\u202f050\u202f000", "1050000"),
        ("50 000,00", "50000"),
        ("50000.50", "50000.5"),
        ("50000,5", "50000.5"),
        ("-50000", "-50000"),
        ("\u221250 000", "-50000"),
        ("0", "0"),
    ],
)
def test_amounts(text, amount):
    assert cells.parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "50,000", "50.000", "5 0", "50 00", "50000.123", "1e5", "RUB 5", "٥", "--5", "5.", "NaN"]
)
def test_amounts_that_could_mean_two_things_are_refused(text):
    with pytest.raises(BadInput, match="is no amount"):
        cells.parse_amount(text)


@pytest.mark.parametrize("text", ["2018-12-31", "31.12.2018"])
def test_dates(text):
    assert cells.parse_date(text) == date(2018, 12, 31)


@pytest.mark.parametrize(
    "text", ["", "12/31/2018", "2018-2-3", "31.12.18", "30.02.2018", "0000-01-01", "9999-12-31", "1812-01-01"]
)
def test_dates_that_are_none_are_refused(text):
    with pytest.raises(BadInput):
        cells.parse_date(text)


@pytest.mark.parametrize(
    ("text", "yes"), [("yes", True), ("Да", True), ("TRUE", True), ("1", True), ("", False), ("нет", False)]
)
def test_yes_and_no(text, yes):
    assert cells.parse_yes(text) is yes


def test_yes_and_no_are_all_there_is():
    with pytest.raises(BadInput, match="neither yes nor no"):
        cells.parse_yes("perhaps")


def test_languages_come_once_each_in_their_order():
    assert cells.parse_languages("ru + EN+ru") == ("ru", "en")
    for wrong in ("english", "en,ru", "en+", "+"):
        with pytest.raises(BadInput, match="is no language"):
            cells.parse_languages(wrong)


def test_an_address_of_another_alphabet_is_kept_as_the_wire_needs_it():
    [row] = members("membership,kind,person,email\nM1,individual,P1,jun@пример.example\n").rows
    assert row.address == Given(value=Address(local="jun", domain="xn--e1afmkfd.example"))


def test_payments_are_read_with_their_faults():
    table = payments(f"{PAID}M1,2018-01-01,31.12.2018,50 000,RUB,,,\nM1,2018,2018-12-31,x,roubles,soon,perhaps,R\n")
    assert [row.amount for row in table.rows] == [Decimal(50000)]
    assert faults(table) == [(3, column) for column in ("period_from", "amount", "currency", "paid_on", "in_full")]


def test_a_payment_can_be_typed():
    typed = {"membership": "M001", "period_from": "01.01.2018", "period_to": "2018-12-31", "amount": "50 000"}
    payment = parse_payment(typed | {"currency": "rub", "paid_on": "2018-01-22", "reference": "INV-M001"})
    assert payment == a_payment()
    with pytest.raises(BadInput, match="currency: nothing is no currency"):
        parse_payment(typed)


# --- the seed ---------------------------------------------------------------------------------------------------------


def test_the_seed_is_the_same_in_every_dress(seed):
    text = (seed / "members.csv").read_text(encoding="utf-8")
    plain = members(text)
    assert plain.bad == ()
    assert len(plain.rows) == 24
    dressed = [
        members(text.replace(",", ";"), "cp1251"),
        members(text.replace(",", "\t"), "utf-8-sig"),
        read_members("members.csv", workbook(members=[line.split(",") for line in text.splitlines()])),
    ]
    assert all(table == plain for table in dressed)
