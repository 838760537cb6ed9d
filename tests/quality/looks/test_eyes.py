"""Eyes that see nothing prove nothing."""

import pytest

from tests.quality.eyes import a_look
from tests.quality.specimens import without_media, without_styles

pytestmark = pytest.mark.quality

KINDS = ("axe", "overflow", "rules", "differences", "inks")
FAULTY = """<!DOCTYPE html><html lang="en"><title>x</title><body><main><h1 style="color:#aaa">x</h1><i style="color:#700">y</i>
<img style="width:700px"></main>"""
BOX = """<!DOCTYPE html><title>x</title><div class="box" style="overflow-x:auto"><p style="width:700px">x</p></div>"""
STYLED = "<style>p { color: red } @media print { p { color: black } h1 { color: red } } h1 { color: blue }</style><p>"


def test_faults_are_seen(look):
    pages = [a_look(FAULTY, kind, width=600, other=FAULTY.replace("#700", "#070")) for kind in KINDS]
    axe, overflow, rules, differences, inks = look(*pages)
    assert {"color-contrast", "image-alt"} <= {rule for rule, _ in axe}
    assert overflow == {"over": ["html", "img."], "widest": 708, "boxes": 0}
    assert "wcag/h37" in {rule for rule, _, _ in rules}
    assert ["i", "color", "rgb(119, 0, 0)", "rgb(0, 119, 0)"] in differences["found"]
    assert inks == [["x", [170, 170, 170], [255, 255, 255]], ["y", [119, 0, 0], [255, 255, 255]]]


def test_what_a_box_hides_is_no_overflow(look):
    assert look(a_look(BOX, "overflow", width=600)) == [{"over": [], "widest": 600, "boxes": 1}]


def test_the_fonts_are_our_own(look):
    """Georgia is 11 % wider than what stands in for it on most machines."""
    word = (
        "<!DOCTYPE html><title>x</title><p style='display:inline-block;margin:0;font:100px {}'>Hamburgefonstiv Жук</p>"
    )
    named = ["Georgia", "Times New Roman", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans"]
    widths = look(*(a_look(word.format(f'"{name}"'), "width") for name in named))
    assert len(set(widths[2:])) == 1
    assert len(set(widths[:3])) == 3


def test_styles_are_left_out_as_programs_do():
    assert without_styles(STYLED) == "<p>"
    assert without_media(STYLED).split() == [
        "<style>p",
        "{",
        "color:",
        "red",
        "}",
        "h1",
        "{",
        "color:",
        "blue",
        "}</style><p>",
    ]
