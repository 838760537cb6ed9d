"""The parts of pages, all of them on a page of specimens."""

from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html
from markupsafe import Markup

from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.texts import texts
from mailer.web.render import _environment, labelled
from tests.web.markup import faults

SPECIMENS = Path(__file__).parent / "specimens.html"


class Visited:
    """What the frame asks of a visit."""

    path = "/issues/harbour-letter/41"
    masthead = "The Harbour Letter"
    address = "/issues/harbour-letter/41"
    is_answer_to_form = False

    @staticmethod
    def linked(text):
        return text


def specimens(language: str = "en") -> str:
    """The page of specimens."""
    user = User(id=1, name="Vera Pavlovna", role=Role.ADMIN)
    page = _environment(language).from_string(SPECIMENS.read_text(encoding="utf-8"))
    return page.render(visit=Visited, user=user, outcome="Approved.", language=language, texts=texts(language))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_part_is_well_made(language: str) -> None:
    assert faults(specimens(language)) == []


def test_what_is_passed_to_a_part_is_escaped() -> None:
    assert "<b>Bobby" not in specimens()


def test_a_grey_button_says_why() -> None:
    (send,) = html.document_fromstring(specimens()).xpath("//button[@disabled]")
    (reason,) = send.xpath("//*[@id=$id]", id=send.get("aria-describedby"))
    assert reason.text.startswith("Not approved yet.")


def test_an_error_and_a_hint_are_joined_to_their_field() -> None:
    (address,) = html.document_fromstring(specimens()).xpath("//input[@id='address']")
    assert address.get("aria-invalid") == "true"
    assert address.get("aria-describedby") == "address-hint address-error"


def test_the_longest_bar_fills_the_chart_and_the_parts_follow_each_other() -> None:
    bars = html.document_fromstring(specimens()).xpath("//td[@class='bar']/svg")
    spans = [[(float(part.get("x")), float(part.get("width"))) for part in bar.xpath(".//rect")] for bar in bars]
    for parts in spans:
        for (begin, width), (after, _) in pairwise(parts):
            assert begin + width == pytest.approx(after, abs=0.02)
    assert max(parts[-1][0] + parts[-1][1] for parts in spans) == pytest.approx(100, abs=0.02)


def test_the_section_of_the_page_is_marked() -> None:
    current = html.document_fromstring(specimens()).xpath("//nav[contains(@class, 'sections-wide')]//a[@aria-current]")
    assert [link.text for link in current] == ["Issues"]


def test_what_was_just_done_is_shown_on_a_page_that_uses_notices_of_its_own() -> None:
    notices = html.document_fromstring(specimens()).xpath("//div[contains(@class, 'notice')]")
    assert notices[0].text_content().split() == ["Approved."]


def test_a_cell_knows_the_head_of_its_column() -> None:
    rows = Markup(
        '<tr><th scope="row">Ada</th><td>1 < 2</td></tr>\n<tr><td class="number">7</td><td>b</td><td>c</td></tr>'
    )
    page = html.fromstring(f"<table>{labelled(rows, ['Who', '#How many &', ''])}</table>")
    assert [cell.get("data-label") for cell in page.iter("td", "th")] == [None, "How many &", "Who", "How many &", None]
