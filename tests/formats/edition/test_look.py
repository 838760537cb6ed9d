"""The look that needs no style sheet: small, drawn by Outlook, the headline above all, words in both parts."""

import re

import pytest
from lxml import etree
from lxml import html as lxml_html

from mailer.domain.edition import Slot
from tests.formats.made_up import READER, an_edition, printed

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
NARROW = 320 - 2 * 20  # pixels; the smallest telephone, less its margins


def page(language: str) -> etree._Element:
    return lxml_html.document_fromstring(printed(an_edition(language), READER[language])[0])


def style(element: etree._Element) -> dict[str, str]:
    declarations = (part.partition(":") for part in element.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in declarations}


def pixels(value: str) -> list[int]:
    return [int(number) for number in re.findall(r"(-?\d+)px", value)]


@LANGUAGES
def test_what_has_a_ground_is_a_cell_or_the_page(language):
    """Outlook draws grounds and padding of cells only."""
    grounds = [e for e in page(language).iter(etree.Element) if "background-color" in style(e) and e.tag != "img"]
    assert {e.tag for e in grounds} <= {"body", "div", "table", "td"}
    assert {e.get("class") for e in grounds if e.tag == "div"} == {"paper"}


@LANGUAGES
def test_without_a_style_sheet_nothing_is_wider_than_a_telephone(language):
    for element in page(language).iter(etree.Element):
        styles = style(element)
        for name in ("width", "min-width"):
            assert all(number <= NARROW for number in pixels(styles.get(name, "")))
        assert sum(pixels(styles.get("padding", ""))) <= NARROW / 2
        assert all(number >= 0 for number in pixels(styles.get("margin", "")))
    (sheet,) = page(language).xpath("//table[contains(@class, 'sheet')]")
    assert style(sheet)["table-layout"] == "fixed"
    for table in page(language).xpath("//table[@class='data']"):
        assert style(table.getparent())["overflow-x"] == "auto"


@LANGUAGES
def test_the_headline_is_bold_and_above_all_other_headings(language):
    headings = page(language).xpath("//h1 | //h2 | //h3 | //h4")
    sizes = [(heading.tag, pixels(style(heading)["font-size"])[0]) for heading in headings]
    (headline,) = (size for tag, size in sizes if tag == "h1")
    assert headline > max(size for tag, size in sizes if tag != "h1")
    assert style(page(language).find(".//h1"))["font-weight"] == "bold"


@LANGUAGES
def test_figures_and_heads_of_tables_are_sans_serif(language):
    for cell in page(language).xpath("//table[@class='data']//th | //table[@class='data']//td"):
        assert style(cell)["font-family"].endswith("sans-serif")


@LANGUAGES
def test_the_masthead_and_the_foot_name_the_copy(language):
    number, name = READER[language][Slot.COPY_NUMBER], READER[language][Slot.NAME]
    (masthead,) = page(language).xpath("//td[@class='masthead-body']")
    (foot,) = page(language).xpath("//div[@class='is-foot']")
    assert masthead.text_content().split()[-1] == number
    assert name in foot.text_content()
    assert page(language).xpath("//div[@class='is-foot']//a/@href")
