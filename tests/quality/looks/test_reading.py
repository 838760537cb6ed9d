"""Everybody can read a copy: axe finds no fault on any screen, and every ink stands out, also where it is darkened by force."""

import re
from collections.abc import Sequence

import pytest

from mailer.domain.way_out import WayOut
from tests.quality.eyes import a_look
from tests.quality.figures import FIGURES
from tests.quality.specimens import LANGUAGES, WHICH, a_page, every_insert, letters, need, without_styles

pytestmark = pytest.mark.quality

SCHEMES = ("light", "dark")
# Phones, a tablet and a desk; then a phone and a desk whose mail program drops every style sheet.
VIEWS = ((320, str), (375, str), (600, str), (1024, str), (360, without_styles), (1024, without_styles))


def judged(look, pages: list[dict]) -> list:
    """What axe says against these pages."""
    answers = look(*pages)
    FIGURES.add("axe: views", len(answers))
    faults = [fault for answer in answers for fault in answer]
    FIGURES.add("axe: violations", len(faults))
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_axe_finds_no_fault_on_any_screen(look, which, language):
    """All of axe's rules, contrast among them."""
    need(which)
    html = a_page(which, language)
    pages = [a_look(form(html), "axe", width=width, scheme=scheme) for width, form in VIEWS for scheme in SCHEMES]
    assert judged(look, pages) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_fault_in_any_insert_or_test_copy(look, language):
    copies = [a_page("made up", language, variant) for variant in every_insert("made up", language)]
    copies.append(a_page("made up", language, test=True))
    copies += [a_page("made up", language, way=way) for way in WayOut if way is not WayOut.PAGE]
    assert judged(look, [a_look(html, "axe", width=375, scheme=scheme) for html in copies for scheme in SCHEMES]) == []


def test_axe_finds_no_fault_in_any_letter(look):
    pages = [a_look(html, "axe", width=320, scheme=scheme) for _, html in letters() for scheme in SCHEMES]
    assert judged(look, pages) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["made up", "hard"])
@pytest.mark.parametrize("bare", [False, True], ids=["whole", "without its head"])
def test_every_ink_can_be_read_when_a_mail_program_darkens_by_force(look, which, language, bare):
    """Chromium's automatic dark theme, as painted; some programs throw the head with our own dark rules away."""
    html = a_page(which, language, test=True)
    if bare:
        html = re.sub(r"<head>.*</head>", "", html, flags=re.DOTALL)
    lit, forced = look(a_look(html, "inks"), a_look(html, "inks", forced=True))
    FIGURES.add("inks: pieces of text, darkened by force", len(forced))
    assert [words for words, _, _ in lit] == [words for words, _, _ in forced]
    assert len(forced) > 50
    assert any(words.startswith(("TEST", "ТЕСТ")) for words, _, _ in forced)
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
