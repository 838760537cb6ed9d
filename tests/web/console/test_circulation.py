"""The circulation is read by name before anything goes: filtered, printed whole, with what differs from the issue before."""

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain import search
from mailer.domain.access import Role
from mailer.pipeline.mailings import circulation
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE, Club, Member, import_register, members, pull_issues, reverse
from tests.pipeline.relayed import deliver
from tests.web.conftest import Console
from tests.web.console.counted import statements_of
from tests.web.console.sent import BASE, begun, words_of

NEXT = "/issues/harbour-letter/42"


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


def rows(client: TestClient, path: str) -> list[str]:
    table = client.get(path).text.partition('id="rows"')[2].partition("</table>")[0]
    return [words_of("<main" + row) for row in table.split("<tr>")[2:]]


@pytest.fixture
def planned(app: App) -> App:
    """Fourteen people: one in two languages, one honorary, two without a payment."""
    people = [*members(11), Member(number=12, languages="en+ru"), Member(number=13, kind="honorary", paid=0)]
    unpaid = [Member(number=14, paid=0), Member(number=15, paid=0, more={"name_en": "'=1+1 <script>"})]
    import_register(app, [*people, *unpaid])
    Club(app.config.folder).write_issue("ru")
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    return app


def test_people_stand_by_name_with_the_reason_in_words(planned: App, secretary: TestClient) -> None:
    page = words_of(secretary.get(f"{BASE}/circulation").text)
    assert "Recipients 13" in page
    assert "2 people : nothing is paid for the issue’s date" in page
    names = rows(secretary, f"{BASE}/circulation")
    assert len(names) == 15
    assert names == sorted(names)
    assert names[0] == "=1+1 <script> P015 left out nothing is paid for the issue’s date individual"
    assert "<script>" not in secretary.get(f"{BASE}/circulation").text.partition("<main")[2].replace(
        '<script src="/static', ""
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("decision=excluded", 2),
        ("decision=recipient", 13),
        ("reason=honorary", 1),
        ("reason=unpaid", 2),
        ("kind=honorary", 1),
        ("language=en", 13),
        ("words=reader003", 1),
        ("words=P003", 1),
        ("words=desk003", 1),
        ("words=nobody", 0),
        ("decision=nonsense&kind=nonsense", 15),
    ],
)
def test_a_filter_shows_a_part(planned: App, secretary: TestClient, query: str, number: int) -> None:
    people = rows(secretary, f"{BASE}/circulation?{query}")
    assert people == ["Nobody fits."] if number == 0 else len(people) == number
    whole = secretary.get(f"{BASE}/circulation/print?{query}").text
    assert whole.count('<tr><th scope="row">') == number


def test_pages_follow_each_other_and_cost_the_same(
    planned: App, secretary: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(secretary, f"{BASE}/circulation")
    for room in (search, circulation):
        monkeypatch.setattr(room, "ROWS", 6)
    monkeypatch.setattr(search.Slice.of.__func__, "__defaults__", (6,))
    parts, path = [], f"{BASE}/circulation"
    while path:
        page = secretary.get(path).text
        parts += rows(secretary, path)
        following = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        path = f"{BASE}/circulation{following.replace('&amp;', '&')}" if 'rel="next"' in page else ""
    assert parts == whole
    first = statements_of(planned, lambda: secretary.get(f"{BASE}/circulation"))
    monkeypatch.setattr(search.Slice.of.__func__, "__defaults__", (2,))
    assert statements_of(planned, lambda: secretary.get(f"{BASE}/circulation")) == first
    assert first < 40


def test_who_joined_and_who_lapsed_is_named(app: App, secretary: TestClient) -> None:
    begun(app)
    deliver(app)
    reverse(app, members(12)[2])
    import_register(app, [*members(12), *members(1, first=20)])
    Club(app.config.folder).write_issue(serial=42, number=8, day="2018-08-12")
    pull_issues(app)
    plan_mailing(app.context, type(ISSUE)(newsletter=ISSUE.newsletter, serial=42))
    page = words_of(secretary.get(f"{NEXT}/circulation").text)
    assert "Compared with harbour-letter/41: 1 person has joined, 1 has lapsed." in page
    assert "Joined Reader020 P020" in page
    assert "Lapsed Reader003 P003 : nothing is paid for the issue’s date" in page


def test_a_plan_that_the_register_contradicts_names_the_people(planned: App, secretary: TestClient) -> None:
    reverse(planned, members(11)[6])
    assert "Reader007 P007 : would lose the copy" in words_of(secretary.get(f"{BASE}/circulation").text)


def test_a_very_long_plan_is_compared_when_it_is_sent(
    planned: App, secretary: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circulation, "COMPARED", 14)
    reverse(planned, members(11)[6])
    page = words_of(secretary.get(f"{BASE}/circulation").text)
    assert "is found out when you send" in page
    assert "would lose the copy" not in page


def test_it_is_printed_whole_with_a_line_to_sign(planned: App, secretary: TestClient) -> None:
    page = words_of(secretary.get(f"{BASE}/circulation/print").text)
    assert "Everybody by name" in page
    assert page.endswith("Read and agreed: ______________________________ Date: ____________________")


def test_an_issue_without_a_plan_says_how_to_plan_it(app: App, secretary: TestClient) -> None:
    answer = secretary.get(f"{BASE}/circulation")
    assert answer.status_code == 404
    assert ">Plan</a>" in answer.text
