"""The register's files: an import reads back what an export wrote, and every fault of a row is named."""

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.register_change import difference
from mailer.formats.register import cells
from mailer.formats.register.files import parse_payment, read_members, read_payments
from mailer.formats.register.write import write_members_csv, write_payments_csv, write_xlsx
from tests.builders import a_membership, a_payment, a_register, a_seat, registers, texts
from tests.formats.register.made_up_files import PAYMENTS_HEADER, faults, members, payments, workbook

# --- what export writes, import takes back ----------------------------------------------------------------------------


@given(registers())
def test_importing_an_export_changes_nothing(register):
    outcome = difference(
        register,
        read_members("members.csv", write_members_csv(register)),
        read_payments("payments.csv", write_payments_csv(register)),
    )
    assert outcome.bad == ()
    assert outcome.changes_nothing


@settings(max_examples=50)
@given(registers())
def test_importing_an_exported_workbook_changes_nothing(register):
    content = write_xlsx(register)
    outcome = difference(register, read_members("register.xlsx", content), read_payments("register.xlsx", content))
    assert outcome.bad == ()
    assert outcome.changes_nothing


@given(registers())
def test_an_export_makes_the_same_register_anew(register):
    outcome = difference(
        a_register(),
        read_members("members.csv", write_members_csv(register)),
        read_payments("payments.csv", write_payments_csv(register)),
    )
    assert {change.after.id: change.after for change in outcome.memberships} == register.memberships
    seats = sorted((change.after for change in outcome.seats), key=lambda seat: (seat.membership, seat.person))
    assert seats == sorted(register.seats, key=lambda seat: (seat.membership, seat.person))
    assert outcome.payments == register.payments


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
    assert write_payments_csv(a_register()) == PAYMENTS_HEADER.encode()
    assert read_members("register.xlsx", write_xlsx(a_register())).rows == ()


def test_an_export_has_all_columns_but_an_empty_one_of_telephones_and_guards():
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


def test_every_fault_of_a_row_is_named():
    table = members(
        "membership,kind,person,seat,email,languages,free_until,name_en\n"
        "M1,person,,3,nobody,english,31.02.2018,Anna\n"
        "M2,individual,P2,,,,,Anna\u202e\n"
    )
    wrong = ["kind", "person", "seat", "free_until", "email", "languages"]
    assert sorted(faults(table)) == sorted([*((2, column) for column in wrong), (3, "name_en")])
    assert table.rows == ()
    assert str(table.bad[0]).startswith("members.csv, row 2, column kind: person is not a kind of membership")
    assert [bad.key for bad in table.bad][-1] == ("M2", "P2")
    assert table.bad[0].key is None


def test_an_address_of_another_alphabet_is_kept_as_the_wire_needs_it():
    [row] = members("membership,kind,person,email\nM1,individual,P1,jun@пример.example\n").rows
    assert row.cells["email"] == Address(local="jun", domain="xn--e1afmkfd.example")


def test_payments_are_read_with_their_faults():
    table = payments(
        f"{PAYMENTS_HEADER}M1,2018-01-01,31.12.2018,50 000,RUB,,,\nM1,2018,2018-12-31,x,roubles,soon,perhaps,R\n"
    )
    assert [row.payment.amount for row in table.rows] == [Decimal(50000)]
    assert faults(table) == [(3, column) for column in ("period_from", "amount", "currency", "paid_on", "in_full")]


def test_a_payment_can_be_typed():
    typed = {"membership": "M001", "period_from": "01.01.2018", "period_to": "2018-12-31", "amount": "50 000"}
    payment = parse_payment(typed | {"currency": "rub", "paid_on": "2018-01-22", "reference": "INV-M001"})
    assert payment == a_payment()
    with pytest.raises(BadInput, match="currency: the cell is empty; write its three letters"):
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
    assert all([row.cells for row in table.rows] == [row.cells for row in plain.rows] for table in dressed)
    assert [len(table.remarks) for table in dressed] == [1, 0, 0]  # the first names CP1251
    assert not any(table.warnings for table in dressed)
