"""A person at the console: opens pages, presses what is written on buttons, types into what is written beside fields.

What the person reads is given in English and looked up in the language of the page, so that a story is told once.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from mailer.texts import texts
from tests.browser.service import PASSWORD

WIDTHS = {"desk": 1280, "phone": 390}
HEIGHT = 900
BLANK = 2_000  # octets of a PDF without a word
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
MOST_TABS = 150  # on a page
PATIENCE = 60_000  # milliseconds: a busy machine fails nothing
# Of these, axe depends on the colours alone.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
RULES_OF_PAGES = ["region", "landmark-one-main", "page-has-heading-one", "bypass"]


@dataclass(kw_only=True)
class Person:
    """Somebody with a browser. `troubles` collects what the browser complains of."""

    url: str
    page: Page
    language: str = "en"
    keyboard: bool = False  # no mouse: every field and button is reached by Tab
    pictures: Path | None = None
    troubles: list[str] = field(default_factory=list)

    def said(self, text: str) -> str:
        """A text of the console in the page's language."""
        return texts(self.language).gettext(text)

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.url + path)

    def sign_in(self, name: str) -> None:
        """Sign in with a password."""
        self.open("/sign-in")
        self.type("Name", name)
        self.type("Password", PASSWORD)
        self.press("Sign in")
        expect(self.page).to_have_url(f"{self.url}/")

    def type(self, label: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        if self.keyboard and self.field(label).get_attribute("type") != "date":  # a date is typed in parts
            self._reach(self.field(label))
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)
        else:
            self.field(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.field(label).select_option(label=self.said(option))

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""
        self.check(self.field(label))

    def check(self, box: Locator) -> None:
        """The same for a box whose words count something."""
        if self.keyboard and box.get_attribute("type") == "checkbox":
            self._reach(box)
            self.page.keyboard.press("Space")
        else:
            box.check()

    def upload(self, label: str, *files: Path) -> None:
        """Choose files of the disk."""
        self.field(label).set_input_files(list(files))

    def field(self, label: str) -> Locator:
        """The field with this label."""
        return self.page.get_by_label(self.said(label), exact=True)

    def button(self, label: str) -> Locator:
        """The button with these words; of several, the first."""
        return self.page.get_by_role("button", name=self.said(label), exact=True).first

    def press(self, label: str) -> None:
        """Press a button that leads to another page."""
        self._activate(self.button(label))

    def follow(self, words: str) -> None:
        """Follow a link of the page, in the menu or elsewhere."""
        link = self.page.get_by_role("link", name=self.said(words), exact=True).first
        menu = self.page.locator(".sections-narrow > summary")
        if not link.is_visible() and menu.is_visible():
            self._activate(menu, leads=False)
        self._activate(link)

    def find(self, words: str) -> None:
        """Ask the one box."""
        self.page.locator("#find").fill(words)
        self.press("Find")

    def _activate(self, target: Locator, *, leads: bool = True) -> None:
        if not self.keyboard:
            target.click()
            return
        expect(target).to_be_enabled()
        self._reach(target)
        with self.page.expect_navigation() if leads else nullcontext():
            self.page.keyboard.press("Enter")

    def _reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that the focus shows."""
        for _ in range(MOST_TABS):
            if target.evaluate("part => part === document.activeElement"):
                assert target.evaluate("part => getComputedStyle(part).outlineStyle") != "none", (
                    "the focus is invisible"
                )
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target} on {self.page.url}")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says this."""
        expect(self.page.get_by_role("main")).to_contain_text(self.said(text) if isinstance(text, str) else text)

    def row(self, text: str) -> Locator:
        """The row of a table that says this."""
        return self.page.get_by_role("row").filter(has_text=text)

    def picture(self, name: str) -> None:
        """Take a picture of the page, where pictures are wanted."""
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def paper(self, name: str) -> None:
        """Print the page, where pictures are wanted into a file."""
        printed = self.page.pdf(format="A4")
        assert len(printed) > BLANK, "the sheet is blank"
        if self.pictures is not None:
            (self.pictures / f"{name}.pdf").write_bytes(printed)

    def barriers(self, name: str = "", *, letter: bool = False) -> list[str]:
        """What keeps some people from using the page, as axe finds it: at each width, in light and in dark.

        A letter is no page: it stands in a mail program, which has the heads and landmarks.
        """
        name, found = name or self.page.url, list[str]()
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width, pixels in WIDTHS.items():
            self.page.set_viewport_size({"width": pixels, "height": HEIGHT})
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name} ({width}): wider than the screen")
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                found += [f"{name} ({width}, {scheme}): {fault}" for fault in self._look(scheme, letter=letter)]
                self.picture(f"{_file_name(name)}-{width}-{scheme}")
        return found

    def _look(self, scheme: str, *, letter: bool) -> list[str]:
        options: dict[str, Any] = {"iframes": False, "resultTypes": ["violations"]}
        if scheme == "dark":  # everything else is as it was in light
            options["runOnly"] = RULES_OF_COLOURS
        elif letter:
            options["rules"] = {rule: {"enabled": False} for rule in RULES_OF_PAGES}
        violations = self.page.evaluate("async options => (await axe.run(options)).violations", options)
        return [f"{each['id']}: {node['html'][:160]}" for each in violations for node in each["nodes"]]


def _file_name(address: str) -> str:
    return re.sub(r"\W+", "-", urlsplit(address).path).strip("-") or "overview"


@contextmanager
def a_person(
    browser: Browser,
    url: str,
    *,
    language: str = "en",
    width: str = "desk",
    scripts: bool = True,
    keyboard: bool = False,
    pictures: Path | None = None,
) -> Iterator[Person]:
    """Somebody who looks at the console, until the end of the block; then the browser must not have complained."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": HEIGHT},
        locale={"en": "en-GB", "ru": "ru-RU"}[language],
        java_script_enabled=scripts,
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    person = Person(url=url, page=context.new_page(), language=language, keyboard=keyboard, pictures=pictures)
    _listen(person)
    try:
        yield person
        assert person.troubles == []
    finally:
        context.close()


def _listen(person: Person) -> None:
    def note_message(message: Any) -> None:
        # A page that refuses what was typed answers 4xx, which the browser calls an error.
        if message.type == "error" and "status of 4" not in message.text:
            person.troubles.append(f"{person.page.url}: {message.text}")

    def note_request(request: Any) -> None:
        if not request.url.startswith((person.url, "data:", "blob:")):
            person.troubles.append(f"{person.page.url} asks for {request.url}")

    person.page.on("console", note_message)
    person.page.on("pageerror", lambda error: person.troubles.append(f"{person.page.url}: {error}"))
    person.page.on("request", note_request)
