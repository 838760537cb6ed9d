"""The folders that wait in a source are shown with all that keeps them there; those that are stored are not."""

import pytest

from mailer.app.installation import editable_source
from mailer.domain.shelf import Finding
from mailer.pipeline.issues.source_look import SourceWatch
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from tests.club import ISSUE, LETTER, Club, import_register, members, pull_issues


@pytest.fixture
def look(app):
    watch, newsletter = SourceWatch(), app.context.newsletters[LETTER]
    return lambda: watch.look(app.context, newsletter, editable_source(app, newsletter))


def text_of(app):
    return app.config.folder / "issues" / "2018-07" / "en.md"


def rewrite(app, old, new):
    text_of(app).write_text(text_of(app).read_text().replace(old, new))


def test_a_finished_folder_waits_until_it_is_pulled(app, look):
    (waiting,) = look()
    assert (waiting.folder, waiting.finding, waiting.issue, waiting.problems) == (
        "2018-07",
        Finding.STORED,
        str(ISSUE),
        (),
    )
    pull_issues(app)
    assert look() == []


def test_a_draft_shows_its_defects_though_pull_does_not_read_it(app, look):
    rewrite(app, "status: finished", "status: draft")
    rewrite(app, "date: 2018-07-12", "date: 12 July")
    (waiting,) = look()
    assert waiting.finding is Finding.DRAFT
    assert [problem for problem in waiting.problems if problem.startswith("en.md: line 9: date")]


def test_a_defect_is_shown_until_it_is_mended(app, look):
    rewrite(app, "title: The", "titel: The")
    assert look()[0].finding is Finding.REFUSED
    rewrite(app, "titel: The", "title: The")
    assert look()[0].finding is Finding.STORED


def test_other_content_of_an_approved_issue_is_refused_with_its_remedy(app, look):
    import_register(app, members(2))
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    rewrite(app, "last winter", "this winter")
    (waiting,) = look()
    assert waiting.finding is Finding.REFUSED
    assert "withdraw first" in waiting.problems[0]
    assert waiting.remedies


def test_a_number_that_steps_back_is_refused(app, look):
    pull_issues(app)
    Club(app.config.folder).write_issue(serial=40, number=6)
    (waiting,) = look()
    assert (waiting.folder, waiting.finding) == ("2018-06", Finding.REFUSED)


def test_a_folder_that_cannot_be_read_says_why(app, look):
    pull_issues(app)
    (app.config.folder / "issues" / "links").mkdir()
    (app.config.folder / "issues" / "links" / "en.md").symlink_to("/etc/passwd")
    (waiting,) = look()
    assert waiting.finding is Finding.REFUSED
    assert waiting.problems[0].startswith("'en.md' is a link that leads out of its folder")


def test_what_has_not_changed_is_not_read_again(app, look, monkeypatch):
    rewrite(app, "status: finished", "status: draft")
    first = look()
    monkeypatch.setattr("mailer.gateways.sources.editable.read_folder", None)
    assert look() == first


def test_an_issue_that_was_taken_back_waits_again(app, look):
    from mailer.pipeline.issues.drop import drop_issue

    pull_issues(app)
    assert look() == []
    drop_issue(app.context, ISSUE)
    assert look()[0].finding is Finding.STORED
