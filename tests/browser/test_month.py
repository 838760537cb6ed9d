"""A month of the club at its console, from the issue's upload to the copy that was owed."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import month
from tests.browser.eyes import a_person
from tests.browser.month import ISSUE
from tests.browser.service import EDITOR, SECRETARY, a_service
from tests.club import members

pytestmark = pytest.mark.browser
SCHEDULE = {"send": {"undo_minutes": 0.3}, "approval": {"required": True, "editors": ["editor@club.example"]}}
PEOPLE = [*members(8), *members(1, first=9, paid=0)]


WAYS: dict[str, dict[str, Any]] = {
    "en-desk": {},
    "en-phone": {"width": "phone"},
    "ru-desk": {"language": "ru"},
    "by-keyboard": {"keyboard": True},
    "without-scripts": {"scripts": False},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_month(browser: Browser, tmp_path: Path, way: str, pictures: Path | None) -> None:
    language = WAYS[way].get("language", "en")
    shelf = pictures and pictures / f"month-{way}"
    with (
        a_service(tmp_path, SCHEDULE, (), language=language, issue=False) as service,
        a_person(browser, service.url, **WAYS[way], pictures=shelf) as editor,
        a_person(browser, service.url, **WAYS[way], pictures=shelf) as secretary,
        a_person(browser, service.url, pictures=shelf) as member,
    ):
        editor.sign_in(EDITOR)
        secretary.sign_in(SECRETARY)

        month.import_register(secretary, PEOPLE, mistyped=PEOPLE[3])
        month.upload(editor, month.write_issue(tmp_path, picture=True))
        month.see_defect(editor, "en.md", "lamp.png")
        editor.picture("1-defect")
        month.upload(editor, month.write_issue(tmp_path, picture=False))
        editor.picture("2-uploaded")
        month.pull(editor)
        month.plan(secretary)
        secretary.picture("3-issue")
        month.test_to_editors(editor)
        service.waits_for_letter("editor@club.example", b"TEST")

        month.read_circulation(secretary, copies=8, excluded={"P009": "unpaid"})
        secretary.picture("4-circulation")
        month.print_circulation(secretary)
        month.approve(secretary)
        month.send(secretary, typed=7)
        secretary.picture("5-wrong-number")
        secretary.sees("8")
        month.send(secretary, typed=8)
        secretary.picture("6-countdown")
        month.stop_countdown(secretary)
        assert not service.relay.letters(PEOPLE[0].email)

        service.relay.slow = 4.0
        service.relay.loses_answer_for.add(PEOPLE[7].email)
        month.send(secretary, typed=8)
        service.waits_for_letter(PEOPLE[0].email)
        month.pause(secretary)
        secretary.picture("7-paused")
        month.resume(secretary)
        service.relay.slow = 0.0
        month.wait_for_state(secretary, f"{ISSUE}/copies?state=uncertain", PEOPLE[7].person)
        month.settle(secretary, arrived="it arrived: count it as accepted")
        secretary.picture("8-settled")

        month.record_payment(secretary, "M009", amount=50000, reference="LATE-9")
        secretary.picture("9-payment")
        month.send_owed(secretary, copies=1)
        service.waits_for_letter(PEOPLE[8].email)

        secretary.open("/")
        secretary.find(f"550 5.1.1 <{PEOPLE[2].email}>: Recipient address rejected: User unknown")
        secretary.sees(PEOPLE[2].words[0])
        secretary.picture("10-found")

        month.read_report(secretary)
        secretary.sees("The report balances.")
        secretary.picture("11-report")
        secretary.paper("11-report")

        month.one_click(member, service.relay.letters(PEOPLE[0].email)[0])
        service.waits_for_letter(PEOPLE[0].email, after=1)
        month.take_back(member, service.relay.letters(PEOPLE[0].email)[-1])
        member.picture("12-taken-back")
