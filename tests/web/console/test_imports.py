"""Importing in the browser: pasted or uploaded, seen before it is applied, and rejected rows given back."""

import html
import io
import re

import openpyxl
import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.errors import NotFound
from mailer.pipeline.register import drafts
from mailer.pipeline.register.people import find_person
from mailer.store import history
from tests.club import members
from tests.web.conftest import Console
from tests.web.markup import faults

HEADER = "membership\tkind\tcirculation\tperson\tname_en\temail\tlanguages"
ADA = "M900\tindividual\tclub\tP900\tAda Moor\tada@example.org\ten"
BAD = 'M901\tindividual\tclub\tP901\tBen "Bo" Orr\tno address\t'


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


def paste(client: TestClient, *rows: str, **fields: str) -> str:
    answer = client.post("/register/import", data={"members_rows": "\r\n".join(rows) + "\r\n", **fields})
    assert answer.status_code == 200, answer.text
    assert faults(answer.text) == []
    return answer.text


def hidden(page: str, *names: str) -> dict[str, str]:
    values = {}
    for name in names:
        match = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert match, page
        values[name] = match[1]
    return values


def apply(client: TestClient, page: str, **fields: str):
    return client.post("/register/import/apply", data=hidden(page, "digest", "version") | fields)


def is_there(app: App, person: str) -> bool:
    try:
        find_person(app.context, person)
    except NotFound:
        return False
    return True


def test_pasted_rows_are_seen_before_they_are_applied(secretary: TestClient, app: App) -> None:
    assert faults(secretary.get("/register/import").text) == []
    page = paste(secretary, HEADER, ADA)
    assert "P900 Ada Moor" in page
    assert not is_there(app, "P900")
    answer = apply(secretary, page)
    assert answer.url.path == "/register"
    assert "The register is changed." in answer.text
    assert is_there(app, "P900")


def test_rows_without_a_header_are_read_in_the_order_of_an_export(secretary: TestClient, app: App) -> None:
    header = secretary.post("/register/export", data={"format": "members"}).text.splitlines()[0].split(",")
    cells = dict(zip(HEADER.split("\t"), ADA.split("\t"), strict=True))
    row = "\t".join(cells.get(name, "") for name in header)
    page = paste(secretary, row)
    assert "have no names of columns" in page
    apply(secretary, page)
    assert str(find_person(app.context, "P900").entries[0].seat.address) == "ada@example.org"


def test_rejected_rows_come_back_mended_and_go_in(secretary: TestClient, app: App) -> None:
    page = paste(secretary, HEADER, ADA, BAD)
    refused = apply(secretary, page)
    assert refused.status_code == 422
    assert not is_there(app, "P900")
    page = apply(secretary, page, skip_bad="yes").text
    assert is_there(app, "P900")
    file = secretary.get("/register/import/rejected?table=members")
    assert "rejected-members.tsv" in file.headers["content-disposition"]
    header, row = file.content.decode("utf-8-sig").splitlines()
    assert header == f"{HEADER}\treason"
    assert "P901" in row
    assert "is not an e-mail address" in row
    form = secretary.get("/register/import?mend=yes").text
    assert "P901" in form
    page = paste(secretary, header, row.replace("no address", "ben@example.org", 1))
    assert apply(secretary, page).url.path == "/register"
    assert find_person(app.context, "P901").name == 'Ben "Bo" Orr'


def test_rows_mended_before_anything_is_applied_bring_the_good_ones_with_them(secretary: TestClient, app: App) -> None:
    paste(secretary, f"{HEADER}\tcat", f"{ADA}\tTom", f"{BAD}\tKit", ignored="cat")
    form = secretary.get("/register/import?mend=yes").text
    assert faults(form) == []
    assert "The rejected rows stand first" in form
    assert form.index("P901") < form.index("P900")
    [rows] = re.findall(r'<textarea[^>]*name="members_rows"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    assert 'name="ignored" aria-describedby="ignored-hint" value="cat"' in form
    page = paste(
        secretary, *html.unescape(rows).replace("no address", "ben@example.org", 1).splitlines(), ignored="cat"
    )
    assert apply(secretary, page).url.path == "/register"
    assert is_there(app, "P900")
    assert is_there(app, "P901")


def test_a_register_that_moved_meanwhile_is_shown_again(secretary: TestClient, app: App) -> None:
    page = paste(secretary, HEADER, ADA)
    secretary.post("/register/people/P001/pause", data={"from": "2030-01-01"})
    answer = apply(secretary, page)
    assert answer.status_code == 412
    assert not is_there(app, "P900")
    assert faults(answer.text) == []
    apply(secretary, answer.text)
    assert is_there(app, "P900")


def test_other_tables_brought_meanwhile_are_not_applied(secretary: TestClient, app: App) -> None:
    page = paste(secretary, HEADER, ADA)
    paste(secretary, HEADER, ADA.replace("P900", "P950").replace("M900", "M950"))
    assert apply(secretary, page).status_code == 412
    assert not is_there(app, "P900")
    assert not is_there(app, "P950")


def test_people_who_are_missing_are_ended_only_when_it_was_said_by_name(secretary: TestClient, app: App) -> None:
    first = members(1)[0]
    row = f"{first.row().split(',')[0]}\tindividual\tclub\tP001\tAnna\tanna@example.org\ten"
    page = paste(secretary, HEADER, row, end_missing="yes")
    assert "P002" in page
    assert apply(secretary, page).status_code == 422
    assert find_person(app.context, "P002").entries[0].seat.ended_on is None
    assert apply(secretary, page, end_confirmed="yes").url.path == "/register"
    assert find_person(app.context, "P002").entries[0].seat.ended_on is not None


def workbook(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def test_a_workbook_with_both_sheets_is_one_upload(secretary: TestClient, app: App) -> None:
    people = [HEADER.split("\t"), ADA.split("\t"), BAD.split("\t")]
    paid = [["membership", "period_from", "period_to", "amount", "currency"], ["M900", "2018-01-01", "x", 5, "RUB"]]
    files = {"members_file": ("register.xlsx", workbook(members=people, payments=paid))}
    page = secretary.post("/register/import", files=files).text
    assert "register.xlsx, sheet payments" in page
    file = secretary.get("/register/import/rejected?table=members")
    sheets = openpyxl.load_workbook(io.BytesIO(file.content))
    assert sheets.sheetnames == ["members", "payments"]
    rows = [[cell.value for cell in row] for row in sheets["payments"].iter_rows()]
    assert rows[0][-1] == "reason"
    assert str(rows[1][-1]).startswith("period_to: x is not a date")
    assert apply(secretary, page, skip_bad="yes").status_code == 200
    assert is_there(app, "P900")


def test_rejected_rows_of_csv_keep_its_separator_and_encoding(secretary: TestClient) -> None:
    text = "membership;kind;circulation;person;name_ru;email\nM901;individual;club;P901;Жанна Петрова;кто\n"
    files = {"members_file": ("people.csv", text.encode("cp1251"))}
    secretary.post("/register/import", files=files)
    file = secretary.get("/register/import/rejected?table=members")
    assert file.content.decode("cp1251").startswith("membership;kind;circulation;person;name_ru;email;reason\nM901;")


def test_what_cannot_be_read_is_said_and_kept(secretary: TestClient) -> None:
    answer = secretary.post(
        "/register/import", data={"members_rows": "membership\tkind\tperson\tcat\nM1\tindividual\tP1\tTom"}
    )
    assert answer.status_code == 422
    assert "column cat is unknown" in answer.text
    assert "Tom" in answer.text
    assert faults(answer.text) == []
    assert secretary.post("/register/import").status_code == 422
    assert secretary.get("/register/import/difference").status_code == 409


def test_a_draft_belongs_to_one_session_for_minutes(
    console: Console, secretary: TestClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = paste(secretary, HEADER, ADA)
    with app.context.store.reading() as connection:
        assert [entry.verb for entry in history.entries(connection, "register")] == ["import"]  # the fixture's own
    monkeypatch.setattr(drafts, "KEPT", -drafts.KEPT)
    assert apply(secretary, page).status_code == 409
    drafts.forget_old(app.context)
    monkeypatch.undo()
    assert secretary.get("/register/import/difference").status_code == 409
    assert console(Role.EDITOR).get("/register/import/difference").status_code == 403


def test_an_export_is_a_deed_of_its_own_right(console: Console, secretary: TestClient, app: App) -> None:
    assert faults(secretary.get("/register/export").text) == []
    for kind, mark in (("members", b"membership,"), ("payments", b"membership,"), ("xlsx", b"PK")):
        assert secretary.post("/register/export", data={"format": kind}).content.startswith(mark)
    with app.context.store.reading() as connection:
        assert [entry.verb for entry in history.entries(connection, "register")][-3:] == ["export"] * 3
    for role in (Role.EDITOR, Role.ADMIN):
        client = console(role)
        assert client.get("/register/export").status_code == 403
        assert client.post("/register/export", data={"format": "xlsx"}).status_code == 403


def test_what_is_kept_about_a_person_is_given_out_by_who_may_export(
    console: Console, secretary: TestClient, app: App
) -> None:
    path = "/register/people/P001/export"
    page = secretary.get("/register/people/P001").text
    assert faults(page) == []
    assert f'action="{path}"' in page
    answer = secretary.post(path)
    assert "filename*=UTF-8''P001.json" in answer.headers["content-disposition"]
    assert answer.json()["person"] == "P001"
    assert answer.json()["records"]["seats"]
    with app.context.store.reading() as connection:
        [entry] = [entry for entry in history.entries(connection, "P001") if entry.verb == "export"]
    assert entry.who == "secretary"
    assert secretary.post("/register/people/nobody/export").status_code == 404
    for role in (Role.EDITOR, Role.ADMIN):
        assert console(role).post(path).status_code == 403
