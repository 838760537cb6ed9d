"""The HTML part: one inlined page that loads nothing, reads well aloud, and survives dark mode."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import css_inline
import pytest
from lxml import html as lxml_html

from mailer.domain.edition import NO_INSERT, Edition, HtmlSlot, Place, Slot
from mailer.domain.errors import BadInput
from mailer.domain.issue_tree import Paragraph, Picture, SlotMark, Text
from mailer.formats.edition import html as room
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.html import write_html
from mailer.formats.edition.inline_styles import inline
from mailer.formats.edition.style_rules import read_style_rules
from mailer.formats.issue.markdown import parse
from tests.formats.made_up import (
    CORPORATE,
    INDIVIDUAL,
    READER,
    TEMPLATES,
    a_newsletter,
    an_edition,
    an_issue,
    printed,
    with_text,
)

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of the templates, to be spoilt."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def page(language: str = "en", **fields: object) -> str:
    return printed(an_edition(language, **fields), READER[language])[0]


def element(language: str = "en", **fields: object) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(page(language, **fields))


# --- nothing from outside -------------------------------------------------------------------------------------

_seen: list[tuple[str, str]] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is not None and (event == "open" or event.startswith("socket")):
        _seen.append((event, str(arguments[0])))


sys.addaudithook(_watch)


@contextmanager
def watching() -> Iterator[list[tuple[str, str]]]:
    """Every file opened and every use of a socket in this process, as Python's own audit sees them."""
    global _seen  # noqa: PLW0603  # an audit hook cannot be taken away again
    _seen = []
    try:
        yield _seen
    finally:
        _seen = None


def test_rendering_opens_no_socket_and_no_file_outside_the_template_folder():
    an_edition()  # libraries read their own tables once
    with watching() as seen:
        an_edition(templates=TEMPLATES)
    assert seen
    assert {event for event, _ in seen} == {"open"}
    assert all(Path(name).is_relative_to(TEMPLATES) for _, name in seen)


@pytest.mark.parametrize(
    ("file", "spoilt", "message"),
    [
        ("style.css", "@import url(http://127.0.0.1:9/x.css);", "@import"),
        ("style.css", "@IMPORT 'file:///etc/hostname';", "@IMPORT"),
        ("style.css", "@\\69mport 'x.css';", r"\\"),
        ("style.css", "p { background: url('//evil.example/x.png') }", "url"),
        ("screens.css", "@media screen { p { background: url( https://evil.example/x.png) } }", "url"),
        ("layout.html.j2", '<p style="background:url(x.png)">{{ banner }}</p>', "url"),
        ("layout.html.j2", '<link rel="stylesheet" href="https://evil.example/x.css">', "<link>"),
        ("layout.html.j2", '<img src="https://evil.example/x.png" alt="">', "x.png"),
        ("layout.html.j2", "<p>a</p><script>1</script>", "<script>"),
        ("layout.html.j2", '<meta http-equiv="refresh" content="0;url=https://evil.example/">', "'http-equiv'"),
        ("layout.html.j2", '<p>a</p><!--[if mso]><img src="//evil.example/x"><![endif]-->', "comment"),
        ("layout.html.j2", "<style>p { background: image-set('https://evil.example/x' 1x) }</style>", "image-set"),
        ("layout.html.j2", "<p style=\"background:src('x')\">a</p>", "src"),
        ("screens.css", "p { background: IMAGE-SET ('x' 1x) }", "IMAGE-SET"),
        ("screens.css", "p { background: -webkit-image-set('x' 1x) }", "image-set"),
        ("style.css", "p { content: '//evil.example' }", "//"),
        ("layout.html.j2", '<a href="https://club.example" ping="https://evil.example/">x</a>', "'ping' at a <a>"),
        ("layout.html.j2", '<button formaction="https://evil.example/">x</button>', "<button>"),
        ("layout.html.j2", '<img src="cid:a" lowsrc="https://evil.example/">', "'lowsrc' at a <img>"),
        ("layout.html.j2", '<table background="//evil.example/x"><tr><td></td></tr></table>', "'background'"),
        ("layout.html.j2", '<p onclick="x()">a</p>', "'onclick'"),
        ("layout.html.j2", '<a href="javascript:x()">a</a>', "javascript:"),
        ("layout.html.j2", '<a href="//evil.example/">a</a>', "evil.example"),
        ("layout.html.j2", "<p>a</p><svg><image href='x'/></svg>", "<svg>"),
        ("layout.html.j2", "<p>a</p><!--[if mso]><v:fill src='https://evil.example/x.png'><![endif]-->", "comment"),
    ],
)
def test_a_template_that_loads_from_outside_is_refused(templates, file, spoilt, message):
    an_edition()
    (templates / "_base" / file).write_text(spoilt)
    with watching() as seen, pytest.raises(BadInput, match=message):
        an_edition(templates=templates)
    assert all(event == "open" and Path(name).is_relative_to(templates) for event, name in seen)


def test_the_picture_is_the_issue_s_own():
    (picture,) = element().iter("img")
    assert picture.get("src") == f"cid:{an_issue().pictures[0].content_id}"
    assert picture.get("alt") == "The lamp room from below"


def test_a_picture_that_is_not_there_is_named():
    with pytest.raises(BadInput, match=r"'other\.png' is not in the issue's folder"):
        an_edition(issue=with_text(blocks=(Picture("other.png", "x"),)))


# --- inlining changes nothing --------------------------------------------------------------------------------


def styles(document: str) -> list[tuple[str, dict[str, str]]]:
    """Each element's own style, by property."""
    made = []
    for node in lxml_html.document_fromstring(document).iter(lxml_html.etree.Element):
        declarations = (part.split(":", 1) for part in node.get("style", "").split(";") if ":" in part)
        made.append(
            (
                node.tag,
                {name.strip(): re.sub(r"\s+", " ", value).strip().replace("'", '"') for name, value in declarations},
            )
        )
    return made


@LANGUAGES
def test_a_second_inliner_sets_the_same_styles(language, monkeypatch):
    documents = []

    def noted(document: str) -> object:
        documents.append(document)
        return inline(document)

    monkeypatch.setattr(room, "inline", noted)
    ours = "".join(
        piece if isinstance(piece, str) else "x" for piece in an_edition(language, CORPORATE, templates=TEMPLATES).html
    )
    theirs = css_inline.CSSInliner(load_remote_stylesheets=False).inline(documents[0])
    added = [("style", {}), ("tbody", {})]  # one keeps the emptied style sheet, the other adds what HTML 5 implies
    assert [one for one in styles(ours) if one not in added] == [one for one in styles(theirs) if one not in added]


def test_rules_for_small_screens_and_the_dark_stay_as_they_are():
    sheet = (TEMPLATES / "_base" / "screens.css").read_text().strip()
    (style,) = element().iter("style")
    assert style.text.strip() == sheet
    assert style.text.count("!important") == sheet.count("!important") >= 18
    assert "data-premailer" not in page()


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("file", "paper"), [("style.css", "#f1eee8"), ("screens.css", "#2b2721")])
def test_every_ink_can_be_read_on_the_least_contrasting_paper(file, paper):
    sheet = read_style_rules((TEMPLATES / "_base" / file).read_text())
    rules = [rule for outer in sheet for rule in (outer, *outer.rules) if "color" in rule.declarations]
    for rule in rules:
        ink, ground = rule.declarations["color"][:7], rule.declarations.get("background-color", paper)[:7]
        lighter, darker = sorted((brightness(ink), brightness(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, rule
    assert rules


# --- what reads it aloud -----------------------------------------------------------------------------------------


@LANGUAGES
def test_the_language_and_its_direction_stand_on_the_page_and_on_the_main_part(language):
    root = element(language)
    (main,) = root.xpath('//*[@role="main"]')
    for node in (root, main):
        assert (node.get("lang"), node.get("dir")) == (language, "ltr")


@LANGUAGES
def test_tables_are_layout_or_data(language):
    root = element(language, variant=CORPORATE)
    for table in root.iter("table"):
        if table.get("role") == "presentation":
            assert table.find("caption") is None
            assert not table.xpath("./tr/th | ./tbody/tr/th")
        else:
            assert table.findtext("caption")
            assert {cell.get("scope") for cell in table.xpath("./thead//th")} == {"col"}
            assert all(row[0].get("scope") == "row" for row in table.xpath("./tbody/tr"))
    assert len(root.xpath('//table[not(@role="presentation")]')) == 2


def test_columns_stand_where_the_editors_set_them():
    blocks = parse("| Pier | Boats |\n|---|---:|\n| East | 2 |\n\n| Pier | Boats |\n|---|---|\n| East | 2 |\n", "en")
    root = element("en", issue=with_text(blocks=blocks), variant=NO_INSERT)
    boats, plain = root.xpath('//table[@class="data"]')
    for table, sides in ((boats, ["left", "right"]), (plain, ["left", "left"])):
        for row in table.iter("tr"):
            assert [re.findall(r"text-align: ?(\w+)", cell.get("style")) for cell in row] == [[side] for side in sides]
    assert boats.find("caption") is None  # an empty one is read aloud as a caption of nothing


@LANGUAGES
def test_headings_do_not_jump(language):
    levels = [int(node.tag[1]) for node in element(language).xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels == [1, 2, 3, 2]


@LANGUAGES
def test_links_and_pictures_have_words(language):
    root = element(language)
    assert all(link.text_content().strip() and "://" not in link.text_content() for link in root.iter("a"))
    assert all(picture.get("alt") for picture in root.iter("img"))


def test_it_has_one_title_one_column_and_no_height_in_outlook():
    text = page()
    assert "<title>The last keeper of the lamp · № 3 (253)</title>" in text
    assert '<!--[if mso]><table role="presentation" align="center" width="640"' in text
    assert "<!--[if mso]></td></tr></table><![endif]-->" in text
    assert "max-width:640px" in text


def test_ordered_lists_keep_their_numbers():
    blocks = parse("3. three\n4. four\n\ntext\n\n1. one\n\n   more\n", "en")
    root = element(issue=with_text(blocks=blocks))
    assert [ordered.get("start") for ordered in root.iter("ol")] == ["3", None]
    assert [item.text_content().split() for item in root.iter("li")] == [["three"], ["four"], ["one", "more"]]


# --- the preheader --------------------------------------------------------------------------------------------------


@LANGUAGES
def test_the_preheader_is_hidden_and_comes_first(language):
    edition = an_edition(language)
    (hidden,) = element(language).xpath('//*[contains(@style, "display:none")]')
    assert hidden.get("style") == "display:none"
    assert 40 <= len(hidden.text) <= 140
    assert hidden.getparent().tag == "body"
    assert hidden.getprevious() is None
    assert hidden.text in edition.html[0]


# --- slots -------------------------------------------------------------------------------------------------------

SLOTS_OF = {INDIVIDUAL: set(Slot)}


def bulletin(*words: object) -> Bulletin:
    return Bulletin(language="en", subject="s", preheader="p", blocks=(Paragraph(tuple(words)),))


def written(templates: Path, *words: object) -> tuple[tuple[str | HtmlSlot, ...], int]:
    return write_html(bulletin(*words), templates=templates, template="russia-confidential", sources={})


@LANGUAGES
def test_every_slot_is_there_and_no_other(language):
    edition = an_edition(language)
    assert [piece for piece in edition.html if isinstance(piece, HtmlSlot)] == [
        HtmlSlot(slot=slot)
        for slot in (Slot.COPY_NUMBER, Slot.SALUTATION, Slot.PAID_UNTIL, Slot.COPY_NUMBER, Slot.NAME)
    ] + [HtmlSlot(slot=Slot.PREFERENCES, place=place) for place in (Place.ADDRESS, Place.TEXT)]
    assert edition.slots == SLOTS_OF[INDIVIDUAL]


def layout(templates: Path, inside: str) -> None:
    (templates / "_base" / "layout.html.j2").write_text(f"<html><body>{inside}{{{{ content }}}}</body></html>")


def test_a_slot_is_known_by_its_place(templates):
    layout(
        templates,
        '{{ banner }}<p title="For {{ slot("name") }} &gt;">'
        '<a href="https://club.example/?copy={{ slot("copy_number") }}">x</a></p>',
    )
    part, banner = written(templates, SlotMark("salutation"))
    assert [(piece.slot, piece.place) for piece in part if isinstance(piece, HtmlSlot)] == [
        (Slot.NAME, Place.ATTRIBUTE),
        (Slot.COPY_NUMBER, Place.URL),
        (Slot.SALUTATION, Place.TEXT),
    ]
    assert part[banner].startswith("<p title=")
    filled = printed(
        Edition(language="en", variant=INDIVIDUAL, subject="s", html=part, text=(), banner_html=banner, banner_text=0),
        READER["en"] | {Slot.NAME: "\"'<>&", Slot.COPY_NUMBER: '1&2"#/'},
    )[0]
    root = lxml_html.document_fromstring(filled)
    assert root.find(".//p").get("title") == "For \"'<>& >"
    assert root.find(".//a").get("href") == "https://club.example/?copy=1%262%22%23%2F"


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('{{ banner }}<a href="{{ slot("name") }}">x</a>', "slot in 'href'"),
        ('{{ banner }}<p style="color:{{ slot("name") }}">x</p>', "slot in 'style'"),
        ('{{ banner }}<p onclick="{{ slot("name") }}">x</p>', "the layout has 'onclick'"),
        ('{{ banner }}<!-- {{ slot("name") }} -->', "in a comment"),
        ('{{ banner }}<style data-premailer="ignore">{{ slot("name") }}</style>', "style sheet"),
        ('{{ banner }}{{ slot("nothing") }}', "'nothing' is not a valid Slot"),
        ("<p>x</p>", "has no {{ banner }}"),
        ("{{ banner }}{{ banner }}", "once"),
        ('<p title="{{ banner }}">x</p>', "once"),
        ("{{ nothing }}", r"layout\.html\.j2, line 1: 'nothing' is undefined"),
    ],
)
def test_a_slot_or_banner_where_none_can_stand_is_refused(templates, inside, message):
    layout(templates, inside)
    with pytest.raises(BadInput, match=message):
        written(templates, Text("x"))


def test_a_slot_that_is_none_is_named():
    with pytest.raises(BadInput, match=r"a template in .*templates: 'nothing' is not a valid Slot"):
        written(TEMPLATES, SlotMark("nothing"))


def test_a_macro_that_is_missing_is_named(templates):
    (templates / "_base" / "blocks.html.j2").write_text("")
    with pytest.raises(BadInput, match="has no macro 'paragraph'"):
        written(templates, Text("x"))


def test_no_text_can_forge_a_token():
    plain = written(TEMPLATES, Text("x"), SlotMark("name"))[0]
    tokens = " ".join(["@@SLOT:name@@", "{{ slot('name') }}", "s" + "0" * 32 + ".name.text."])
    forged = written(TEMPLATES, Text(tokens), SlotMark("name"))[0]
    assert [type(piece) for piece in forged] == [type(piece) for piece in plain]
    assert lxml_html.document_fromstring(str(forged[1])).findtext(".//p") == tokens


def test_words_cannot_become_markup():
    words = '<b onclick="x">&amp; </td></table>{{ 1 }}{% if %}'
    benign = element(issue=with_text(blocks=(Paragraph((Text("x"),)),)))
    hostile = element(
        issue=with_text(
            blocks=(Paragraph((Text(words),)),), title=words, kicker=words, editor=words, summary=words * 2
        ),
        newsletter=a_newsletter(name=words, classification=words),
    )
    assert [node.tag for node in hostile.iter()] == [node.tag for node in benign.iter()]
    assert words in [paragraph.text for paragraph in hostile.iter("p")]
