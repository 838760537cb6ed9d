"""A copy is never wider than the screen, whatever a mail program leaves of its styles."""

import pytest

from mailer.domain.way_out import WayOut
from tests.quality.eyes import a_look
from tests.quality.figures import FIGURES
from tests.quality.specimens import FORMS, LANGUAGES, LONG, WHICH, a_page, every_insert, letters, need

pytestmark = pytest.mark.quality

WIDTHS = (320, 360, 375, 390, 600)


def too_wide(look, copies: dict[str, str], widths: tuple[int, ...] = WIDTHS) -> list:
    """What reaches over the edge, and where."""
    views = [(name, kind, width) for name in copies for kind in FORMS for width in widths]
    pages = [a_look(FORMS[kind](copies[name]), "overflow", width=width) for name, kind, width in views]
    answers = look(*pages)
    FIGURES.add("width: views", len(answers))
    for (name, kind, width), seen in zip(views, answers, strict=True):
        FIGURES.most("width: most pixels over the edge", seen["widest"] - width, f"{name}, {kind}, {width}")
        FIGURES.add("width: tables moved within their box", seen["boxes"])
    return [(view, seen["over"]) for view, seen in zip(views, answers, strict=True) if seen["over"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_nothing_reaches_over_the_edge_of_a_screen(look, which, language):
    need(which)
    named = {
        f"{which} {language}": a_page(which, language),
        f"{which} {language}, long name": a_page(which, language, name=LONG),
    }
    assert too_wide(look, named) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_insert_and_no_test_banner_reaches_over_the_edge(look, language):
    copies = {
        f"{variant.name} {language}": a_page("made up", language, variant)
        for variant in every_insert("made up", language)
    }
    copies |= {f"way out: {way}": a_page("made up", language, way=way) for way in WayOut}
    assert too_wide(look, copies | {"test": a_page("made up", language, test=True)}) == []


def test_no_letter_reaches_over_the_edge(look):
    assert too_wide(look, dict(letters()), widths=(320, 600)) == []
