"""No page keeps anybody out: every page that links lead to, light and dark, in both languages, at both widths."""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.eyes import Person, a_person
from tests.browser.grown import PEOPLE, SCHEDULE, grow
from tests.browser.service import ADMIN, EDITOR, SECRETARY, a_service

pytestmark = pytest.mark.browser
# So many pages of one kind, such as the pages of people, are looked at.
OF_A_KIND = 2
FILES = (".csv", ".eml", ".zip", ".xlsx", "/export")


def pages(person: Person) -> list[str]:
    """The addresses that the links of the page lead to, without files and the way out."""
    links = person.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    parts = [urlsplit(link) for link in links if link.startswith(person.url)]
    return [f"{part.path}?{part.query}".rstrip("?") for part in parts if not part.path.endswith(FILES)]


def kind(path: str) -> str:
    """The address with every number and name in it taken for the same."""
    return re.sub(r"\d+|P\d+|M\d+", "#", path.partition("?")[0])


def walk(person: Person) -> list[str]:
    """Every page that links lead to from the overview; returns the barriers on them."""
    waiting, counts, barriers = deque(["/"]), dict[str, int](), list[str]()
    while waiting:
        path = waiting.popleft()
        counts[kind(path)] = counts.get(kind(path), 0) + 1
        if counts[kind(path)] > OF_A_KIND:
            continue
        response = person.page.goto(person.url + path)
        assert response is not None
        if response.status != 200:
            barriers.append(f"{path}: {response.status}")
            continue
        # A letter that is shown as it was sent runs no scripts, so axe cannot look at it; its own tests do.
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if not is_page or "sandbox" in response.headers.get("content-security-policy", ""):
            continue
        if person.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            barriers.append(f"{path}: wider than the screen")
        barriers += person.barriers()
        person.picture(f"{person.language}{path.replace('/', '-').partition('?')[0]}")
        waiting.extend(pages(person))
    assert len(counts) > 3, counts
    return barriers


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [(SECRETARY, "light", "desk"), (SECRETARY, "dark", "phone"), (EDITOR, "dark", "desk"), (ADMIN, "light", "phone")],
)
def test_no_page_has_a_barrier(
    browser: Browser, tmp_path: Path, language: str, name: str, scheme: str, width: str, pictures: Path | None
) -> None:
    shelf = pictures and pictures / f"pages-{language}-{name}-{scheme}-{width}"
    with a_service(tmp_path, SCHEDULE, PEOPLE, language=language) as service:
        grow(service)
        with a_person(browser, service.url, language=language, scheme=scheme, width=width, pictures=shelf) as person:
            person.sign_in(name)
            barriers = walk(person)
    assert not barriers, "\n".join(barriers)
