"""The issues at a glance, and Pull."""

from sqlalchemy import event

from mailer.domain.access import Role
from tests.club import ISSUE, Club, pull_issues
from tests.web.markup import faults, words_of


def test_every_issue_stands_there_with_what_comes_next(console):
    page = console(Role.EDITOR).get("/issues").text
    assert faults(page) == []
    assert f'href="/issues/{ISSUE}"' in page
    assert "The service plans it by itself" in page


def test_a_folder_that_waits_shows_its_defects_by_line(app, console):
    Club(app.config.folder).write_issue(serial=42, number=8, more="![A lamp](lamp.png)")
    page = console(Role.EDITOR).get("/issues").text
    assert faults(page) == []
    assert "not taken" in page
    assert "is in the middle of a paragraph<br><strong>put it in its own paragraph</strong>" in page


def test_pull_stores_what_is_finished_and_says_so(app, console):
    Club(app.config.folder).write_issue(serial=42, number=8)
    client = console(Role.EDITOR)
    assert "finished, not pulled yet" in client.get("/issues").text
    page = words_of(client.post("/issues/pull").text)
    assert "2018-08 is stored as harbour-letter/42." in page
    assert "finished, not pulled yet" not in page
    assert "Nothing new" in client.post("/issues/pull").text


def test_an_admin_may_look_and_not_pull(console):
    client = console(Role.ADMIN)
    page = client.get("/issues").text
    assert "Editors and secretaries can do this." in page
    assert client.post("/issues/pull").status_code == 403


def test_older_issues_follow_on_further_pages(app, console, monkeypatch):
    from mailer.web.console import issues

    monkeypatch.setattr(issues, "PAGE", 2)
    for number in range(3):
        Club(app.config.folder).write_issue(serial=42 + number, number=8 + number, day=f"2018-{8 + number:02}-09")
        pull_issues(app)
    client = console(Role.EDITOR)
    page = client.get("/issues").text
    assert "harbour-letter/44" in page
    assert "harbour-letter/42" not in page
    page = client.get("/issues?before=harbour-letter/43").text
    assert "harbour-letter/42" in page
    assert "harbour-letter/41" in page
    assert faults(page) == []


def test_the_list_asks_as_much_of_the_database_for_many_issues_as_for_few(app, console):
    client, statements = console(Role.EDITOR), []
    event.listen(app.store._engine, "before_cursor_execute", lambda *asked: statements.append(asked[2]))
    client.get("/issues")
    statements.clear()
    client.get("/issues")
    few = len(statements)
    for number in range(4):
        Club(app.config.folder).write_issue(serial=42 + number, number=8 + number, day=f"2018-{8 + number:02}-09")
    pull_issues(app)
    client.get("/issues")
    statements.clear()
    page = client.get("/issues").text
    assert page.count('<th scope="row"><a href="/issues/') == 5
    assert len(statements) == few
