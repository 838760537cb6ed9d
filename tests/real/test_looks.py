"""How a bulletin looks in Chromium: the same after inlining, readable in the dark and aloud, never wider than a phone."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from mailer.domain.edition import Edition, Slot
from mailer.domain.issue import Issue, PictureFile
from mailer.formats.edition import html as room
from mailer.formats.edition.compile import compile_edition
from mailer.formats.edition.inline_styles import inline
from mailer.formats.issue.text import parse as parse_file
from tests.conftest import SEED
from tests.formats.made_up import CORPORATE, FEES, READER, TEMPLATES, a_newsletter, an_issue, printed

pytestmark = pytest.mark.real

NODE = Path(__file__).parent / "node"
PACKAGES = ("playwright-core", "axe-core", "html-validate")
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
ISSUES = pytest.mark.parametrize("which", ["made up", "demo", "seed"])
WIDTHS = (375, 600, 1024)
KINDS = ("axe", "overflow", "rules", "differences", "inks")
SCHEMES = ("light", "dark")
BANNER = "TEST, not for members"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3
WIDE = "<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='700'><rect width='2000' height='700'/></svg>"

Look = Callable[..., list]


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    """What is seen of each page; one Chromium for all of them, which loads nothing from anywhere."""
    chromium = shutil.which("chromium")
    if not chromium or not shutil.which("node"):
        pytest.skip("chromium or node is missing: run sh tests/real/install as root")
    if not all((NODE / "node_modules" / package).is_dir() for package in PACKAGES):
        pytest.skip(f"{', '.join(PACKAGES)} are missing: run sh tests/real/install")
    command = ["node", NODE / "looks.js", chromium]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as node:
        assert node.stdin
        assert node.stdout

        def ask(*pages: dict) -> list:
            node.stdin.write(json.dumps(pages) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()


def a_page(html: str, look: str, **fields: object) -> dict:
    return {"html": html, "look": look, "width": 1024, "scheme": "light", "forced": False} | fields


# --- the issues -------------------------------------------------------------------------------------------------------


FOLDERS = {"demo": Path(__file__).parents[2] / "demo" / "issues" / "2026-10", "seed": SEED / "issues" / "2018-03"}


@cache
def issue_of(which: str) -> Issue:
    if which == "made up":
        return an_issue()
    folder = FOLDERS[which]
    texts = tuple(parse_file(f"{name}.md", (folder / f"{name}.md").read_bytes()) for name in ("en", "ru"))
    pictures = tuple(
        PictureFile(name=file.name, subtype="png", content=file.read_bytes()) for file in folder.glob("*.png")
    )
    return replace(an_issue(*texts), year=texts[0].date.year, date=texts[0].date, pictures=pictures)


def compiled(which: str, language: str) -> Edition:
    if which == "seed" and not SEED.is_dir():
        pytest.skip("../shared/seed is not there")
    issue = issue_of(which)
    return compile_edition(
        issue=issue,
        language=language,
        variant=CORPORATE,
        newsletter=a_newsletter(),
        fees=replace(FEES, seasons=tuple(replace(season, year=issue.date.year) for season in FEES.seasons)),
        templates=TEMPLATES,
    )


def a_copy(which: str, language: str, **values: str) -> str:
    """A whole test copy, every picture a wide one."""
    given = READER[language] | {Slot(name): value for name, value in values.items()}
    html = printed(compiled(which, language), given, banner=BANNER)[0]
    return re.sub(r"cid:[^\"]+", f"data:image/svg+xml,{quote(WIDE)}", html)


# --- R9, R10: inlining changes nothing --------------------------------------------------------------------------------


@ISSUES
@LANGUAGES
def test_inlining_changes_no_computed_style_of_any_element(look, which, language, monkeypatch):
    sheets = []

    def noted(document: str) -> object:
        sheets.append(document)
        return inline(document)

    monkeypatch.setattr(room, "inline", noted)
    compiled(which, language)
    (sheet,) = sheets
    ours = etree.tostring(inline(sheet), method="html", encoding="unicode", doctype="<!DOCTYPE html>")
    pages = [
        a_page(sheet, "differences", other=ours, width=wide, scheme=one) for wide in (375, 1024) for one in SCHEMES
    ]
    for seen in look(*pages):
        assert seen["elements"] > 50
        assert seen["found"] == []
    screens = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "_base" / "screens.css").read_text())
    kept = screens.count("!important")
    assert kept > 0
    assert look(a_page(sheet, "important"), a_page(ours, "important")) == [kept, kept]


# --- R10, R11: everybody can read it ----------------------------------------------------------------------------------


@ISSUES
@LANGUAGES
def test_axe_finds_no_fault_on_any_screen(look, which, language):
    """All of axe's rules, contrast among them."""
    html = a_copy(which, language)
    pages = [a_page(html, "axe", width=width, scheme=scheme) for width in WIDTHS for scheme in SCHEMES]
    assert look(*pages) == [[]] * len(pages)


@LANGUAGES
@pytest.mark.parametrize("bare", [False, True], ids=["whole", "without its head"])
def test_every_ink_can_be_read_when_a_mail_program_darkens_by_force(look, language, bare):
    """Chromium's automatic dark theme, as painted; some programs throw the head with our own dark rules away."""
    html = a_copy("made up", language)
    if bare:
        html = re.sub(r"<head>.*</head>", "", html, flags=re.DOTALL)
    lit, forced = look(a_page(html, "inks"), a_page(html, "inks", forced=True))
    assert [words for words, _, _ in lit] == [words for words, _, _ in forced]
    assert {"The Harbour Letter", "2029", BANNER} <= {words for words, _, _ in forced}
    assert all(brightness(ground) < 0.2 for _, _, ground in forced)
    assert [spot for spot in [*lit, *forced] if contrast(*spot[1:]) < 4.5] == []


def brightness(colour: Sequence[int]) -> float:
    """Relative luminance (WCAG 2.1)."""
    channels = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: Sequence[int], ground: Sequence[int]) -> float:
    darker, lighter = sorted((brightness(ink), brightness(ground)))
    return (lighter + 0.05) / (darker + 0.05)


# --- R13, R15 ---------------------------------------------------------------------------------------------------------


@ISSUES
@LANGUAGES
def test_nothing_reaches_over_the_edge_of_a_screen(look, which, language):
    copies = [a_copy(which, language), a_copy(which, language, name=LONG, salutation=LONG)]
    pages = [a_page(html, "overflow", width=width) for html in copies for width in (320, 375, 600)]
    assert look(*pages) == [[]] * len(pages)


@ISSUES
@LANGUAGES
def test_html_validate_finds_no_error(look, which, language):
    assert look(a_page(a_copy(which, language), "rules")) == [[]]


# --- what sees nothing proves nothing ---------------------------------------------------------------------------------


def test_faults_are_seen(look):
    faulty = '<!DOCTYPE html><html lang="en"><title>x</title><body><main><h1 style="color:#aaa">x</h1><i style="color:#700">y</i><img style="width:700px"></main>'
    pages = [a_page(faulty, kind, width=600, other=faulty.replace("#700", "#070")) for kind in KINDS]
    axe, overflow, rules, differences, inks = look(*pages)
    assert {"color-contrast", "image-alt"} <= {rule for rule, _ in axe}
    assert overflow == ["html", "img."]
    assert "wcag/h37" in {rule for rule, _, _ in rules}
    assert ["i", "color", "rgb(119, 0, 0)", "rgb(0, 119, 0)"] in differences["found"]
    assert inks == [["x", [170, 170, 170], [255, 255, 255]], ["y", [119, 0, 0], [255, 255, 255]]]
