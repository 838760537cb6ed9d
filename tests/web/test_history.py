"""The history in the browser: found, read page by page, and for those who may."""

import re

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE
from tests.web.conftest import Console


def rows(page: str) -> list[list[str]]:
    """The text of the cells of each row."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in body.split("</tr>")
        if "<td" in row
    ]


def fill(app: App, entries: int) -> None:
    with app.store.transaction() as connection:
        for number in range(entries):
            app.context.record(connection, "settle", f"delivery {number}", "accepted")


def test_it_shows_who_did_what_when_to_which_thing_and_why(app: App, console: Console) -> None:
    plan_mailing(app.context, ISSUE)
    page = console(Role.SECRETARY).get("/history?what=plan").text
    [[at, who, verb, subject, detail]] = rows(page)
    assert "2018" in at
    assert (who, verb, subject) == ("secretary", "plan", str(ISSUE))
    assert detail == "12 copies, 12 of 12 people"
    assert f'<a href="/issues/{ISSUE}">' in page


def test_it_is_read_page_by_page(app: App, console: Console) -> None:
    fill(app, 120)
    client = console(Role.SECRETARY)
    address, seen = "/history?what=settle", []
    while address:
        page = client.get(address).text
        seen += [row[3] for row in rows(page)]
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"delivery {number}" for number in reversed(range(120))]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("about=delivery+7", 1),
        ("about=delivery+1", 3),
        ("who=secretary&what=settle&since=2018-07-12&until=2018-07-12", 12),
        ("what=settle&since=2018-07-13", 0),
        ("what=settle&until=2018-07-11", 0),
        ("what=settle&until=9999-12-31", 12),
        ("what=settle&older=x", 12),
        ("what=settle&older=99999999999999999999", 12),
        ("about=%25", 0),
    ],
)
def test_it_is_searched(app: App, console: Console, query: str, number: int) -> None:
    fill(app, 12)
    page = console(Role.SECRETARY).get(f"/history?{query}").text
    assert len(rows(page)) == number or (number == 0 and "No entry matches." in page)


def test_what_is_no_day_is_said_at_its_field(console: Console) -> None:
    page = console(Role.SECRETARY).get("/history?since=yesterday").text
    assert "This is no day" in page
    assert 'value="yesterday"' in page


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (Role.SECRETARY, 200), (Role.ADMIN, 200)])
def test_only_some_may_see_it(console: Console, role: Role, status: int) -> None:
    assert console(role).get("/history").status_code == status


def test_words_of_entries_are_escaped(app: App, console: Console) -> None:
    with app.store.transaction() as connection:
        app.context.record(connection, "<b>", "<script>alert(1)</script>", "<i>")
    page = console(Role.SECRETARY).get("/history").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_page_asks_the_database_as_often_for_many_entries_as_for_few(app: App, console: Console) -> None:
    from sqlalchemy import event

    client, statements = console(Role.SECRETARY), []
    event.listen(app.store._engine, "before_cursor_execute", lambda *asked: statements.append(asked[2]))
    client.get("/history")
    few = len(statements)
    fill(app, 100)
    statements.clear()
    client.get("/history")
    assert len(statements) == few
