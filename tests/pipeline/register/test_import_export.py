from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import FeeSchedule, Period
from mailer.formats.register.files import read_members, read_payments
from mailer.formats.register.write import write_members_csv, write_payments_csv, write_xlsx
from mailer.formats.token import Keyring
from mailer.pipeline.context import Context
from mailer.pipeline.register.import_export import add_payment, compare, export_register, import_register
from mailer.store import Store, members
from mailer.store.schema import history
from tests.builders import a_payment
from tests.doubles import FrozenClock

NOW = datetime(2018, 7, 12, 10, 0, tzinfo=UTC)
HEADER = "membership,kind,person,email,ended_on\n"
PAID = "membership,period_from,period_to,amount,currency,reference\n"


def secretary(store: Store) -> Context:
    return Context(
        store=store,
        clock=FrozenClock(NOW),
        newsletters={},
        fees=FeeSchedule(seasons=()),
        templates=Path("templates"),
        keys=Keyring(keys=(b"a key of the tests, 32 octets long",)),
        who="secretary",
    )


def bring(store: Store, people: str | bytes = "", paid: str | bytes = "", *, skip_bad=False, end_missing=None):
    people, paid = (part.encode() if isinstance(part, str) else part for part in (people, paid))
    return import_register(
        secretary(store),
        members_table=read_members("members.csv", people) if people else None,
        payments_table=read_payments("payments.csv", paid) if paid else None,
        end_missing=end_missing,
        skip_bad=skip_bad,
    )


def the_register(store: Store):
    with store.transaction() as connection:
        return members.load_register(connection)


def the_history(store: Store) -> list[tuple[str, str, str]]:
    with store.transaction() as connection:
        found = connection.execute(select(history).order_by(history.c.id)).all()
    assert all((row.at, row.who) == (NOW, "secretary") for row in found)
    return [(row.verb, row.subject, row.detail) for row in found]


def test_the_difference_alone_changes_nothing(store):
    table = read_members("members.csv", f"{HEADER}M1,individual,P1,anna@gmail.con,\n".encode())
    found = compare(secretary(store), members_table=table, payments_table=None, end_missing=None)
    assert found.counts["people_added"] == 1
    assert found.warnings == ("P1: anna@gmail.con: gmail.con looks like a typo for gmail.com.",)
    assert the_register(store).memberships == {}
    assert the_history(store) == []


def test_an_import_is_applied_and_told_without_addresses(store):
    bring(store, f"{HEADER}M1,individual,P1,anna@example.org,\n", f"{PAID}M1,2018-01-01,2018-12-31,50 000,RUB,INV-1\n")
    after = the_register(store)
    assert [seat.person for seat in after.seats] == ["P1"]
    assert [payment.amount for payment in after.payments] == [Decimal(50000)]
    assert after.version == 1
    detail = "1 memberships added, 1 people added, 1 payments added"
    assert the_history(store) == [("import", "register", detail)]


def test_a_known_doubtful_address_is_not_warned_about_again(store):
    text = f"{HEADER}M1,individual,P1,anna@gmail.con,\n"
    assert bring(store, text).warnings
    assert bring(store, text.replace("individual", "honorary")).warnings == ()
    assert bring(store, f"{HEADER}M1,honorary,P1,anna@gmail.con,2018-01-01\n").warnings == ()


def test_bad_rows_stop_all_of_it(store):
    people = f"{HEADER}M1,individual,P1,nobody,\nM2,individual,P2,,soon\n"
    paid = f"{PAID}M2,2018-01-01,2018-12-31,50000,RUB,INV-1\n"
    with pytest.raises(BadInput, match=r"^members\.csv, row 2, column email: .* \(and 2 more\); nothing was imported"):
        bring(store, people, paid)
    good = f"{HEADER}M2,individual,P2,,\n"
    with pytest.raises(BadInput, match=r"^payments\.csv, row 2, column membership: M9 is not in the register"):
        bring(store, good, paid.replace("M2", "M9"))
    assert the_register(store).version == 0
    assert the_history(store) == []


def test_bad_rows_can_be_left_out(store):
    people = f"{HEADER}M1,individual,P1,nobody,\nM2,individual,P2,,\n"
    found = bring(store, people, f"{PAID}M1,2018-01-01,2018-12-31,50000,RUB,INV-1\n", skip_bad=True)
    assert len(found.bad) == 2
    assert list(the_register(store).memberships) == ["M2"]
    assert the_history(store)[0][2].endswith("2 bad rows")


def test_who_is_missing_ends_when_asked(store):
    bring(store, f"{HEADER}M1,individual,P1,,\nM2,individual,P2,,\n")
    rest = f"{HEADER}M1,individual,P1,,\n"
    assert bring(store, rest).changes_nothing
    bring(store, rest, end_missing=date(2018, 7, 12))
    assert [seat.ended_on for seat in the_register(store).seats] == [None, date(2018, 7, 12)]


def test_an_empty_table_changes_nothing(store):
    assert bring(store, HEADER, PAID).changes_nothing
    assert the_register(store).version == 0


def test_a_payment_is_entered_once(store):
    bring(store, f"{HEADER}M001,individual,P1,,\n")
    add_payment(secretary(store), a_payment(reference="INV-1"))
    with pytest.raises(Refused, match="is there already; give a second instalment a reference"):
        add_payment(secretary(store), a_payment(reference="INV-1"))
    assert the_register(store).payments == (a_payment(reference="INV-1"),)
    assert the_register(store).version == 2
    assert the_history(store)[1:] == [("payment", "M001", "1 payment added")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"membership": "M999"}, "M999 is not in the register"),
        ({"amount": Decimal(1)}, "enter a reversal"),
        ({"period": Period(first=date(2018, 12, 31), last=date(2018, 1, 1)), "reference": ""}, "is before"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(store, fields, said):
    bring(store, f"{HEADER}M001,individual,P1,,\n", f"{PAID}M001,2018-01-01,2018-12-31,50000,RUB,INV-1\n")
    with pytest.raises(Refused, match=said):
        add_payment(secretary(store), a_payment(**{"reference": "INV-1"} | fields))
    assert len(the_register(store).payments) == 1


# --- the seed ---------------------------------------------------------------------------------------------------------


def seed_in_every_dress(seed) -> dict[str, tuple[bytes, bytes]]:
    texts = [(seed / name).read_text(encoding="utf-8") for name in ("members.csv", "payments.csv")]
    return {
        "as it is": tuple(text.encode() for text in texts),
        "CP1251 with semicolons": tuple(text.replace(",", ";").encode("cp1251") for text in texts),
        "UTF-8 with BOM and tabs": tuple(text.replace(",", "\t").encode("utf-8-sig") for text in texts),
    }


def test_the_seed_twice_changes_nothing(store, seed):
    people, paid = seed_in_every_dress(seed)["as it is"]
    assert bring(store, people, paid).bad == ()
    once = the_register(store)
    assert (len(once.memberships), len(once.seats), len(once.payments), once.version) == (22, 24, 20, 1)
    for people, paid in seed_in_every_dress(seed).values():
        found = bring(store, people, paid, end_missing=date(2018, 7, 12))
        assert found.changes_nothing
        assert found.bad == found.warnings == ()
    assert the_register(store) == once


def test_the_seed_comes_back_out_as_it_went_in(store, seed):
    people, paid = seed_in_every_dress(seed)["as it is"]
    bring(store, people, paid)
    register = export_register(secretary(store))
    punycode = "пример.example".encode("idna")
    assert write_members_csv(register) == people.replace("пример.example".encode(), punycode)
    assert write_payments_csv(register) == paid
    assert bring(store, write_xlsx(register), write_xlsx(register), end_missing=date(2018, 7, 12)).changes_nothing
    assert the_history(store)[1] == ("export", "register", "24 people")


@pytest.mark.parametrize("dress", ["CP1251 with semicolons", "UTF-8 with BOM and tabs", "XLSX"])
def test_the_seed_is_one_register_in_every_dress(store, tmp_path, seed, dress):
    other = Store.open("sqlite:///other.db", tmp_path)
    dresses = seed_in_every_dress(seed)
    bring(other, *dresses["as it is"])
    expected = the_register(other)
    other.close()
    workbook = write_xlsx(expected)
    bring(store, *(dresses | {"XLSX": (workbook, workbook)})[dress])
    assert the_register(store) == replace(expected, version=1)
