"""The slot for the address of a member's page: whole in a link of both parts, and absent where there are no pages."""

import pytest
from lxml import html as lxml_html

from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, SLOT_LINK, HtmlSlot, Place, Slot
from mailer.domain.errors import BadInput
from mailer.formats.issue.markdown import parse
from tests.formats.made_up import INDIVIDUAL, READER, TEMPLATES, a_newsletter, an_edition, printed

ADDRESS = READER["en"][Slot.PREFERENCES]
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


def links(page: str) -> list[str]:
    return [str(link) for link in lxml_html.document_fromstring(page).xpath("//a/@href")]


@LANGUAGES
@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=lambda variant: variant.name)
def test_the_foot_and_the_insert_link_to_the_page_in_both_parts(language, variant):
    edition = an_edition(language, variant, preferences=True)
    page, text = printed(edition, READER[language])
    assert links(page).count(ADDRESS) == (1 if variant == NO_INSERT else 2)
    assert text.count(ADDRESS) == 1  # one number for both links
    assert Slot.PREFERENCES in edition.slots
    assert SLOT_LINK not in page + text


@LANGUAGES
@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=lambda variant: variant.name)
def test_without_pages_no_part_points_to_one(language, variant):
    edition = an_edition(language, variant)
    assert Slot.PREFERENCES not in edition.slots
    page, text = printed(edition, READER[language] | {Slot.PREFERENCES: ""})
    assert "slot.invalid" not in page + text
    assert "/m/" not in page + text


def test_an_address_is_written_as_it_is_but_cannot_break_out():
    address = 'https://x.example/m/p?a=1&b="><script>'
    page, text = printed(an_edition(preferences=True), READER["en"] | {Slot.PREFERENCES: address})
    assert links(page).count(address) == 2
    assert "<script" not in page
    assert address in text


@pytest.fixture
def template(tmp_path):
    """Writes a template of its own, from the shipped one with other words at the end."""

    def write(words: str, layout: str = ""):
        folder = tmp_path / "templates"
        for source in TEMPLATES.rglob("*"):
            if source.is_file():
                target = folder / source.relative_to(TEMPLATES)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        bulletin = folder / a_newsletter().template / "bulletin.en.md"
        bulletin.write_text(bulletin.read_text(encoding="utf-8") + words, encoding="utf-8")
        page = folder / "_base" / "layout.html.j2"
        page.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{layout}</body>"), encoding="utf-8")
        return folder

    return write


@pytest.mark.parametrize("words", ["\n\nYour page: {{ preferences }}.\n", "\n\nYour page: @@SLOT:preferences@@.\n"])
def test_a_template_may_print_the_address_itself(template, words):
    page, text = printed(an_edition("en", INDIVIDUAL, preferences=True, templates=template(words)), READER["en"])
    assert f"Your page: {ADDRESS}." in page
    assert f"Your page: {ADDRESS}." in " ".join(text.split())


def test_a_layout_may_link_to_it_and_no_other_slot_is_a_whole_address(template):
    whole = template("", '<a href="{{ slot("preferences") }}">Your page</a>')
    assert links(printed(an_edition(preferences=True, templates=whole), READER["en"])[0]).count(ADDRESS) == 3
    for slot in sorted(set(Slot) - {Slot.PREFERENCES}):
        with pytest.raises(BadInput, match="could become code"):
            an_edition(preferences=True, templates=template("", f'<a href="{{{{ slot("{slot}") }}}}">x</a>'))


def test_a_template_that_needs_the_page_says_so_where_there_is_none(template):
    with pytest.raises(BadInput, match="there is no slot 'preferences'"):
        an_edition(templates=template("\n\n@@SLOT:preferences@@\n"))


@pytest.mark.parametrize("name", ["preferences", "name", "", "x/../preferences"])
def test_an_article_has_no_such_link(name):
    with pytest.raises(BadInput, match="is no address that a template can fill in"):
        parse(f"[words]({SLOT_LINK}{name})", "en")


@pytest.mark.parametrize("name", ["name", "salutation", "other"])
def test_a_template_links_to_no_slot_that_holds_no_address(template, name):
    with pytest.raises(BadInput, match="is no address that a template can fill in"):
        an_edition(preferences=True, templates=template(f"\n\n[words]({SLOT_LINK}{name})\n"))


def test_only_a_whole_address_is_an_address_slot():
    places = {piece.place for piece in an_edition(preferences=True).html if isinstance(piece, HtmlSlot)}
    assert places == {Place.TEXT, Place.ADDRESS}
