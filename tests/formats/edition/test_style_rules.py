import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.formats.edition.inline_styles import lost_styles
from mailer.formats.edition.style_rules import read_style_rules
from tests.formats.made_up import TEMPLATES

STYLES = (TEMPLATES / "_base" / "style.css").read_text(encoding="utf-8")
SCREENS = (TEMPLATES / "_base" / "screens.css").read_text(encoding="utf-8")


def lost(inlined: str, screens: str = SCREENS) -> tuple[str, ...]:
    styles = f'<style>\n{inlined}\n</style>\n<style data-premailer="ignore">\n{screens}\n</style>'
    return lost_styles(f"<!DOCTYPE html>\n<html><head>{styles}</head><body><p>Words.</p></body></html>")


def test_the_shipped_styles_are_taken_whole() -> None:
    assert lost(STYLES) == ()


@pytest.mark.parametrize("brace", ["{", "}"])
@pytest.mark.parametrize("sheet", ["inlined", "screens"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_missing_brace_is_named_wherever_it_was(brace: str, sheet: str, data: st.DataObject) -> None:
    styles = STYLES if sheet == "inlined" else SCREENS
    place = data.draw(st.sampled_from([match.start() for match in re.finditer(brace, styles)]))
    broken = styles[:place] + styles[place + 1 :]
    [sentence] = lost(broken) if sheet == "inlined" else lost(STYLES, broken)
    assert re.match(r"the (inlined styles|styles that stay as they are) \(\w+\.css\), line \d+: ", sentence)


def test_a_missing_brace_is_named_with_the_line_of_its_rule() -> None:
    assert lost("p { margin: 0 }\nh1 {\n  color: red;\nh2 { color: blue }\n") == (
        "the inlined styles (style.css), line 2: the rule 'h1' has no '}' at its end",
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_missing_colon_or_semicolon_is_named(data: st.DataObject) -> None:
    # The last declaration of a rule needs no semicolon.
    places = [match.start() for match in re.finditer(r":|;(?! *\})", STYLES)]
    place = data.draw(st.sampled_from(places))
    assert lost(STYLES[:place] + STYLES[place + 1 :])


@pytest.mark.parametrize(
    ("rule", "selector"),
    [
        ("a:link { color: red }", "a:link"),
        ("p:not(.x) { color: red }", "p:not(.x)"),
        ("tr:nth-child(2n+1) td { color: red }", "tr:nth-child(2n+1) td"),
        ("a:hover { color: red }", "a:hover"),
        ("p::before { content: 'x' }", "p::before"),
        ("* { margin: 0 }", "*"),
        ("P { color: red }", "P"),
        ("div.x TD { color: red }", "div.x TD"),
        (":root { --ink: red }", ":root"),
        ("@media print { p { color: red } }", "@media print"),
        ("@font-face { font-family: x; src: none }", "@font-face"),
        ("@import 'more.css';", "@import 'more.css'"),
    ],
)
def test_a_rule_that_cannot_be_inlined_is_named(rule: str, selector: str) -> None:
    [sentence] = lost(f"p {{ margin: 0 }}\n\n{rule}\n")
    assert sentence.startswith(f"the inlined styles (style.css), line 3: '{selector}' was not taken: ")


def test_a_rule_is_named_although_another_one_like_it_was_taken() -> None:
    for sheet in (
        "p { margin: 0 }\nP { margin: 1px }",
        "p { margin: 0 }\np:not(.x) { margin: 1px }",
        "P {margin: 0}\np {margin: 0}",
    ):
        [sentence] = lost(sheet)
        assert re.search(r"line \d: '(P|p:not\(\.x\))' was not taken", sentence)
    assert lost("p { margin: 0 }\np { margin: 1px }\np, h1 { margin: 2px }") == ()


def test_a_value_that_css_does_not_know_is_named_with_its_property() -> None:
    assert lost("p { margin: 0; color: #12 }") == (
        "the inlined styles (style.css), line 1: 'color' of 'p' was not taken: correct its value",
    )


@pytest.mark.parametrize(
    "rule",
    [
        "p{color:red;;}",
        "p { color: red !important }",
        "p > a , td { color: red }",
        ".a.b #c [lang=ru] { color: red }",
        "p + p, p ~ p { margin: 0 }",
        "p { width: calc(100% - 2px); font: 12px/1.4 'A:B;}', serif }",
        "p { background: url(data:image/png;base64,AA}AA) }",
        "/* p { } } */ p { margin: 0 } /* ; */",
        "",
        "p {}",
    ],
)
def test_what_is_taken_is_not_named(rule: str) -> None:
    assert lost(rule) == ()


@given(st.text("a{};:@/*'\"() \n"))
def test_any_text_is_read_or_named_with_its_line(sheet: str) -> None:
    try:
        read_style_rules(sheet)
    except BadInput as error:
        assert re.match(r"line \d+: ", str(error))  # noqa: PT017
