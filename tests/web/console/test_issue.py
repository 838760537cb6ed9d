"""The page of one issue: findings, previews, and what an approval is bound to."""

import re

import pytest

from mailer.domain.access import Role
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.steps import first_mailing
from mailer.store import tests_sent
from tests.club import ISSUE, Club, import_register, members, pull_issues
from tests.web.markup import faults, words_of

PATH = f"/issues/{ISSUE}"


def mailing_of(app):
    with app.store.reading() as connection:
        return first_mailing(connection, ISSUE)


@pytest.fixture
def planned(app):
    plan_mailing(app.context, ISSUE)
    return app


def record_a_test(app):
    mailing = mailing_of(app)
    with app.store.transaction() as connection:
        hashes = {"content_hash": mailing.content_hash, "editions_hash": mailing.editions_hash}
        tests_sent.record_test(
            connection,
            newsletter=ISSUE.newsletter,
            serial=ISSUE.serial,
            now=app.context.clock.now(),
            messages=1,
            **hashes,
        )
        app.context.record(connection, "test", ISSUE, "1 of 1 messages accepted")


@pytest.mark.parametrize("role", Role)
def test_the_page_is_well_made_for_every_role(planned, console, role):
    answer = console(role).get(f"{PATH}?other_variant=none")
    assert answer.status_code == 200
    assert faults(answer.text) == []


def test_before_the_plan_the_page_says_so(app, console):
    page = console(Role.SECRETARY).get(PATH).text
    assert faults(page) == []
    assert "It is not planned yet" in page
    assert re.search(r'<button type="submit" id="plan" class="is-main">Plan</button>', page)
    assert re.search(r'id="approve" disabled', page)


def test_an_approval_names_what_it_is_bound_to(planned, console):
    page = console(Role.SECRETARY).get(PATH).text
    mailing = mailing_of(planned)
    for value in (mailing.content_hash, mailing.circulation_hash, mailing.editions_hash, mailing.seal):
        assert f'<code title="{value}">{value[:12]}</code>' in page
    assert "<dt>Copies</dt><dd>12</dd>" in page
    assert "No test mailing of exactly this was sent." in page


def test_a_test_is_named_with_its_sender(planned, console):
    record_a_test(planned)
    page = console(Role.SECRETARY).get(PATH).text
    assert "No test mailing" not in page
    assert re.search(r"<dt>Tested</dt><dd>July\xa012, 2018, \d\d:00 \S+, secretary</dd>", page)


def test_an_edit_after_the_plan_makes_it_out_of_date(planned, console):
    Club(planned.config.folder).write_issue(more="One more line.")
    pull_issues(planned)
    page = console(Role.SECRETARY).get(PATH).text
    assert "The plan is out of date: the issue was edited since it was planned" in page
    assert "It was edited since it was planned: plan it again." in page


def test_a_change_of_the_register_is_named_to_the_secretary_and_counted_for_editors(planned, console):
    import_register(planned, members(13))
    assert "P013 Reader013" in console(Role.SECRETARY).get(PATH).text
    page = console(Role.EDITOR).get(PATH).text
    assert "for 1 person" in page
    assert "Reader013" not in page


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_who_may_not_plan_and_approve_sees_who_may(planned, console, role):
    page = console(role).get(PATH).text
    for button in ("plan", "approve", "withdraw"):
        assert re.search(rf'id="{button}"[^>]* disabled aria-describedby="{button}-reason"', page)
    assert page.count("Only a secretary may do this.") >= 3
    assert "Reader001" not in page


def test_the_script_in_a_title_is_no_script(app, console):
    Club(app.config.folder).write_issue(more="One more line.")
    file = app.config.folder / "issues" / "2018-07" / "en.md"
    title = '"<script>alert(1)</script>"'
    file.write_text(file.read_text().replace("title: The last keeper of the lamp", f"title: {title}"))
    pull_issues(app)
    client = console(Role.SECRETARY)
    for path in ("/issues", PATH):
        assert "<script>alert" not in client.get(path).text


def test_what_the_check_found_stands_there_by_line(app, console):
    Club(app.config.folder).write_issue(more="Price TODO xx ##")
    file = app.config.folder / "issues" / "2018-07" / "en.md"
    file.write_text(file.read_text().replace("date: 2018-07-12", "date: 2018-01-02"))
    pull_issues(app)
    page = console(Role.EDITOR).get(PATH).text
    assert "this date decides who receives the issue" in page


def test_the_chosen_people_stand_in_the_address_by_their_ids_alone(planned, console):
    client = console(Role.SECRETARY)
    answer = client.post(f"{PATH}/look", data={"person": "Reader002", "other": "reader003", "width": "phone"})
    assert answer.url.path == PATH
    assert dict(answer.url.params) == {"person": "P002", "other": "P003", "width": "phone"}
    assert answer.text.count('class="is-phone"') == 2
    assert re.search("<td[^>]*>Dear Friend002", answer.text)
    assert re.search("<td[^>]*>Dear Friend003", answer.text)
    assert "Both copies say the same" not in answer.text
    assert faults(answer.text) == []


def test_words_that_mean_no_person_are_asked_again(planned, console):
    answer = console(Role.SECRETARY).post(f"{PATH}/look", data={"person": "Nobody", "width": "phone"})
    assert answer.status_code == 422
    assert "there is no person" in answer.text
    assert 'value="Nobody"' in answer.text


def test_a_person_without_a_copy_is_shown_none(planned, console):
    import_register(planned, [*members(12), *members(1, 20, paid=0)])
    page = console(Role.SECRETARY).get(f"{PATH}?person=P020").text
    assert "P020 Reader020 is not entitled" in page
    assert "<iframe" not in page


def test_an_issue_that_is_not_there_is_not_found(console):
    client = console(Role.SECRETARY)
    assert client.get("/issues/harbour-letter/999").status_code == 404
    assert client.get("/issues/nobody/1").status_code == 404
    assert client.get(f"{PATH}?person=P999").status_code == 404
    assert client.get(f"{PATH}?variant=none-such").status_code == 404


def test_plan_approve_and_withdraw_are_buttons(app, console):
    client = console(Role.SECRETARY)
    page = client.post(f"{PATH}/plan").text
    assert "Planned: 12 copies for 12 of 12 people." in page
    page = client.post(f"{PATH}/approve").text
    assert "Approved: 12 copies." in page
    assert "no test mailing of exactly this was sent" in page
    assert mailing_of(app).is_approved
    assert mailing_of(app).approved_by == "secretary"
    assert "The approval is withdrawn" in client.post(f"{PATH}/withdraw").text
    assert not mailing_of(app).is_approved


def test_a_circulation_that_the_register_contradicts_is_asked_about(planned, console):
    import_register(planned, members(13))
    client = console(Role.SECRETARY)
    asked = client.post(f"{PATH}/approve")
    assert asked.status_code == 409
    assert faults(asked.text) == []
    assert "P013" in asked.text
    assert not mailing_of(planned).is_approved
    client.post(f"{PATH}/approve", data={"as_planned": "yes"})
    assert mailing_of(planned).is_approved


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_other_roles_do_not_plan_approve_or_withdraw(planned, console, role):
    client = console(role)
    approve_mailing(planned.context, ISSUE)
    for deed in ("plan", "approve", "withdraw"):
        assert client.post(f"{PATH}/{deed}").status_code == 403
    assert mailing_of(planned).is_approved


def test_an_issue_is_taken_back_after_a_question(planned, console):
    client = console(Role.SECRETARY)
    asked = client.get(f"{PATH}/drop")
    assert faults(asked.text) == []
    assert "its planned copies (12) are dropped" in asked.text
    assert f"{ISSUE} is taken back." in words_of(client.post(f"{PATH}/drop").text)
    assert client.get(PATH).status_code == 404
    assert "finished, not pulled yet" in client.get("/issues").text


def test_an_approved_issue_is_not_taken_back(planned, console):
    approve_mailing(planned.context, ISSUE)
    client = console(Role.SECRETARY)
    assert client.get(f"{PATH}/drop").status_code == 409
    assert client.post(f"{PATH}/drop").status_code == 409
    assert mailing_of(planned).is_approved
