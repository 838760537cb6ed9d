"""Takes the pictures of docs/: the console of the demo's club, as the secretary and the editor see it (`make pictures`)."""

import io
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import program

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DESK, PHONE = 1100, 390
TALLEST = 900  # pixels; the lower part of a long page says nothing new
COLOURS = 64  # enough for pages without photographs; a picture stays under 60 kB
SENT, WAITING = "/issues/russia-confidential/320", "/issues/russia-confidential/321"
FAULTY = """---
newsletter: russia-confidential
language: en
status: draft
number: 12
serial: 322
volume: 25
year: 2026
date: 2026-12-15
title: "After the ice"
---

## In brief

The first paragraph.

![A chart of the fares](fares.png)

<b>Bold by hand</b>
"""
PASTED = (
    "membership\tkind\tcirculation\tperson\tname_en\tsalutation_en\temail\tlanguages\n"
    "M130\tindividual\tclub\tP130\tNora Lindahl\tDear Ms Lindahl\tnora.lindahl@example.org\ten\n"
    "M131\tindividual\tclub\tP131\tPavel Hruby\tDear Mr Hruby\tpavel.hruby at example.net\ten\n"
)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The running demo: where its console is, and the password of each user."""

    url: str
    passwords: dict[str, str]


@contextmanager
def running_demo() -> Iterator[Demo]:
    """The demo, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mailer", "demo", "--fast", "--dir", f"{folder}/club"]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert demo.stdout is not None
        try:
            printed = []
            for line in demo.stdout:
                printed.append(line)
                if "Ctrl-C" in line:
                    break
            threading.Thread(target=demo.stdout.read, daemon=True).start()
            text = "".join(printed)
            address = re.search(r"http://localhost:\d+", text)
            assert address is not None, text
            yield Demo(url=address[0], passwords=dict(re.findall(r"^  (secretary|editor): (.+)$", text, re.MULTILINE)))
        finally:
            demo.terminate()
            demo.wait(30)


@contextmanager
def signed_in(browser: Browser, demo: Demo, name: str, width: int = DESK) -> Iterator[Page]:
    """The console's first page, as this user sees it."""
    context = browser.new_context(viewport={"width": width, "height": 700}, device_scale_factor=1, timezone_id="UTC")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{demo.url}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(demo.passwords[name])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{demo.url}/")
    yield page
    context.close()


def take(page: Page, name: str) -> None:
    """Write the picture of the page."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def editors_pictures(browser: Browser, demo: Demo) -> None:
    """An upload with its defects, and the issue's page."""
    with signed_in(browser, demo, "editor") as page:
        page.goto(f"{demo.url}/issues/upload")
        upload = {"name": "en.md", "mimeType": "text/markdown", "buffer": FAULTY.encode()}
        page.get_by_label("Files", exact=True).set_input_files([upload])
        page.get_by_role("button", name="Upload").click()
        take(page, "upload")
        page.goto(demo.url + WAITING)
        take(page, "issue")
        page.locator("iframe").first.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        page.locator("iframe").first.screenshot(path=FOLDER / "preview.png")
        shrunk = Image.open(FOLDER / "preview.png").convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        shrunk.save(FOLDER / "preview.png", optimize=True)


def secretarys_pictures(browser: Browser, demo: Demo) -> None:
    """The month, page by page; nothing is sent."""
    with signed_in(browser, demo, "secretary") as page:
        for name, path in (
            ("overview", "/"),
            ("to-do", "/to-do"),
            ("circulation", f"{WAITING}/circulation"),
            ("report", f"{SENT}/report"),
            ("person", "/register/people/P104"),
            ("copies", f"{SENT}/copies"),
        ):
            page.goto(demo.url + path)
            take(page, name)
        page.goto(f"{demo.url}/register/import")
        page.get_by_label("Rows of people").fill(PASTED)
        page.get_by_role("button", name="Show the difference").click()
        take(page, "import")
        page.goto(demo.url + WAITING)
        page.get_by_role("button", name="Approve").click()
        page.goto(f"{demo.url}{WAITING}/send")
        take(page, "send")
        page.goto(demo.url + WAITING)
        page.get_by_role("button", name="Withdraw").click()
    with signed_in(browser, demo, "secretary", PHONE) as page:
        take(page, "phone")


def main() -> None:
    """Write every picture anew."""
    chromium = program("chromium")
    assert chromium is not None, "Chromium is missing: apt install chromium"
    FOLDER.mkdir(exist_ok=True)
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        editors_pictures(browser, demo)
        secretarys_pictures(browser, demo)
        browser.close()


if __name__ == "__main__":
    main()
