"""The HTML of a copy is correct: html-validate finds no error, and what no tool looks at is looked at here."""

from itertools import pairwise

import pytest
from lxml import html as reader

from mailer.domain.way_out import WayOut
from tests.quality.eyes import a_look
from tests.quality.figures import FIGURES
from tests.quality.specimens import LANGUAGES, WHICH, a_page, every_insert, letters, need

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_html_validate_finds_no_error(look, which, language):
    need(which)
    copies = [a_page(which, language), a_page(which, language, test=True)]
    if which == "made up":
        copies += [a_page(which, language, variant) for variant in every_insert(which, language)]
        copies += [a_page(which, language, way=way) for way in WayOut]
    answers = look(*(a_look(html, "rules") for html in copies))
    FIGURES.add("html-validate: pages", len(answers))
    FIGURES.add("html-validate: errors", sum(map(len, answers)))
    assert [fault for answer in answers for fault in answer] == []


def test_html_validate_finds_no_error_in_any_letter(look):
    named = dict(letters())
    answers = look(*(a_look(html, "rules") for html in named.values()))
    FIGURES.add("html-validate: pages", len(answers))
    FIGURES.add("html-validate: errors", sum(map(len, answers)))
    assert {name: faults for name, faults in zip(named, answers, strict=True) if faults} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_it_can_be_read_aloud(which, language):
    """What axe does not look at: the language where clients drop html and body, the roles of tables, the heads of columns."""
    need(which)
    page = reader.document_fromstring(a_page(which, language))
    (main,) = page.xpath("//*[@role='main']")
    assert page.get("lang") == main.get("lang") == language
    assert page.get("dir") == main.get("dir") == "ltr"
    for table in page.iter("table"):
        if table.get("role") != "presentation":
            assert table.xpath("./caption[normalize-space()]")
            assert all(cell.get("scope") in {"col", "row"} for cell in table.iter("th"))
            assert list(table.iter("th"))
    levels = [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(image.get("alt") for image in page.iter("img"))


def test_nothing_is_loaded_from_elsewhere_or_run():
    for which in ("made up", "hard"):
        page = reader.document_fromstring(a_page(which, "en"))
        assert not list(page.iter("script", "link", "form", "iframe", "object", "base"))
        assert all(image.get("src").startswith("data:image/") for image in page.iter("img"))
        styles = [node.text_content() for node in page.iter("style")] + page.xpath("//@style")
        assert not [style for style in styles if "url(" in style or "@import" in style]
