"""The plain-text part: 72 columns, flowed, tables, numbered links, slots."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.edition import Slot, SlotLine
from mailer.domain.errors import BadInput
from mailer.domain.issue_tree import (
    Align,
    Block,
    Heading,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Section,
    SlotMark,
    Strong,
    Table,
    Text,
    ThematicBreak,
)
from mailer.formats.edition import slot_lines
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.line_wrap import COLUMNS, width, words, wrap
from mailer.formats.edition.text import write_text
from tests.formats.rfc3676 import unflow

VALUES = {Slot.NAME: "Ada Harbour", Slot.SALUTATION: "Dear Ms. Harbour", Slot.COPY_NUMBER: "17"}
LONG = " ".join(["lantern"] * 30)


def part(*blocks: Block, **values: str) -> str:
    """The text part of these blocks, its slots filled."""
    bulletin = Bulletin(language="en", subject="", preheader="", blocks=blocks)
    given_values = VALUES | {Slot(name): value for name, value in values.items()}
    return "".join(
        piece if isinstance(piece, str) else "".join(f"{line}\n" for line in slot_lines.fill(piece, given_values))
        for piece in write_text(bulletin)
    )


def p(*words_of_it: str | object) -> Paragraph:
    return Paragraph(tuple(Text(word) if isinstance(word, str) else word for word in words_of_it))


# --- what is written can be read back ----------------------------------------------------------------------------

odd_words = st.sampled_from(["--", "-", ">", ">>", "From", "word", "слово", "50\u00a0000", "名前", "e\u0301", "x" * 90])
a_word = st.one_of(
    odd_words, st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
)
paragraphs = st.lists(st.lists(a_word, min_size=1, max_size=40), min_size=1, max_size=4)


@given(paragraphs, st.integers(0, 2))
def test_paragraphs_are_read_back(texts, depth):
    blocks = [p(" ".join(text)) for text in texts]
    for _ in range(depth):
        blocks = [Quote(tuple(blocks))]
    read = [one for one in unflow(part(*blocks)) if one[1]]
    assert read == [(depth, " ".join(text)) for text in texts]


@given(st.lists(a_word, min_size=1, max_size=60), st.sampled_from(["", "> ", ">> "]), st.booleans())
def test_no_line_is_wider_than_72_columns_unless_one_word_is(parts, indent, soft):
    for line in wrap(parts, indent=indent, soft=soft):
        body = line.removeprefix(indent).strip(" ")
        assert width(line) <= COLUMNS or " " not in re.sub(r"(?:-- )+", "", body)
        assert line not in {"-- ", "> -- "}


@given(st.lists(a_word.filter(lambda word: word != "--"), min_size=1, max_size=60))
def test_lines_break_as_late_as_they_can(parts):
    lines = wrap(parts)
    for line, following in pairwise(lines):
        assert width(line) + width(words(following)[0]) >= COLUMNS - 1


@pytest.mark.parametrize("start", [" x", "> x", "From x", "From"])
def test_a_line_that_would_be_misread_is_stuffed(start):
    assert wrap([start]) == [f" {start}"]


def test_width_counts_columns():
    assert [width(text) for text in ("abc", "слово", "名前", "e\u0301", "ﬃ", "\u200b")] == [3, 5, 4, 1, 1, 0]


def test_a_signature_mark_is_never_alone():
    assert part(p(f"{'x' * 71} -- {'y' * 71}")) == f"{'x' * 71} \n-- {'y' * 71}\n"
    assert wrap(["--"]) == ["--"]


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_headings_are_underlined_and_flow():
    text = part(Heading(1, (Text("Title"),)), Heading(2, (Text("Ab"),)), Heading(3, (Text(LONG),)))
    assert text.startswith("Title\n=====\n\nAb\n----\n\nlantern ")
    assert (0, LONG) in unflow(text)


def test_lists():
    nested = ListBlock(((p("inner"),), (p("second"),)), start=9)
    text = part(ListBlock(((p("one"),), (p("two"), nested, p("after")), (Quote((p("said"),)),))))
    assert text == "- one\n\n- two\n   9. inner\n   10. second\n\nafter\n\n-\n\n> said\n"


def test_a_short_list_stands_close():
    assert part(ListBlock(((p("one"),), (p("two"),)))) == "- one\n- two\n"


def test_an_empty_item_keeps_its_mark():
    assert part(ListBlock(((), (p("two"),)), start=1)) == "1.\n2. two\n"


def test_quotes():
    text = part(Quote((p("one"), ThematicBreak(), Quote((p(LONG),)))))
    assert text.startswith(f"> one\n>\n> {'-' * 70}\n>\n>> lantern ")
    assert unflow(text)[-1] == (2, LONG)


def test_rules_pictures_sections_and_breaks():
    text = part(Section("any", (p("one", LineBreak(), "two"), ThematicBreak(), Picture("lamp.png", "The lamp"))))
    assert text == f"one\ntwo\n\n{'-' * 72}\n\n[The lamp]\n"


def test_an_empty_section_leaves_no_gap():
    assert part(p("one"), Section("article", ()), p("two")) == "one\n\ntwo\n"


def cells(*texts: str) -> tuple[tuple[Text, ...], ...]:
    return tuple((Text(text),) if text else () for text in texts)


def test_a_table_is_aligned_in_every_alphabet():
    table = Table("Costs", cells("Год", "Oil"), (cells("2029", "50\u00a0000"), cells("名前", "e\u0301")))
    assert part(table) == "Costs\n\nГод   Oil\n----  ------\n2029  50\u00a0000\n名前  e\u0301\n"


def test_a_column_is_set_to_its_side():
    table = Table(
        "",
        cells("Pier", "Boats", "Lamps"),
        (cells("East", "1\u00a0200", "no"),),
        (Align.LEFT, Align.RIGHT, Align.CENTER),
    )
    assert part(table) == "Pier  Boats  Lamps\n----  -----  -----\nEast  1\u00a0200   no\n"
    left = replace(table, rows=(cells("East", "9", "no"),), align=())
    assert part(left).endswith("\nEast  9      no\n")
    assert part(replace(left, align=table.align)).endswith("\nEast      9   no\n")


def test_a_table_without_a_corner_is_stuffed():
    assert part(Table("", cells("", "Oil"), (cells("a", "b"),))) == "    Oil\n-  ---\na  b\n"


def test_a_wide_table_becomes_labels():
    table = Table("", cells("", "Why"), (cells("2029", LONG), cells("2030", "no")))
    read = unflow(part(Quote((table,))))
    assert [text for _, text in read] == ["2029", f"Why: {LONG}", "", "2030", "Why: no"]


def test_links_are_numbered_by_address():
    one = Link("https://one.example/", (Strong((Text("one"),)),))
    two = Link("https://two.example/", (Text("two"),))
    mail = Link("mailto:ada@example.org", (Text("ada@example.org"),))
    text = part(p("See ", one, ", ", two, ", ", one, " or ", mail, "."))
    assert text.startswith("See one\u00a0[1], two\u00a0[2], one\u00a0[1] or ada@example.org.\n")
    assert text.endswith(f"\n{'-' * 72}\n\n[1] https://one.example/\n[2] https://two.example/\n")


# --- slots ------------------------------------------------------------------------------------------------------------


def test_a_short_paragraph_with_slots_is_one_line():
    copyline = p("Copy No. ", SlotMark("copy_number"), " · ", Strong((SlotMark("name"),)), " · for personal use only")
    assert part(copyline) == "Copy No. 17 · Ada Harbour · for personal use only\n"


NAME_OF_120 = ("Maximiliana Aurelia Konstantina " * 4)[:120].strip()


@pytest.mark.parametrize("name", [NAME_OF_120, "Ы" * 120, "Ада " * 30])
def test_a_long_name_wraps_alone(name):
    copyline = p("Copy No. ", SlotMark("copy_number"), " · ", SlotMark("name"), " · for personal use only")
    text = part(p("before"), copyline, p("after"), name=name)
    assert (0, f"Copy No. 17 · {' '.join(name.split())} · for personal use only") in unflow(text)
    assert all(width(line) <= COLUMNS or "Ы" in line for line in text.split("\n"))
    assert text.startswith("before\n\nCopy")
    assert text.endswith("\n\nafter\n")


def test_in_a_longer_paragraph_the_word_with_the_slot_has_a_line_of_its_own():
    text = part(p(f"{LONG} (", SlotMark("name"), "), ", SlotMark("copy_number"), f" {LONG}"))
    assert unflow(text) == [(0, f"{LONG} (Ada Harbour), 17 {LONG}")]
    assert "\n(Ada Harbour), \n17 \nlantern" in text


def test_a_slot_may_end_a_longer_paragraph_and_stand_in_a_quote():
    text = part(Quote((p(f"{LONG} ", SlotMark("name")),)), name=NAME_OF_120)
    assert unflow(text) == [(1, f"{LONG} {NAME_OF_120}")]


def test_a_hostile_value_cannot_look_like_a_quote():
    assert part(p(SlotMark("name"), " came"), name="> From") == " > From came\n"


@pytest.mark.parametrize("block", [Heading(2, (SlotMark("name"),)), Table("", cells("a"), (((SlotMark("name"),),),))])
def test_a_slot_in_a_heading_or_a_table_is_refused(block):
    with pytest.raises(BadInput, match="put it in a paragraph"):
        part(block)


def test_a_slot_in_a_list_within_a_list_is_refused():
    inner = ListBlock(((p(SlotMark("name")),),))
    assert part(inner) == "- Ada Harbour\n"
    with pytest.raises(BadInput, match="nested list"):
        part(ListBlock(((p("a"), inner),)))


def test_pieces_are_runs_of_lines_and_slot_lines():
    bulletin = Bulletin(language="en", subject="", preheader="", blocks=(p("a"), p(SlotMark("name")), p("b")))
    assert write_text(bulletin) == ("a\n\n", SlotLine(pieces=(Slot.NAME,)), "\nb\n")
