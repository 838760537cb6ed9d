"""A reader's mail that asks for a pause, as the link in a copy writes it: with our subject, and mostly without a text."""

import pytest

from mailer.app.installation import App
from mailer.domain.matter import Matter
from mailer.formats.pause_subject import pause_subject
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.why import explain_entitlement
from tests.club import ISSUE, copies, members, states
from tests.pipeline.bounces.listed import everything, matters
from tests.reported import come, letter, unsubscribe_path_of

PEOPLE = members(3)
SECRETARY = "secretary@club.example"
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


def reason(app: App, person: str) -> str:
    return explain_entitlement(app.context, person, ISSUE).now.entitlement.reason


@LANGUAGES
@pytest.mark.parametrize("subject", ["", "Re: "])
def test_a_mail_to_the_signed_address_pauses(app: App, language: str, subject: str) -> None:
    copy = copies(app)["P001"]
    path = unsubscribe_path_of(app, copy)
    subject += pause_subject(language, str(ISSUE), copy.copy_number)
    come(app, letter(path, "", subject=subject, sender=copy.address), path)
    assert (reason(app, "P001"), matters(app)) == ("paused", [("P001", Matter.UNSUBSCRIBED)])


@LANGUAGES
@pytest.mark.parametrize("sender", ["", "another-mailbox@freemail.example"])
def test_a_mail_to_the_secretary_that_is_read_here_is_a_wish_and_pauses_nobody(
    app: App, language: str, sender: str
) -> None:
    copy = copies(app)["P001"]
    subject = pause_subject(language, str(ISSUE), copy.copy_number)
    come(app, letter(SECRETARY, "", subject=subject, sender=sender or copy.address), SECRETARY)
    assert (matters(app), holds.listing(app.context)) == ([("P001", Matter.WANTS_NO_MORE)], [])
    assert (reason(app, "P001"), states(app)) == ("paid", {"accepted": 3})
    [report] = everything(app)
    assert (report.delivery, report.subject) == (None, subject)


@pytest.mark.parametrize("issue", [str(ISSUE).upper(), "no-letter/1", "x/999999999", f"{ISSUE}9"])
@pytest.mark.parametrize("number", [1, 99, 999_999_999, 10**30])
def test_a_subject_that_names_no_copy_of_ours_is_read_all_the_same(app: App, issue: str, number: int) -> None:
    mail = letter(SECRETARY, "unsubscribe", subject=pause_subject("en", issue, number), sender="eve@freemail.example")
    come(app, mail, SECRETARY)
    person = "P001" if issue == str(ISSUE).upper() and number == copies(app)["P001"].copy_number else ""
    assert matters(app) == [(person, Matter.WANTS_NO_MORE)]
