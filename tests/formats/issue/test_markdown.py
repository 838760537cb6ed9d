import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.domain.issue_tree import (
    Emphasis,
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
    plain,
)
from mailer.formats.issue.markdown import parse

N = "\u00a0"


def paragraph(words):
    return Paragraph((Text(words),))


def test_every_block_has_its_place_in_the_tree():
    text = """\
## The *mill*

First line
and the second,\\
a third with [a link](https://club.example/x) and <editor@club.example>.

- one
- **two**

3. three

> quoted

---

![A mill](mill.png)
"""
    assert parse(text, "en") == (
        Heading(2, (Text("The "), Emphasis((Text("mill"),)))),
        Paragraph(
            (
                Text("First line and the second,"),
                LineBreak(),
                Text("a third with "),
                Link("https://club.example/x", (Text("a link"),)),
                Text(" and "),
                Link("mailto:editor@club.example", (Text("editor@club.example"),)),
                Text("."),
            )
        ),
        ListBlock(((paragraph("one"),), (Paragraph((Strong((Text("two"),)),)),))),
        ListBlock(((paragraph("three"),),), start=3),
        Quote((paragraph("quoted"),)),
        ThematicBreak(),
        Picture("mill.png", "A mill"),
    )


def test_words_are_set_over_bold_and_links():
    assert parse('He read "the **old** [mill](https://x.example)" - twice', "en") == (
        Paragraph(
            (
                Text("He read “the "),
                Strong((Text("old"),)),
                Text(" "),
                Link("https://x.example", (Text("mill"),)),
                Text(f"”{N}— twice"),
            )
        ),
    )


def test_code_span_and_tab_are_plain_text():
    assert parse("press `Enter`\ttwice", "en") == (paragraph("press Enter twice"),)


TABLE = "| Period | Fee |\n|---|---|\n| 2030 | *100* |\n| 2031 | |\n"


@pytest.mark.parametrize("text", ["Table: The fees\n\n" + TABLE, TABLE + "\nTable: The fees\n"])
def test_a_caption_stands_before_or_after_its_table(text):
    assert parse(text, "en") == (
        Table(
            "The fees",
            ((Text("Period"),), (Text("Fee"),)),
            (((Text("2030"),), (Emphasis((Text("100"),)),)), ((Text("2031"),), ())),
        ),
    )


@pytest.mark.parametrize(
    ("line", "align"),
    [
        ("|---|---|---|", ()),
        ("|---|---:|:-:|", ("left", "right", "center")),
        ("|:--|---|---:|", ("left", "left", "right")),
    ],
)
def test_the_line_under_the_heads_sets_the_columns(line, align):
    (table,) = parse(f"| Pier | Boats | Crew |\n{line}\n| East | 2 | 11 |\n", "en")
    assert table.align == align


def test_a_caption_belongs_to_the_table_it_precedes():
    captions = [block.caption for block in parse(f"{TABLE}\nТаблица: **Вторая**\n\n{TABLE}", "ru")]
    assert captions == ["", "Вторая"]


def test_without_a_table_it_is_a_paragraph():
    assert parse("Table: manners", "en") == (paragraph("Table: manners"),)


def test_sections_nest():
    text = ":::: insert\n\nwords\n\n::: copyline\nmore\n:::\n::::\n"
    assert parse(text, "en") == (Section("insert", (paragraph("words"), Section("copyline", (paragraph("more"),)))),)


def test_slot_marks_only_where_they_are_named():
    names = frozenset({"name", "copy_number"})
    assert parse("**Dear** @@SLOT:name@@ !", "en", slots=names) == (
        Paragraph((Strong((Text("Dear"),)), Text(" "), SlotMark("name"), Text(" !"))),
    )
    assert parse("@@SLOT:copy_number@@", "en", slots=names) == (Paragraph((SlotMark("copy_number"),)),)
    assert parse("Dear @@SLOT:name@@", "en") == (paragraph("Dear @@SLOT:name@@"),)


def test_a_picture_is_named_by_its_file():
    assert parse("![Схема](<наша схема.png>)", "ru") == (Picture("наша схема.png", "Схема"),)
    assert parse("![é](e\u0301.png)", "en") == (Picture("é.png", "é"),)


def test_plain_words():
    (block,) = parse("a **b** [c](https://x.example)\\\nd @@SLOT:name@@", "en", slots=frozenset({"name"}))
    assert isinstance(block, Paragraph)
    assert plain(block.children) == "a b c d "


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a\n\n<div>x</div>", "line 3: raw HTML is not allowed"),
        ("a\nb <b>x</b>", "line 2: raw HTML is not allowed: '<b>'"),
        ("<!-- note -->", "line 1: raw HTML"),
        ("a\n\n```\nx\n```", "line 3: code"),
        ("    four spaces", "line 1: code"),
        ("a\n\n[x](javascript:alert(1))", "line 3: a link to 'javascript:"),
        ("[x](JAVAscript:alert(1))", "line 1: a link to"),
        ("[x](data:text/html,x)", "line 1: a link to 'data:"),
        ("[x](ftp://x.example)", "line 1: a link to"),
        ("[x](/page)", "line 1: a link to"),
        ("[x](https:)", "line 1: a link to"),
        ("[x](mailto:nobody)", "line 1: a link to"),
        ("[x](https:\\[)", "line 1: a link to"),
        ("[x][r]\n\n[r]: vbscript:x", "line 1: a link to"),
        ("![x](https://x.example/a.png)", "line 1: the picture 'https://x.example/a.png' is not in the issue's folder"),
        ("![x](//x.example/a.png)", "line 1: the picture"),
        ("![x](data:image/png;base64,AA)", "line 1: the picture"),
        ("![x](../../mailer.key)", "line 1: the picture '../../mailer.key'"),
        ("![x](..%2fmailer.key)", "line 1: the picture"),
        ("![x](.hidden.png)", "line 1: the picture"),
        ("![](a.png)", "line 1: the picture 'a.png' has no description"),
        ("words\n![x](a.png)", "line 2: the picture 'a.png' is in the middle of a paragraph"),
        ("## ![x](a.png)", "line 1: the picture 'a.png' is in the middle of a paragraph"),
        ("[![x](a.png)](https://x.example)", "line 1: the picture 'a.png' is in the middle of a paragraph"),
        ("a\nb\u202ec", "line 2: the text contains an invisible character, U+202E"),
        ("a &#x202e; b", "line 1: the text contains an invisible character"),
        ("![a\u200bb](a.png)", "line 1: the text contains an invisible character"),
        ("::: Insert\nx\n:::", "line 1: '::: Insert' neither begins nor ends a section"),
        ("a\n\n:::", "line 3: ':::' neither"),
        ("::: insert\nx", "line 1: the section 'insert' has no end"),
        ("> " * 30 + "deep", "line 1: lists, quotes or sections are nested more than 20 deep"),
        ("> " * 300 + "deep", "line 1: lists, quotes or sections are nested more than 20 deep"),
    ],
)
def test_what_has_no_place_in_a_letter_is_refused_by_line(text, complaint):
    with pytest.raises(BadInput) as refusal:
        parse(text, "en")
    assert str(refusal.value).startswith(complaint)


def test_too_many_brackets_are_refused_before_they_are_read():
    with pytest.raises(BadInput, match=r"^line 9: more than 1000 opening brackets"):
        parse("a\n\n" + "[" * 80_000, "en", first_line=7)


def test_an_unknown_slot_is_refused():
    with pytest.raises(BadInput, match="line 1: there is no slot 'nmae'; the slots are name"):
        parse("@@SLOT:nmae@@", "en", slots=frozenset({"name"}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# A", "line 11: a heading of level 1; headings here begin at level 2"),
        ("### A", "line 11: a heading of level 3, but level 2 comes next"),
        ("## A\n\n#### B", "line 13: a heading of level 4, but level 3 comes next"),
        ("## A\n\n### B\n\n## C\n\n#### D", "line 17: a heading of level 4, but level 3 comes next"),
    ],
)
def test_headings_in_order(text, complaint):
    with pytest.raises(BadInput) as refusal:
        parse(text, "en", first_line=11, first_heading=2)
    assert str(refusal.value).startswith(complaint)
    assert parse(text, "en")


def test_headings_may_fall_and_rise():
    assert len(parse("## A\n\n### B\n\n#### C\n\n## D", "en", first_heading=2)) == 4


@given(st.text(alphabet="ab*_[]()!<>#-+|:`~\\\n \t\"'&;@1.", max_size=60))
def test_any_text_is_a_tree_or_a_refusal_by_line(text):
    refusal = "line 1: none"
    try:
        parse(text, "en")
    except BadInput as error:
        refusal = str(error)
    assert refusal.startswith("line ")
