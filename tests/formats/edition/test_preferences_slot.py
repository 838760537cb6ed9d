"""The slot for the way out: never empty, one link in both parts, in words that fit where it leads."""

import re

import pytest
from lxml import html as lxml_html

from mailer.domain.edition import NO_INSERT, SLOT_LINK, HtmlSlot, Place, Slot
from mailer.domain.errors import BadInput
from mailer.domain.way_out import WayOut
from mailer.formats.issue.markdown import parse
from mailer.formats.links import shown_link
from tests.formats.made_up import (
    CORPORATE,
    INDIVIDUAL,
    PAGE,
    READER,
    TEMPLATES,
    WAYS,
    a_newsletter,
    an_edition,
    printed,
)

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
EVERY_WAY = pytest.mark.parametrize("way", list(WayOut))
VALUES = READER["en"] | {Slot.PREFERENCES: PAGE}
PAUSE = {"en": "To pause your copies", "ru": "Чтобы приостановить рассылку"}


def links(page: str) -> list[str]:
    return [str(link) for link in lxml_html.document_fromstring(page).xpath("//a/@href")]


def printed_way(language, way, variant=INDIVIDUAL, **fields):
    return printed(
        an_edition(language, variant, way_out=way, **fields), READER[language] | {Slot.PREFERENCES: WAYS[way]}
    )


@LANGUAGES
@EVERY_WAY
@pytest.mark.parametrize("variant", [NO_INSERT, INDIVIDUAL, CORPORATE], ids=lambda variant: variant.name)
def test_every_copy_says_in_words_how_to_pause_with_a_link_in_both_parts(language, way, variant):
    office = a_newsletter(insert_contact="office@club.example")
    page, text = printed_way(language, way, variant, newsletter=office)
    for part in (page, text):
        assert " ".join(part.split()).count(PAUSE[language]) == 1
        assert SLOT_LINK not in part
    # The insert speaks of the page only where there is one.
    assert links(page).count(WAYS[way]) == (2 if way is WayOut.PAGE and variant != NO_INSERT else 1)
    assert text.count(shown_link(WAYS[way])) == 1
    assert "mailto:" not in text


@EVERY_WAY
def test_an_address_in_the_text_part_can_be_copied_as_it_stands(way):
    _, text = printed_way("en", way)
    lines = [line for line in text.splitlines() if shown_link(WAYS[way]) in line]
    assert re.fullmatch(
        rf"(?:\[\d+\] )?{re.escape(shown_link(WAYS[way]))}\.?|.* write to {re.escape(shown_link(WAYS[way]))}\.?",
        lines[0],
    )


def test_an_address_is_written_as_it_is_but_cannot_break_out():
    address = 'https://x.example/m/p?a=1&b="><script>'
    page, text = printed(an_edition(way_out=WayOut.PAGE), VALUES | {Slot.PREFERENCES: address})
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
    page, text = printed(an_edition("en", INDIVIDUAL, way_out=WayOut.PAGE, templates=template(words)), VALUES)
    assert f"Your page: {PAGE}." in page
    assert f"Your page: {PAGE}." in " ".join(text.split())


def test_a_layout_may_link_to_it_and_no_other_slot_is_a_whole_address(template):
    whole = template("", '<a href="{{ slot("preferences") }}">Your page</a>')
    assert links(printed(an_edition(way_out=WayOut.PAGE, templates=whole), VALUES)[0]).count(PAGE) == 3
    for slot in sorted(set(Slot) - {Slot.PREFERENCES}):
        with pytest.raises(BadInput, match="could become code"):
            an_edition(way_out=WayOut.PAGE, templates=template("", f'<a href="{{{{ slot("{slot}") }}}}">x</a>'))


OLDER = """
{% if preferences %}
::: preferences
[Pause your copies, or change your address or language]({{ preferences }})
:::
{% endif %}
"""


@EVERY_WAY
def test_a_template_of_an_older_installation_has_a_link_that_works(template, way):
    page, text = printed_way("en", way, templates=template(OLDER))
    assert links(page).count(WAYS[way]) == links(printed_way("en", way)[0]).count(WAYS[way]) + 1
    assert "Pause your copies, or change your address or language" in " ".join(text.split())
    assert shown_link(WAYS[way]) in text


@pytest.mark.parametrize("name", ["preferences", "name", "", "x/../preferences"])
def test_an_article_has_no_such_link(name):
    with pytest.raises(BadInput, match="is no address that a template can fill in"):
        parse(f"[words]({SLOT_LINK}{name})", "en")


@pytest.mark.parametrize("name", ["name", "salutation", "other"])
def test_a_template_links_to_no_slot_that_holds_no_address(template, name):
    with pytest.raises(BadInput, match="is no address that a template can fill in"):
        an_edition(way_out=WayOut.PAGE, templates=template(f"\n\n[words]({SLOT_LINK}{name})\n"))


def test_only_a_whole_address_is_an_address_slot():
    places = {piece.place for piece in an_edition(way_out=WayOut.PAGE).html if isinstance(piece, HtmlSlot)}
    assert places == {Place.TEXT, Place.ADDRESS}
