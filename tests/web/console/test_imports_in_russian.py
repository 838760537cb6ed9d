"""Whatever is wrong with what is imported is said in Russian on a Russian page, but for names of columns and what was typed."""

import html
import re
from collections.abc import Iterator, Mapping

import pytest
from starlette.testclient import TestClient

from mailer.domain.access import Role
from tests.web.conftest import Console

MEMBER = {
    "membership": "M900", "kind": "individual", "circulation": "club", "person": "P900", "name_en": "Ada Moor",
    "email": "ada@example.org", "languages": "en",
}  # fmt: skip
PAYMENT = {
    "membership": "M001", "period_from": "2019-01-01", "period_to": "2019-12-31", "amount": "50000", "currency": "RUB",
    "reference": "INV-19",
}  # fmt: skip
# Cells that make a member's row wrong, or look like a slip.
MEMBERS: tuple[Mapping[str, str], ...] = (
    {"email": "ada at example.org"}, {"email": "ada@"}, {"email": "ada@gmial.com"}, {"email": "аda@example.org"}, {"kind": "guest"},
    {"membership": ""}, {"person": ""}, {"person": "P" * 70}, {"languages": "english"}, {"seat": "3"}, {"seat": "1"},
    {"pause_from": "2018-13-01"}, {"pause_from": "2018-08-02", "pause_until": "2018-08-01"}, {"ended_on": "soon"},
    {"free_until": "0018-12-31"}, {"circulation": "clab"}, {"circulation": ""}, {"circulation": "archive"},
    {"name_en": "Ada\u202eMoor"}, {"name_en": "Аda Moor"}, {"name_en": "A" * 5000}, {"salutation_en": "Dear Ada,"},
    {"salutation_en": "Dear Dear Ada"}, {"salutation_en": "Дорогая Ада"}, {"membership": "M0001"}, {"membership": "m001"}, {"membership": "М001"},
    {"person": "p001"}, {"person": "P0001"}, {"membership": "M001", "kind": "individual", "person": "P901"},
    {"membership": "M001", "kind": "corporate", "person": "P001"}, {"organisation": "The Аpothecary"},
)  # fmt: skip
PAYMENTS: tuple[Mapping[str, str], ...] = (
    {"amount": "much"}, {"amount": ""}, {"currency": "roubles"}, {"period_to": "2018-12-31"}, {"amount": "1000000000000000"},
    {"membership": "M950"}, {"in_full": "maybe"}, {"amount": "0"}, {"amount": "-50000"}, {"amount": "500"}, {"amount": "500000"},
    {"period_to": "2019-06-30"}, {"paid_on": "2031-01-01"}, {"paid_on": "1999-01-01"}, {"period_from": "2090-01-01", "period_to": "2090-12-31"},
    {"amount": "60000"}, {"membership": "m001"},
)  # fmt: skip
PAIRS: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = (
    ({}, {}),
    ({}, {"person": "P901", "email": "ben@example.org"}),
    ({}, {"person": "P901", "circulation": "centre"}),
    ({"kind": "corporate", "seat": "1"}, {"kind": "corporate", "seat": "1", "person": "P901"}),
    ({"membership": "M901", "person": "P-42"}, {"membership": "M902", "person": "P-042"}),
)
FILES = (
    ("members.csv", b""), ("members.csv", b"\n1,2\n"), ("members.csv", b"one\ntwo\n"), ("members.csv", b"PK\x03\x04 no workbook"),
    ("members.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("members.csv", b'membership,kind\n"M1,individual\n'),
    ("members.csv", b"membership,kind,kind\nM1,individual,x\n"), ("members.csv", b"membership;person\nM1;P1\n"),
    ("members.csv", ",".join([*MEMBER, "fax"]).encode() + b"\nM900,individual,club,P900,Ada,ada@example.org,en,1\n"),
    ("members.csv", ",".join([*MEMBER, "emial"]).encode() + b"\nM900,individual,club,P900,Ada,ada@example.org,en,1\n"),
    ("members.csv", ",".join(MEMBER).encode() + b"\nM900,individual,club,P900\n"),
    ("members.csv", ",".join(MEMBER).encode() + b"\nM900,individual,club,P900,Ada,ada@example.org,en,1\n"),
    ("members.csv", b"The members\n\n" + ",".join(MEMBER).encode() + b"\nM900,individual,club,P900,Ada,ada@example.org,en\n"),
    ("members.csv", (",".join(MEMBER).replace("name_en", "name_ru") + "\nM900,individual,club,P900,Щука Юлия,ada@example.org,en\n").encode("cp1251")),
    ("members.csv", (",".join(MEMBER) + "\nM900,individual,club,P900,Zoë Åström,ada@example.org,en\n").encode("cp1252")),
    ("members.csv", ",".join(MEMBER).encode() + b"\nM900,individual,club,P\x00900,Ada,ada@example.org,en\n"),
)  # fmt: skip
# Technical terms, and what a cell is to be filled with.
TERMS = {
    "CSV", "UTF", "XLSX", "xlsx", "csv", "NUL", "Excel", "RUB", "EUR", "RIGHT", "LEFT", "OVERRIDE", "yes", "individual", "corporate",
    "honorary", "complimentary", "Windows", "DOS", "Western", "Cyrillic", "example", "members", "payments", "ada", "Ada", "club", "Apothecary",
}  # fmt: skip
COLUMN = re.compile(r"[a-z]+_[a-z_]+")


@pytest.fixture
def russian(console: Console) -> TestClient:
    client = console(Role.SECRETARY)
    client.post("/account/language", data={"language": "ru"})
    return client


def pasted(*rows: Mapping[str, str], blank: Mapping[str, str]) -> str:
    """The rows under the names of their columns, as a table program copies them."""
    names = list(dict.fromkeys([*blank, *(name for row in rows for name in row)]))
    cells = [[{**blank, **row}.get(name, "") for name in names] for row in rows]
    return "\r\n".join("\t".join(row) for row in [names, *cells]) + "\r\n"


def english(page: str, typed: str) -> Iterator[str]:
    """The English words on the page that were not typed."""
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    main = re.sub(r"<form.*?</form>|<(script|style|textarea).*?</\1>", " ", main, flags=re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", " ", main))
    known = TERMS | set(re.findall(r"[\w.@-]+", typed)) | set(re.findall(r"[A-Za-z]+", typed))
    for word in re.findall(r"(?<![\w@.-])[A-Za-z][A-Za-z_]{2,}(?![\w@.-])", words):
        if word not in known and not COLUMN.fullmatch(word):
            yield word


def check(client: TestClient, typed: str, **sent: object) -> None:
    answer = client.post("/register/import", **sent)
    assert answer.status_code in {200, 422}
    assert '<span lang="en">' not in answer.text, re.findall('<span lang="en">([^<]*)', answer.text)
    columns = " ".join([*MEMBER, *PAYMENT, "organisation seat phone pause_until reference paid_on email"])
    assert list(english(answer.text, f"{typed} {columns} mailer M001 P001 Reader Embassy harbour letter")) == []


@pytest.mark.parametrize("cells", MEMBERS, ids=str)
def test_a_members_row(russian: TestClient, cells: Mapping[str, str]) -> None:
    rows = pasted(cells, blank=MEMBER)
    check(russian, rows, data={"members_rows": rows})


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rows_that_contradict_each_other(russian: TestClient, pair: tuple[Mapping[str, str], ...]) -> None:
    rows = pasted(*pair, blank=MEMBER)
    check(russian, rows, data={"members_rows": rows})


@pytest.mark.parametrize("cells", PAYMENTS, ids=str)
def test_a_payments_row(russian: TestClient, cells: Mapping[str, str]) -> None:
    rows = pasted(cells, {}, blank=PAYMENT)
    check(russian, rows, data={"payments_rows": rows})


@pytest.mark.parametrize("file", FILES, ids=repr)
def test_a_file(russian: TestClient, file: tuple[str, bytes]) -> None:
    name, content = file
    check(russian, content.decode("latin-1"), files={"members_file": (name, content)})


def test_rejected_rows_come_back_with_their_reasons(russian: TestClient) -> None:
    rows = pasted({"languages": "english"}, blank=MEMBER)
    shown = russian.post("/register/import", data={"members_rows": rows}).text
    assert "Применять нечего" in shown
    for path in ("/register/import?mend=yes", "/register/import/rejected?table=members"):
        assert "languages: english: это не язык" in russian.get(path).text


def test_a_refusal_ends_with_one_full_stop(russian: TestClient) -> None:
    answer = russian.post("/register/import", files={"members_file": ("people.csv", b"one\ntwo\n")})
    assert answer.status_code == 422
    assert ".." not in html.unescape(answer.text)
