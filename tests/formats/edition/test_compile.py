"""Editions: compiled, kept, and filled for one person; both parts say the same; the golden files."""

import difflib
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.domain.edition import NO_INSERT, Edition, HtmlSlot, Place, Slot, Variant
from mailer.domain.errors import BadInput, CannotRender
from mailer.domain.issue import Issue
from mailer.domain.issue_tree import Paragraph, Text
from mailer.domain.way_out import WayOut
from mailer.formats.edition.compile import compile_edition, subject_notes, warnings
from mailer.formats.edition.line_wrap import COLUMNS, width
from mailer.formats.edition.stored import digest, dump, load
from mailer.formats.issue.markdown import parse
from mailer.formats.issue.text import parse as parse_file
from tests.formats.made_up import (
    CORPORATE,
    EVERY_VARIANT,
    FEES,
    READER,
    TEMPLATES,
    WAYS,
    a_newsletter,
    an_edition,
    an_issue,
    printed,
    with_text,
)
from tests.formats.rfc3676 import unflow
from tests.formats.strategies import lines as one_line

GOLDEN = Path(__file__).parents[2] / "golden"
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


# --- kept -------------------------------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("variant", EVERY_VARIANT, ids=lambda variant: variant.name)
def test_an_edition_is_kept_and_read_back(language, variant):
    edition = an_edition(language, variant)
    assert load(dump(edition)) == edition
    assert dump(load(dump(edition))) == dump(edition)
    assert (edition.language, edition.variant) == (language, variant)


def test_equal_inputs_make_equal_editions_and_others_do_not():
    assert digest(an_edition(templates=TEMPLATES)) == digest(an_edition())
    every = {digest(an_edition(language, variant)) for language in ("en", "ru") for variant in EVERY_VARIANT}
    assert len(every) == 2 * len(EVERY_VARIANT)
    assert re.fullmatch("[0-9a-f]{64}", digest(an_edition()))


def test_an_edition_names_its_pictures():
    assert an_edition().pictures == ("lamp.png",)
    assert an_edition(issue=with_text(blocks=(Paragraph((Text("x"),)),))).pictures == ()


def test_a_picture_in_a_list_is_named():
    blocks = parse("- one\n\n  ![x](lamp.png)\n\n> ![y](lamp.png)\n", "en")
    assert an_edition(issue=with_text(blocks=blocks)).pictures == ("lamp.png",)


def of_size(characters: int) -> Issue:
    return with_text(blocks=(Paragraph((Text("x" * characters),)),))


def test_a_page_that_mail_programs_would_cut_off_is_refused():
    assert warnings(an_edition()) == ()
    (warning,) = warnings(an_edition(issue=of_size(75_000)))
    assert re.match(r"the en edition has [89]\d,\d{3} bytes of HTML; above 100,000 it cannot be sent", warning)
    for characters, size in ((95_000, r"1\d\d,\d{3}"), (100_000, r"more than 100,\d{3}")):
        with pytest.raises(BadInput, match=rf"en\.md: harbour-letter/253 makes {size} bytes of HTML.*shorten the text"):
            an_edition(issue=of_size(characters))


def test_a_long_table_is_refused_before_its_page_is_made():
    table = parse("| Year | Oil |\n|---|---|\n" + "| 2029 | 12 |\n" * 5000, "en")
    with pytest.raises(BadInput, match=r"makes more than 1\d\d,\d{3} bytes of HTML"):
        an_edition(issue=with_text(blocks=table))


# --- filled -----------------------------------------------------------------------------------------------------


def test_a_slot_that_is_not_filled_is_named():
    edition = an_edition()
    for slot in Slot:
        for value in ("", " \u00a0"):
            with pytest.raises(CannotRender, match=f"there is no value for '{slot}'"):
                printed(edition, READER["en"] | {slot: value})
        missing = {name: value for name, value in READER["en"].items() if name is not slot}
        with pytest.raises(CannotRender, match=f"there is no value for '{slot}'"):
            printed(edition, missing)


def test_a_slot_that_an_edition_does_not_have_may_stay_empty():
    assert Slot.PAID_UNTIL not in an_edition("en", NO_INSERT).slots
    printed(an_edition("en", NO_INSERT), READER["en"] | {Slot.PAID_UNTIL: ""})


@pytest.mark.parametrize(
    "character", ["\r", "\n", "\t", "\0", "\x85", "\u2028", "\u202e", "\u2066", "\u200b", "\ud800"]
)
def test_an_unseen_character_is_refused(character):
    with pytest.raises(CannotRender, match=r"'name' contains an invisible character, U\+"):
        printed(an_edition(), READER["en"] | {Slot.NAME: f"Ada{character}Harbour"})


tricky = st.one_of(
    one_line,
    st.lists(st.sampled_from(["<b>", "</p>", "&amp;", '"', "'", "{{ name }}", "@@SLOT:name@@", "> ", "--", "-- ", "From "]), min_size=1).map(" ".join),
).filter(lambda text: text.strip())  # fmt: skip


@cache
def an_ordinary_copy():
    """The edition, and the elements and the number of paragraphs of an ordinary reader's copy."""
    edition = an_edition()
    html, text = printed(edition, READER["en"])
    return edition, elements(lxml_html.document_fromstring(html)), len(unflow(text))


def elements(root):
    return [(node.tag, dict(node.attrib)) for node in root.iter()]


@given(tricky, tricky)
def test_a_value_cannot_break_out(name, salutation):
    edition, usual_elements, usual_length = an_ordinary_copy()
    html, text = printed(edition, READER["en"] | {Slot.NAME: name, Slot.SALUTATION: salutation})
    root = lxml_html.document_fromstring(html)
    assert elements(root) == usual_elements
    shown = f"Copy No. 17 · {name} · for personal use only"
    assert [node.text for node in root.iter("p") if node.text and node.text.startswith("Copy No.")] == [shown]
    read = [(depth, " ".join(paragraph.split())) for depth, paragraph in unflow(text)]
    assert (0, " ".join(shown.split())) in read  # words bound for longer than a line are parted
    assert len(unflow(text)) == usual_length


def test_values_are_escaped_for_their_place():
    part = tuple(HtmlSlot(slot=Slot.NAME, place=place) for place in Place)
    edition = Edition(
        language="en", variant=NO_INSERT, subject="s", html=part, text=(), banner_html=0, banner_text=0
    )  # fmt: skip
    assert printed(edition, {Slot.NAME: "<&\"'/?ж"})[0] == (
        "&lt;&amp;&quot;&#x27;/?ж" * 2 + "%3C%26%22%27%2F%3F%D0%B6" + "&lt;&amp;&quot;&#x27;/?ж\n"
    )


def test_a_banner_stands_above_both_parts():
    html, text = printed(an_edition(), READER["en"], banner="TEST <mailing> — not a copy")
    plain_html, plain_text = printed(an_edition(), READER["en"])
    assert text == f"TEST <mailing> — not a copy\n{'*' * 72}\n\n{plain_text}"
    (note,) = lxml_html.document_fromstring(html).xpath('//*[@role="note"]')
    (within,) = note  # the side padding stands here: the sheet's width is the outer element's
    assert within.text == "TEST <mailing> — not a copy"
    assert "padding:0 20px" in within.get("style")
    assert note.getparent().get("role") == "main"
    assert 'role="note"' not in plain_html


# --- both parts say the same -------------------------------------------------------------------------------------


def test_an_editor_is_told_of_tables_without_a_caption():
    table = "| Pier & quay | Boats |\n|---|---|\n| East | 2 |\n"
    (said,) = warnings(an_edition(issue=with_text(blocks=parse(table, "en"))))
    assert "begins with 'Pier & quay'" in said
    assert not warnings(an_edition(issue=with_text(blocks=parse(f"Table: Boats\n\n{table}", "en"))))


def test_too_long_a_subject_is_noted_where_its_title_stands():
    newsletter = a_newsletter(subject="{title} · No. 9")
    what = "line 7: the subject made of the title has 101 characters, more than 100"
    for length, expected in ((92, []), (93, [f"en.md: {what}; shorten the title, or write another `subject`"])):
        assert subject_notes(with_text(title="a" * length, title_line=7, subject=""), newsletter) == expected
        assert not subject_notes(with_text(title="a" * length, subject="Short"), newsletter)


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def words_of_html(html: str) -> list[str]:
    root = lxml_html.document_fromstring(html)
    for hidden in root.xpath('//style | //title | //*[contains(@style, "display:none")]'):
        hidden.drop_tree()
    for picture in root.iter("img"):
        picture.tail = f" {picture.get('alt')} {picture.tail or ''}"
    return tokens(" ".join(root.xpath("//text()[not(ancestor-or-self::comment())]")))


def words_of_text(text: str) -> list[str]:
    body = re.split(r"\n-{48}\n\n\[1\] ", text)[0]
    return tokens(re.sub(r"\u00a0\[\d+\]", "", " ".join(line for _, line in unflow(body))))


def difference(html: str, text: str) -> float:
    """The share of words that only one of the parts has, or has elsewhere."""
    one, other = words_of_html(html), words_of_text(text)
    same = sum(block.size for block in difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return 1 - 2 * same / (len(one) + len(other))


@LANGUAGES
@pytest.mark.parametrize("variant", [NO_INSERT, CORPORATE], ids=lambda variant: variant.name)
def test_both_parts_say_the_same(language, variant):
    assert difference(*printed(an_edition(language, variant), READER[language])) <= 0.01  # the numbers of a list


# --- golden files -----------------------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("way_out", [WayOut.REPLY, WayOut.PAGE])
def test_golden(language, way_out):
    edition = an_edition(language, CORPORATE, way_out=way_out)
    values = READER[language] | {Slot.PREFERENCES: WAYS[way_out]}
    made = dict(zip(("html", "txt"), printed(edition, values), strict=True))
    for suffix, content in made.items():
        kept = GOLDEN / f"harbour-letter{'-pages' if way_out is WayOut.PAGE else ''}.{language}.{suffix}"
        if os.environ.get("MAILER_TESTS_GOLDEN") == "write":
            kept.write_text(content, encoding="utf-8")
        assert content == kept.read_text(encoding="utf-8"), "rewrite with `make golden`, and review the difference"


# --- a real issue --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_issue(seed: Path) -> Issue:
    folder = seed / "issues" / "2018-03"
    texts = tuple(parse_file(f"{name}.md", (folder / f"{name}.md").read_bytes()) for name in ("en", "ru"))
    return replace(an_issue(*texts), newsletter="russia-confidential", year=2018, date=texts[0].date)


def compiled(issue: Issue, language: str, variant: Variant) -> Edition:
    year = issue.date.year
    fees = replace(FEES, seasons=tuple(replace(season, year=year) for season in FEES.seasons))
    return compile_edition(
        issue=replace(issue, pictures=()),
        language=language,
        variant=variant,
        newsletter=a_newsletter(name="Russia Confidential"),
        fees=fees,
        templates=TEMPLATES,
    )


@LANGUAGES
def test_a_real_issue(real_issue, language):
    edition = compiled(real_issue, language, CORPORATE)
    html, text = printed(edition, READER[language])
    assert warnings(edition) == ()
    assert difference(html, text) <= 0.01
    assert all(width(line) <= COLUMNS for line in text.split("\n"))
    masthead = {"en": "Issue № 3 (253), vol. 17, 2018", "ru": "Выпуск № 3 (253), том 17, 2018"}[language]
    date = {"en": "July 12, 2018", "ru": "12 июля 2018\u00a0г."}[language]
    for said in (masthead, date):
        assert said in html
        assert said in text


def test_the_pictures_of_the_page_are_content_ids():
    assert f'src="cid:{an_issue().pictures[0].content_id}"' in printed(an_edition(), READER["en"])[0]
