"""What people of the club do at the console in a month, in the club's words."""

import email
import email.policy
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import expect

from mailer.views.plain_words import held_back
from tests.browser.eyes import Person
from tests.club import MEMBER_COLUMNS, PAYMENT_COLUMNS, WORDS, Member

ISSUE = "/issues/harbour-letter/41"


def write_issue(folder: Path, *, picture: bool, language: str = "en") -> Path:
    """A finished text for the issue; with a picture that is not in the folder, which is a defect."""
    title, body, _ = WORDS[language]
    head = {"newsletter": "harbour-letter", "language": language, "status": "finished", "number": 7, "serial": 41}
    head |= {"volume": 17, "year": 2018, "date": "2018-07-12", "title": title}
    lines = ["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", body, ""]
    lines += ["![The lamp](lamp.png)", ""] if picture else []
    path = folder / f"{language}.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def upload(editor: Person, text: Path) -> None:
    """Upload an issue."""
    editor.open("/issues")
    editor.follow("Upload an issue")
    editor.upload("Files", text)
    editor.press("Upload")


def see_defect(editor: Person, file: str, words: str) -> None:
    """Find the defect by its file, in words that say what to do."""
    expect(editor.row(file).filter(has_text=words)).to_be_visible()


def pull(editor: Person) -> None:
    """Store what waits in the source."""
    editor.open("/issues")
    editor.press("Pull")
    expect(editor.page.get_by_role("link", name="harbour-letter/41").first).to_be_visible()


def import_register(secretary: Person, people: Sequence[Member], *, mistyped: Member) -> None:
    """Paste rows from a table, one of them with a mistyped address; mend that row and apply all."""
    rows = [MEMBER_COLUMNS, *(member.row() for member in people)]
    wrong = mistyped.row().replace(mistyped.email, mistyped.email.replace("@", " at "))
    secretary.open("/register")
    secretary.follow("Import")
    secretary.type("Rows of people", "\n".join(rows).replace(mistyped.row(), wrong))
    secretary.type("Rows of payments", "\n".join([PAYMENT_COLUMNS, *(m.payment() for m in people if m.paid)]))
    secretary.press("Show the difference")
    expect(secretary.page.locator("#rejected")).to_contain_text(" at ")
    secretary.picture("0-rejected")
    secretary.follow("Mend the rejected rows here")
    field = secretary.field("Rows of people")
    field.fill(field.input_value().replace(" at ", "@"))
    secretary.press("Show the difference")
    expect(secretary.page.locator("#rejected")).to_have_count(0)
    secretary.press("Apply")
    expect(secretary.page).to_have_url(f"{secretary.url}/register")


def plan(secretary: Person) -> None:
    """Freeze the circulation."""
    secretary.open(ISSUE)
    secretary.press("Plan")


def test_to_editors(editor: Person) -> None:
    """Send the test mailing."""
    editor.open(ISSUE)
    editor.press("Test: to the editors")


def read_circulation(secretary: Person, *, copies: int, excluded: dict[str, str]) -> None:
    """Read by name who gets the issue, and who does not, and why."""
    secretary.open(f"{ISSUE}/circulation")
    for name, why in excluded.items():
        expect(secretary.row(name)).to_contain_text(held_back(why, secretary.language))
    secretary.sees(str(copies))


def print_circulation(secretary: Person) -> None:
    """Print the circulation, to sign it."""
    secretary.follow("Print view, to sign")
    expect(secretary.page).to_have_url(re.compile("print"))
    secretary.sees("Read and agreed:")
    secretary.paper("4-circulation")


def approve(secretary: Person) -> None:
    """Approve exactly what stands there."""
    secretary.open(ISSUE)
    secretary.press("Approve")
    expect(secretary.button("Withdraw")).to_be_enabled()


def send(secretary: Person, *, typed: int) -> None:
    """Type the number of copies, and send."""
    secretary.open(f"{ISSUE}/send")
    secretary.type("Number of copies", str(typed))
    secretary.press("Send")


def stop_countdown(secretary: Person) -> None:
    """Take "Send" back before a copy has left."""
    secretary.open(f"{ISSUE}/progress")
    secretary.press("Stop the countdown")
    secretary.open(f"{ISSUE}/progress")
    secretary.sees("Its countdown was stopped. It does not leave by itself.")


def pause(secretary: Person) -> None:
    """Stop for now."""
    secretary.open(f"{ISSUE}/progress")
    secretary.press("Pause")
    expect(secretary.button("Resume")).to_be_enabled()


def resume(secretary: Person) -> None:
    """Go on."""
    secretary.open(f"{ISSUE}/progress")
    secretary.press("Resume")


def wait_for_state(secretary: Person, path: str, words: str) -> None:
    """Look at the page again and again until it says so."""
    for _ in range(120):
        secretary.open(path)
        if words in secretary.page.get_by_role("main").inner_text():
            return
        secretary.page.wait_for_timeout(500)
    secretary.sees(words)


def settle(secretary: Person, *, arrived: str) -> None:
    """Decide about the copy whose answer was lost."""
    secretary.open(f"{ISSUE}/copies?state=uncertain")
    secretary.page.locator("#rows tbody th a").first.click()
    secretary.tick(arrived)
    secretary.press("Settle")


def record_payment(secretary: Person, membership: str, *, amount: int, reference: str) -> None:
    """Record a payment that came late."""
    secretary.open(f"/register/memberships/{membership}")
    secretary.follow("Record a payment")
    secretary.type("First day paid for", "2018-01-01")
    secretary.type("Last day paid for", "2018-12-31")
    secretary.type("Amount", str(amount))
    secretary.type("Currency", "RUB")
    secretary.type("Reference", reference)
    secretary.press("Continue")
    secretary.press("Record the payment")


def send_owed(secretary: Person, *, copies: int) -> None:
    """Send the issue to those who are entitled now and have none."""
    secretary.open(f"{ISSUE}/unsent")
    secretary.type("Number of copies", str(copies))
    secretary.press("Send what is owed")


def one_click(member: Person, letter: bytes) -> None:
    """Press "Unsubscribe" in a mail program, which sends this form for the reader (RFC 8058)."""
    headers = email.message_from_bytes(letter, policy=email.policy.default)
    link = headers["List-Unsubscribe"].partition("<")[2].partition(">")[0]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = member.page.request.post(link, form={"List-Unsubscribe": "One-Click"})
    assert answer.status == 200, answer.text()


def take_back(member: Person, letter: bytes) -> None:
    """Follow the link of the letter that confirms the pause, and take the pause back."""
    text = email.message_from_bytes(letter, policy=email.policy.default).get_body(("plain",)).get_content()
    member.page.goto(next(word for word in text.split() if word.startswith(f"{member.url}/")))
    member.tick("Yes, take it back")
    member.press("Take it back")
    member.sees("It is taken back. All is as it was before.")


def read_report(secretary: Person) -> None:
    """Read the distribution report."""
    secretary.open(f"{ISSUE}/report")
