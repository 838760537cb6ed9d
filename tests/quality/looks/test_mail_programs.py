"""Every mail program of a member shows what a copy says, by the data of caniemail.com; what it shows otherwise is accepted."""

from collections import Counter

import pytest

from mailer.domain.way_out import WayOut
from tests.quality import mail_programs
from tests.quality.degradations import ACCEPTED, UNTRIED, Degradation
from tests.quality.figures import FIGURES
from tests.quality.mail_programs import OUTLOOK, PROGRAMS, facts, support, used
from tests.quality.specimens import LANGUAGES, a_page, letters

pytestmark = pytest.mark.quality


@pytest.fixture(scope="module")
def uses() -> set[tuple[str, str]]:
    """Each feature that some message uses, and the program that reads it."""
    if not mail_programs.DATA.is_file():
        pytest.skip("caniemail is missing: run sh tests/quality/install")
    pages = [a_page(which, language, test=True) for which in ("made up", "demo", "hard") for language in LANGUAGES]
    pages += [a_page("made up", "en", way=way) for way in WayOut]
    pages += [page for _, page in letters()]
    return {(feature, program) for program in PROGRAMS for page in pages for feature in used(page, program)}


def test_what_a_program_does_not_show_is_accepted_for_a_reason(uses):
    tried = {(feature, program) for feature, program in uses if feature in facts()}
    FIGURES.add("mail programs: features used", len({feature for feature, _ in tried}))
    FIGURES.add("mail programs: programs", len(PROGRAMS))
    lost = {(feature, program): support(feature, program) for feature, program in tried}
    lost = {use: shown for use, shown in lost.items() if shown != "y"}
    for shown, count in sorted(Counter(lost.values()).items()):
        FIGURES.add(f"mail programs: accepted, support '{shown}'", count)
    assert [use for use in sorted(lost) if not any(entry.covers(*use) for entry in ACCEPTED)] == []


def test_what_is_accepted_is_still_used(uses):
    lost = [use for use in uses if use[0] in facts() and support(*use) != "y"]
    idle = [
        f"{entry.feature} {pattern}"
        for entry in ACCEPTED
        for pattern in entry.programs.split()
        if not any(Degradation(feature=entry.feature, programs=pattern, why="").covers(*use) for use in lost)
    ]
    assert " ".join(idle) == ""
    assert all(entry.why for entry in ACCEPTED)


def test_what_was_never_tried_is_named(uses):
    assert {feature for feature, _ in uses if feature not in facts()} == set(UNTRIED)


def test_a_new_feature_is_seen():
    if not mail_programs.DATA.is_file():
        pytest.skip("caniemail is missing: run sh tests/quality/install")
    page = """<!doctype html><title>x</title><style>@media (min-width: 1px) { .a > b:hover { display: grid; top: 3px } }</style>
    <!--[if mso]><i style="width: calc(1px + 2vw)"></i><![endif]--><!-- x -->
    <main style="position: absolute; padding-left: 2em"><a href="#x" target="_top"><blink>x</blink></a></main>"""
    anywhere = {
        *(
            "html-doctype",
            "html-style",
            "css-at-media",
            "css-selector-class",
            "css-selector-child",
            "css-selector-type",
        ),
        *(
            "css-pseudo-class-hover",
            "css-display-grid",
            "css-unit-px",
            "html-comments",
            "html-semantics",
            "css-position",
        ),
        *("css-padding", "css-unit-em", "html-anchor-links", "html-target", "<blink>", "<a>"),
    }
    assert anywhere <= used(page, "gmail.ios")
    assert used(page, OUTLOOK) - used(page, "gmail.ios") >= {"css-width", "css-unit-calc", "css-unit-vw", "<i>"}
    assert support("css-position", "gmail.ios") == "n"
