"""The plain-text part: 72 columns, flowed, tables, numbered links, slots."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.edition import Slot, SlotLine, TextPart
from mailer.domain.errors import BadInput
from mailer.domain.issue_tree import (
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
from mailer.formats.edition.line_wrap import COLUMNS, NARROW, width, words, wrap
from mailer.formats.edition.text import write_text
from mailer.formats.typography import NBSP
from tests.formats.rfc3676 import unflow

VALUES = {Slot.NAME: "Ada Harbour", Slot.SALUTATION: "Dear Ms. Harbour", Slot.COPY_NUMBER: "17"}
LONG = " ".join(["lantern"] * 30)


def part(*blocks: Block, **values: str) -> str:
    """The text part of these blocks, its slots filled."""
    return plain_text(write_text(Bulletin(language="en", subject="", preheader="", blocks=blocks)), **values)


def plain_text(written: TextPart, **values: str) -> str:
    """The text with its slots filled."""
    given_values = VALUES | {Slot(name): value for name, value in values.items()}
    return "".join(
        piece if isinstance(piece, str) else "".join(f"{line}\n" for line in slot_lines.fill(piece, given_values))
        for piece in written
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
    assert width("\u1112\u1161\u11ab") == width("한") == 2  # a syllable typed as letters


def test_a_text_of_no_break_spaces_alone_breaks_at_them():
    text = NBSP.join(["lantern"] * 30)
    assert [(depth, read.replace(NBSP, " ")) for depth, read in unflow(part(p(text)))] == [(0, LONG)]
    assert max(map(width, part(Quote((p(text),))).split("\n"))) <= COLUMNS
    assert part(p(f"{'x' * 66} 50{NBSP}000")) == f"{'x' * 66} \n50{NBSP}000\n"


def test_a_signature_mark_is_never_alone():
    assert part(p(f"{'x' * 71} -- {'y' * 71}")) == f"{'x' * 71} \n-- {'y' * 71}\n"
    assert wrap(["--"]) == ["--"]


def cells(*texts: str) -> tuple[tuple[Text, ...], ...]:
    return tuple((Text(text),) if text else () for text in texts)


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_headings_are_underlined_and_flow():
    text = part(Heading(1, (Text("Title"),)), Heading(2, (Text("Ab"),)), Heading(3, (Text(LONG),)))
    assert text.startswith("Title\n=====\n\nAb\n----\n\nlantern ")
    assert unflow(text)[-2:] == [(0, LONG), (0, "~" * NARROW)]


def test_headings_of_each_level_look_like_headings_and_differ():
    lines = [part(Heading(level, (Text("Lamps"),))).split("\n")[1] for level in (1, 2, 3, 4, 5, 6)]
    assert lines == ["=====", "-----", "~~~~~", ".....", ".....", "....."]
    assert part(Quote((Heading(3, (Text("Lamps"),)),))) == "> Lamps\n> ~~~~~\n"


def test_lists():
    nested = ListBlock(((p("inner"),), (p("second"),)), start=9)
    text = part(ListBlock(((p("one"),), (p("two"), nested, p("after")), (Quote((p("said"),)),))))
    assert text == "- one\n\n- two\n__9. inner\n__10. second\n\n__after\n\n-\n\n> said\n".replace("_", NBSP)


def test_what_is_in_an_item_stands_below_its_words():
    table = Table("", cells("Pier", "Boats"), (cells("East", "2"),))
    item = (p("one"), table, Heading(3, (Text("Lamps"),)), ThematicBreak(), Quote((p("said"),)))
    text = part(ListBlock((item,), start=1)).replace(NBSP, "_")
    within = "___Pier  Boats\n___----  -----\n___East  2\n\n___Lamps\n___~~~~~\n\n___" + "-" * (NARROW - 3)
    assert text == f"1. one\n\n{within}\n\n> said\n"


def test_lists_in_lists_without_end_do_not_fill_the_line():
    block = p(LONG)
    for _ in range(20):
        block = ListBlock(((p("in"), block),))
    text = part(block)
    assert unflow(text)[-1] == (0, NBSP * 24 + LONG)
    assert max(map(width, text.split("\n"))) <= COLUMNS


def test_a_short_list_stands_close():
    assert part(ListBlock(((p("one"),), (p("two"),)))) == "- one\n- two\n"


def test_an_empty_item_keeps_its_mark():
    assert part(ListBlock(((), (p("two"),)), start=1)) == "1.\n2. two\n"


def test_quotes():
    text = part(Quote((p("one"), ThematicBreak(), Quote((p(LONG),)))))
    assert text.startswith(f"> one\n>\n> {'-' * (NARROW - 2)}\n>\n>> lantern ")
    assert unflow(text)[-1] == (2, LONG)


def test_whose_words_a_quotation_is_stands_right_below_it():
    assert part(Quote((p("said"),), attribution=(Text("Ada"),))) == f"> said\n> —{NBSP}Ada\n"


def test_a_caption_stands_right_below_its_picture():
    assert part(Picture("lamp.png", "The lamp", (Text("Lit at six."),)), p("on")) == "[The lamp]\nLit at six.\n\non\n"


def test_rules_pictures_sections_and_breaks():
    text = part(Section("any", (p("one", LineBreak(), "two"), ThematicBreak(), Picture("lamp.png", "The lamp"))))
    assert text == f"one\ntwo\n\n{'-' * NARROW}\n\n[The lamp]\n"


def test_boxes_stand_between_rules_and_two_rules_are_one():
    rule = "-" * NARROW
    box = Section("insert", (Heading(2, (Text("Fees"),)), p("inside")))
    framed = f"{rule}\n\nFees\n----\n\ninside\n\n{rule}"
    assert part(p("one"), box, p("two")) == f"one\n\n{framed}\n\ntwo\n"
    assert part(ThematicBreak(), box, ThematicBreak(), p("two")) == f"{framed}\n\ntwo\n"
    assert part(Section("summary", (p("brief"),)), Section("insert", ())) == f"{rule}\n\nbrief\n\n{rule}\n"
    assert part(Quote((box,))).startswith(f"> {rule[2:]}\n>\n> Fees")
    link = p(Link("https://one.example/", (Text("one"),)))
    assert part(Section("insert", (link,))).endswith(f"one\u00a0[1]\n\n{rule}\n\n[1] https://one.example/\n")


def test_credits_stand_close():
    assert part(Section("credits", (p("Ada"), p("Editor: Tom")))) == "Ada\nEditor: Tom\n"


def test_the_masthead_stands_close_over_a_rule():
    masthead = Section("masthead", (Section("classification", (p("Secret"),)), Section("numbering", (p("No. 3"),))))
    assert part(masthead, p("Dear")) == f"Secret\nNo. 3\n{'-' * NARROW}\n\nDear\n"
    assert part(masthead, ThematicBreak(), p("Dear")) == part(masthead, p("Dear"))


def test_an_empty_section_leaves_no_gap():
    assert part(p("one"), Section("article", ()), p("two")) == "one\n\ntwo\n"


def test_links_are_numbered_by_address():
    one = Link("https://one.example/", (Strong((Text("one"),)),))
    two = Link("https://two.example/", (Text("two"),))
    mail = Link("mailto:ada@example.org", (Text("ada@example.org"),))
    text = part(p("See ", one, ", ", two, ", ", one, " or ", mail, "."))
    assert text.startswith("See one\u00a0[1], two\u00a0[2], one\u00a0[1] or ada@example.org.\n")
    assert text.endswith(f"\n{'-' * NARROW}\n\n[1] https://one.example/\n[2] https://two.example/\n")


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


def test_a_slot_may_stand_in_a_list_within_a_list():
    inner = ListBlock(((p(SlotMark("name"), " came"), p(SlotMark("name"))),))
    assert part(inner) == "- Ada Harbour came\n\n__Ada Harbour\n".replace("_", NBSP)
    text = part(ListBlock(((p("a"), inner),)), name=NAME_OF_120)
    assert (0, f"{NBSP * 2}- {NAME_OF_120} came") in unflow(text)


def test_pieces_are_runs_of_lines_and_slot_lines():
    bulletin = Bulletin(language="en", subject="", preheader="", blocks=(p("a"), p(SlotMark("name")), p("b")))
    assert write_text(bulletin) == ("a\n\n", SlotLine(pieces=(Slot.NAME,)), "\nb\n")
