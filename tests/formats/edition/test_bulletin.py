"""The words of a bulletin: subject, preheader, masthead, insert in each person's own terms, values that stay values."""

import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, SLOT_LINK, Slot, Terms, Variant, Wording
from mailer.domain.errors import BadInput, Refused
from mailer.domain.issue import Author
from mailer.domain.issue_tree import Block, Heading, Link, Paragraph, Quote, Section, SlotMark, Table, Text, plain
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import EnglishDates
from mailer.formats.edition.bulletin import Bulletin, _preheader, compose
from mailer.formats.edition.compile import compile_edition
from tests.formats.made_up import (
    CORPORATE,
    EVERY_VARIANT,
    FEES,
    INDIVIDUAL,
    READER,
    TEMPLATES,
    a_newsletter,
    a_text,
    an_edition,
    an_issue,
    printed,
    with_text,
)
from tests.formats.rfc3676 import unflow


def composed(language: str = "en", variant: Variant = INDIVIDUAL, **fields: object) -> Bulletin:
    arguments = {"issue": an_issue(), "newsletter": a_newsletter(), "fees": FEES, "templates": TEMPLATES}
    return compose(language=language, variant=variant, **arguments | fields)


def lines(language: str = "en", variant: Variant = INDIVIDUAL, **fields: object) -> list[str]:
    """The paragraphs of the filled text part."""
    _, text = printed(an_edition(language, variant, **fields), READER[language])
    return [paragraph for _, paragraph in unflow(text) if paragraph]


# --- around the article -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "facts", "copyline"),
    [
        (
            "en",
            "March 5, 2031\u00a0· Issue № 3 (253), vol. 17, 2031\u00a0· Copy No. 17",
            "Copy No. 17 · Ada Harbour · for personal use only",
        ),
        (
            "ru",
            "5 марта 2031\u00a0г.\u00a0· Выпуск № 3 (253), том 17, 2031\u00a0· Экземпляр № 17",
            "Экземпляр № 17 · Ада Гавань · только для личного пользования",
        ),
    ],
)
def test_the_masthead_the_salutation_and_the_copy_line(language, facts, copyline):
    said = lines(language)
    assert said[:3] == ["For members only", "The Harbour Letter", facts]
    assert set(said[3]) == {"-"}
    assert said[4].startswith(READER[language][Slot.SALUTATION])
    assert copyline in said


def test_the_issue_s_own_classification_wins():
    assert lines(issue=with_text(classification="Confidential"))[0] == "Confidential"
    assert lines(newsletter=a_newsletter(classification=""))[0] == "The Harbour Letter"


def test_the_usual_classification_is_said_in_russian_and_others_as_written():
    usual = a_newsletter(classification="Confidential")
    assert lines("ru", newsletter=usual)[0] == "Конфиденциально"
    assert lines("en", newsletter=usual)[0] == "Confidential"
    assert lines("ru")[0] == "For members only"


@pytest.mark.parametrize(
    ("line", "linked"),
    [
        ("© The Club: office@club.example", {"office@club.example": "mailto:office@club.example"}),
        ("see https://club.example/a?b=c.", {"https://club.example/a?b=c": "https://club.example/a?b=c"}),
        ("@club and 5 @ 3", {}),
        ("a@b.example, c@d.example", {"a@b.example": "mailto:a@b.example", "c@d.example": "mailto:c@d.example"}),
    ],
)
def test_addresses_in_the_credits_are_links(line, linked):
    tree = composed(issue=with_text(copyright=(line,))).blocks
    (foot,) = (block for block in tree if isinstance(block, Section) and block.kind == "foot")
    credits_ = foot.children[:1]
    assert {plain(link.children): link.href for link in links(credits_)} == linked
    assert line in lines(issue=with_text(copyright=(line,)))


def test_the_credits():
    said = lines()
    start = said.index("Nora Quill, writer")
    assert said[start : start + 5] == [
        "Nora Quill, writer",
        "Tom Reed",
        "Editor: Ida Stone",
        "Norland, March 2031",
        "© The Harbour Club",
    ]
    assert "Норландия, март 2031" in lines("ru")


def test_what_an_issue_does_not_have_leaves_no_trace():
    bare = lines(variant=NO_INSERT, issue=with_text(kicker="", authors=(), editor="", place="", copyright=()))
    assert "March 2031" in bare
    assert not [line for line in bare if line.startswith(("Editor", ",", "Our correspondent"))]


def test_the_subject_begins_with_the_headline_unless_the_newsletter_or_the_issue_says_otherwise():
    assert composed().subject == "The last keeper of the lamp · № 3 (253)"
    assert composed("ru").subject == "Последний смотритель лампы · № 3 (253)"
    former = a_newsletter(subject="{name} № {number} ({serial}): {title}")
    assert composed(newsletter=former).subject == "The Harbour Letter № 3 (253): The last keeper of the lamp"
    assert composed("ru", newsletter=a_newsletter(subject="[{language}] {serial}")).subject == "[ru] 253"
    for newsletter in (a_newsletter(), former):
        assert (
            composed(issue=with_text(subject="A *lamp* {title}"), newsletter=newsletter).subject == "A *lamp* {title}"
        )


def test_english_dates_are_british_where_the_newsletter_says_so():
    british = a_newsletter(english_dates=EnglishDates.BRITISH)
    assert lines(newsletter=british)[2].startswith("5 March 2031\u00a0·")
    assert lines("ru", newsletter=british) == lines("ru")


# --- the preheader ----------------------------------------------------------------------------------------------


def test_the_preheader_is_the_summary_else_the_first_paragraph():
    assert composed().preheader.startswith("The lighthouse of Norland was lit by hand until last winter. Its")
    summary = 'Who lit the lamp, and who "put it out"'
    assert (
        composed(issue=with_text(summary=summary + " at last")).preheader
        == "Who lit the lamp, and who “put it out” at last"
    )


def test_a_summary_section_comes_before_the_article():
    blocks = (Section("summary", (Heading(2, (Text("Summary"),)), Paragraph((Text("In short: " + "lamp " * 9),)))),)
    assert composed(issue=with_text(blocks=blocks)).preheader.startswith("In short: lamp")


@given(st.text(st.sampled_from("ab яé,.—\u00a0"), max_size=300), st.sampled_from(["A", "The last keeper"]))
def test_the_preheader_has_40_to_140_characters(summary, title):
    text = a_text(summary=summary, title=title, blocks=())
    assert 40 <= len(_preheader(text, a_newsletter())) <= 140


# --- the insert -------------------------------------------------------------------------------------------------------

FEES_OF = {Terms.INDIVIDUAL: ("51\u00a0000", "93\u00a0000"), Terms.CORPORATE: ("82\u00a0000", "144\u00a0000")}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("variant", EVERY_VARIANT, ids=lambda variant: variant.name)
def test_the_insert_tells_a_person_s_own_terms(language, variant):
    office = a_newsletter(insert_contact="office@club.example")
    html, text = printed(an_edition(language, variant, newsletter=office), READER[language])
    own = FEES_OF[Terms.CORPORATE if variant.terms is Terms.CORPORATE else Terms.INDIVIDUAL]
    for fee in FEES_OF[Terms.INDIVIDUAL] + FEES_OF[Terms.CORPORATE]:
        expected = bool(variant.offer) and fee in own
        assert (fee in html, fee in text) == (expected, expected)
    dated = variant.terms is not None and variant.wording is not Wording.OPEN
    assert (READER[language][Slot.PAID_UNTIL] in text) == dated
    assert ("1+1" in text) == (variant.terms is Terms.CORPORATE)
    assert ("office@club.example" in text) == (variant.terms is not None)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_wording_is_another(language):
    inserts = {" ".join(lines(language, variant)) for variant in EVERY_VARIANT}
    assert len(inserts) == len(EVERY_VARIANT)


@pytest.mark.parametrize(("language", "own", "plain"), [("en", "Your ", "Membership"), ("ru", "Ваше ", "Членство в")])
@pytest.mark.parametrize("variant", [one for one in ALL_VARIANTS if one.terms], ids=lambda variant: variant.name)
def test_who_reads_with_compliments_has_no_membership_of_their_own(language, own, plain, variant):
    underlined = (line for line, under in pairwise(lines(language, variant)) if set(under) == {"-"})
    [heading] = [line for line in underlined if line.startswith((own, plain))]
    assert heading.startswith(plain if variant.terms is Terms.COMPLIMENTARY else own)


def test_the_fee_table():
    said = lines(variant=CORPORATE)
    assert "Corporate membership fees, season of 2031" in said
    at = said.index("Corporate membership fees, season of 2031")
    table = [line for line in said[at + 1 :] if "---" not in line][:3]
    assert [re.split(" {2,}", line) for line in table] == [
        ["Period", "Fee, roubles"],
        ["2031", "82\u00a0000"],
        ["2031–2032", "144\u00a0000"],
    ]
    heads = [re.split(" {2,}", line) for line in lines("ru", CORPORATE)]
    assert ["Период", "Взнос, рублей"] in heads


def test_the_contact_and_the_signature_are_the_newsletter_s():
    own = a_newsletter(insert_contact="+7 (000) 000-00-00, room 5", insert_signature="Ida Stone\n\nChair of the club")
    said = lines(newsletter=own)
    assert "For all questions about membership, please contact us: +7 (000) 000-00-00, room 5" in said
    assert said[said.index("With kind regards,") + 1 :][:2] == ["Ida Stone", "Chair of the club"]
    assert lines()[lines().index("With kind regards,") + 1] == "The Harbour Letter"


def test_a_missing_season_is_refused_unless_nobody_would_read_it():
    empty = FeeSchedule(seasons=())
    with pytest.raises(Refused, match=r"no season 2031 in fees\.toml: add it"):
        composed(fees=empty)
    assert composed(variant=NO_INSERT, fees=empty)


# --- values stay values -----------------------------------------------------------------------------------------

HOSTILE = [
    "# heading",
    "- item",
    "1. item",
    "    code",
    "> quote",
    "***",
    "---",
    "===",
    "| a | b |\n|---|---|",
    "::: insert",
    ":::",
    "```",
    "*a* __b__ `c` ~~d~~",
    "[a](https://evil.example/)",
    "<https://evil.example/>",
    "<b>&amp;</b><!-- -->",
    "![x](x.png)",
    "{{ newsletter }}{% if %}{# #}",
    "a\\",
    "&lt;",
    "Table: a caption",
    "@@slot:name@@",
    "[a]: https://evil.example/",
]


def shape(blocks: tuple[Block, ...]) -> list[object]:
    """What the tree is made of, without its words."""
    return [
        (type(block).__name__, shape(block.children) if isinstance(block, Section | Quote) else None)
        for block in blocks
    ]


def links(blocks: tuple[Block, ...]) -> list[Link]:
    """The links in paragraphs."""
    return [
        link
        for block in blocks
        for link in (
            links(block.children)
            if isinstance(block, Section | Quote)
            else [word for word in block.children if isinstance(word, Link)]
            if isinstance(block, Paragraph)
            else []
        )
    ]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_inert_in_markdown(value):
    fields = dict.fromkeys(("classification", "kicker", "title", "editor", "place"), value)
    bad = with_text(**fields, authors=(Author(name=value, about=value),), copyright=(value, value))
    good = with_text(authors=(Author(name="a", about="b"),), copyright=("c", "d"), blocks=())
    own = a_newsletter(name=value, insert_contact=f"room 5: {value}", insert_signature=value)
    tree = composed(issue=replace(bad, texts=(replace(bad.texts[0], blocks=()),)), newsletter=own).blocks
    assert shape(tree) == shape(composed(issue=good).blocks)
    own_page = f"{SLOT_LINK}{Slot.PREFERENCES}"
    assert all(link.href in {plain(link.children), own_page} for link in links(tree))


@pytest.mark.parametrize("field", ["title", "kicker", "editor"])
def test_a_value_cannot_forge_a_slot(field):
    with pytest.raises(BadInput, match="looks like a slot"):
        composed(issue=with_text(**{field: "x @@SLOT:name@@"}))


def test_the_article_cannot_forge_a_slot():
    blocks = (Paragraph((Text("@@SLOT:name@@"),)),)
    tree = composed(issue=with_text(blocks=blocks)).blocks
    assert Section("article", blocks) in tree
    assert repr(tree).count(repr(SlotMark("name"))) == 1


# --- mistakes in templates --------------------------------------------------------------------------------------------


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of the templates, to be spoilt."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ("one\n{{ nothing }}", r"bulletin\.en\.md, line 2: 'nothing' is undefined; correct the template"),
        ("{% if %}", r"bulletin\.en\.md, line 1: .*; correct the template"),
        ("a\n\n{{ issue.number + '1' }}", r"bulletin\.en\.md, line 3: unsupported operand"),
        ("{{ newsletter.__class__.__mro__ }}", r"bulletin\.en\.md, line 1: access to attribute"),
        ("{% include 'gone.md' %}", r"the template gone\.md is missing in"),
        ("a\n\n@@SLOT:none@@", r"bulletin\.en\.md, with everything filled in: line 3: there is no slot 'none'"),
        ("{{ 'a' | nothing }}", r"bulletin\.en\.md, line 1: No filter named 'nothing'"),
    ],
)
def test_a_mistake_in_a_template_is_named(templates, spoilt, message):
    (templates / "russia-confidential" / "bulletin.en.md").write_text(spoilt)
    with pytest.raises(BadInput, match=message):
        composed(templates=templates)


def test_a_mistake_in_an_included_template_is_named_there(templates):
    (templates / "russia-confidential" / "insert.en.md").write_text("\n\n{{ insert.price }}")
    with pytest.raises(BadInput, match=r"insert\.en\.md, line 3: .*no attribute 'price'"):
        composed(templates=templates)


def test_a_template_that_fails_without_a_line_names_its_folder(templates):
    (templates / "russia-confidential" / "bulletin.en.md").unlink()
    with pytest.raises(BadInput, match=r"the template bulletin\.en\.md is missing in"):
        composed(templates=templates)


@pytest.mark.parametrize("name", ["nowhere", "", "..", "../templates", "_base/.."])
def test_a_template_folder_that_is_none(name):
    with pytest.raises(BadInput, match="there is no template folder"):
        composed(newsletter=a_newsletter(template=name))


def test_a_newsletter_s_folder_may_replace_a_file_of_the_base(templates):
    (templates / "russia-confidential" / "style.css").write_text("p { color: #123456 }")
    edition = compile_edition(
        issue=an_issue(), language="en", variant=NO_INSERT, newsletter=a_newsletter(), fees=FEES, templates=templates
    )
    assert 'style="color:#123456"' in "".join(piece for piece in edition.html if isinstance(piece, str))


def test_a_table_in_the_copy_line_is_left_alone(templates):
    table = "::: copyline\n| a | b |\n|---|---|\n| № 1 | 2 |\n:::\n"
    (templates / "russia-confidential" / "bulletin.en.md").write_text(table)
    (section,) = composed(templates=templates).blocks
    assert isinstance(section, Section)
    assert isinstance(section.children[0], Table)
