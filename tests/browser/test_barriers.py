"""No page keeps anybody out: every page that links lead to, light and dark, in both languages, at both widths."""

import email
import email.policy
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.browser.eyes import Person, a_person
from tests.browser.grown import PEOPLE, SCHEDULE, grow
from tests.browser.month import ISSUE
from tests.browser.service import ADMIN, EDITOR, SECRETARY, Service, a_service

pytestmark = pytest.mark.browser
# So many pages about one thing, such as a person or a copy, are looked at, and one of every other kind.
OF_A_THING = 2
FILES = (".csv", ".eml", ".zip", ".xlsx", "/export", "/rejected")
REFUSED = ("/nowhere", "/issues/harbour-letter/999", f"{ISSUE}/look", "/register/people/P999")
NOT_FOR = {SECRETARY: "/users", EDITOR: "/register", ADMIN: f"{ISSUE}/send"}
FEWEST = {SECRETARY: 25, EDITOR: 6, ADMIN: 6}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of a club in the middle of its life. `module`: nothing here changes it but a member's pause."""
    with a_service(tmp_path_factory.mktemp("barriers"), SCHEDULE, PEOPLE) as service:
        grow(service)
        yield service


def linked(person: Person) -> list[str]:
    """The addresses that the page's links lead to, without files, and those of the letters that it frames."""
    addresses = person.page.evaluate(
        "[...document.querySelectorAll('a[href], iframe[src]')].map(part => part.href ?? part.src)"
    )
    parts = [urlsplit(address) for address in addresses if address.startswith(person.url)]
    return [f"{part.path}?{part.query}".rstrip("?") for part in parts if not part.path.endswith(FILES)]


def kind(path: str) -> str:
    """The address with every number and name in it taken for the same; each letter is of its own kind."""
    return path if "/preview?" in path else re.sub(r"\d+|P\d+|M\d+", "#", path.partition("?")[0])


def is_letter(response: Response) -> bool:
    return "sandbox" in response.headers.get("content-security-policy", "")


def look(person: Person, response: Response, name: str) -> list[str]:
    """The barriers on the page that was opened.

    A letter runs no scripts where it stands, so axe is shown what it consists of.
    """
    if not response.headers.get("content-type", "").startswith("text/html"):
        return []
    if is_letter(response):
        content = response.text()
        person.page.goto("about:blank")
        person.page.set_content(content)
    return person.barriers(name, letter=is_letter(response))


def visit(person: Person, path: str, status: int = 0) -> tuple[Response, list[str]]:
    """Open a page, which must have this status, and look at it; any status from 400 is a refusal where it is 0."""
    response = person.page.goto(person.url + path)
    assert response is not None
    is_right = response.status == status if status else 400 <= response.status < 500
    return response, [*([] if is_right else [f"{path}: {response.status}"]), *look(person, response, path)]


def walk(person: Person) -> tuple[list[str], set[str]]:
    """Every page that links lead to from the overview; returns the barriers on them, and the kinds of pages."""
    waiting, counts, barriers = deque(["/"]), dict[str, int](), list[str]()
    while waiting:
        path = waiting.popleft()
        page = kind(path)
        counts[page] = counts.get(page, 0) + 1
        if counts[page] > (OF_A_THING if page.endswith("#") else 1):
            continue
        response, found = visit(person, path, 200)
        barriers += found
        if not is_letter(response):
            waiting.extend(linked(person))
    return barriers, set(counts)


def refuse(person: Person) -> list[str]:
    """The barriers on forms that are shown again with what is wrong in them."""
    barriers = []
    person.open("/register/import")
    person.press("Show the difference")
    expect(person.page.get_by_role("alert")).to_be_visible()
    barriers += person.barriers("import-refused")
    person.open(f"{ISSUE}/unsent")
    person.type("Number of copies", "99")
    person.press("Send what is owed")
    expect(person.field("Number of copies")).to_have_value("99")
    barriers += person.barriers("owed-refused")
    person.find(PEOPLE[1].email)
    person.sees(PEOPLE[1].words[0])
    return barriers + person.barriers("found")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", [SECRETARY, EDITOR, ADMIN])
def test_no_page_has_a_barrier(
    browser: Browser, service: Service, language: str, name: str, pictures: Path | None
) -> None:
    shelf = pictures and pictures / f"pages-{language}-{name}"
    with a_person(browser, service.url, language=language, pictures=shelf) as person:
        person.sign_in(name)
        if person.page.locator("html").get_attribute("lang") != language:
            person.page.locator(f"button[lang={language}]").click()
            expect(person.page.locator("html")).to_have_attribute("lang", language)
        barriers, kinds = walk(person)
        for path in (*REFUSED, NOT_FOR[name]):
            barriers += visit(person, path)[1]
        if name == SECRETARY:
            barriers += refuse(person)
    assert not barriers, "\n".join(barriers)
    assert len(kinds) >= FEWEST[name], kinds


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_of_a_member_has_a_barrier(
    browser: Browser, service: Service, language: str, pictures: Path | None
) -> None:
    recipient = PEOPLE[{"en": 0, "ru": 6}[language]].email
    letter = email.message_from_bytes(service.relay.letters(recipient)[0], policy=email.policy.default)
    text = letter.as_string().replace("=\n", "")
    [one_click] = re.findall(rf"<({service.url}/u/[^>]+)>", letter["List-Unsubscribe"])
    choices = re.findall(rf"{service.url}/m/[\w.~-]+", text)[0]
    shelf = pictures and pictures / f"pages-{language}-member"
    barriers = []

    def see(address: str, status: int = 200) -> None:
        barriers.extend(visit(person, f"{address.removeprefix(service.url)}?language={language}", status)[1])

    with a_person(browser, service.url, language=language, pictures=shelf) as person:
        see(one_click)
        see("/m/forged", 404)
        see(choices)
        person.press("Do this")
        person.sees("Please choose what you want.")
        barriers += person.barriers("nothing-chosen")
        person.follow("Read this copy in the browser")
        barriers += person.barriers("read")
        with person.page.expect_navigation() as opened:
            person.press("Read")
        barriers += look(person, opened.value, "copy")
        see(choices)
        person.tick("No more copies, until I ask for them again")
        person.press("Do this")
        barriers += person.barriers("chosen")
        service.waits_for_letter(recipient, after=1)
        answer = email.message_from_bytes(service.relay.letters(recipient)[-1], policy=email.policy.default)
        words = answer.get_body(("plain",)).get_content().split()
        undo = next(word for word in words if word.startswith(f"{service.url}/"))
        see(undo)
        person.tick("Yes, take it back")
        person.press("Take it back")
        barriers += person.barriers("taken-back")
    assert not barriers, "\n".join(barriers)
