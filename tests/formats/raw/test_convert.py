"""A text converted from print becomes an issue file, and every defect is listed by line."""

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.domain.issue_tree import Heading, Paragraph, Section, Table, Text
from mailer.formats.issue.text import parse
from mailer.formats.raw.blocks import Shape, split
from mailer.formats.raw.convert import convert

RAW = """\

**Members only**

---

# THE WHEEL

Sent to the friends of the Upper Mill Society.

Published quarterly by Wheel Context.

Issue № 2 (18), vol. 4. 2031

---

March 5, 2031

Our engineers write:

WATER UNDER THE BRIDGE: WHAT THE
UPPER MILL NEEDS

### IN SHORT

The river Avle is low, and the

wheel of the Upper Mill stands. Nobody in Avle-Town
knows why.

#### **The wheel**

It cost 300 EUR - "too much".
A second line of the same, torn by

a page and

again by another.

![wheel](wheel.png) It turns<br> <b>slowly</b>.

- one\tmore
- two

Year\tWater
2030\t<b>low</b>
2031\t

##### The dam

It holds.

---

This article was written by Ada Quill, member of the board, and Boris Roe, miller.

Editor: Cy Park

Printed on old paper.

(c) Upper Mill Society: [mill@club.example](mailto:mill@club.example);

© Wheel Context

Milltown, March 2031

---

**Members only**

*Dear friends of the Uper Mill Society,*

Membership costs 20 EUR for six issues.

01.01.2030 – 31.12.2030\t20 EUR
01.01.31 - 31.12.31\t25 EUR
"""


@pytest.fixture(scope="module")
def imported():
    return convert(RAW, newsletter="wheel", language="en")


def finished(imported):
    return parse("en.md", imported.markdown.replace("status: draft", "status: finished").encode())


def test_the_head_is_recognised(imported):
    assert imported.front_matter == {
        "classification": "Members only",
        "number": 2,
        "serial": 18,
        "volume": 4,
        "year": 2031,
        "date": date(2031, 3, 5),
        "kicker": "Our engineers write:",
        "title": "Water under the bridge: what the Upper Mill needs",
        "authors": [{"name": "Ada Quill", "about": "member of the board"}, {"name": "Boris Roe", "about": "miller"}],
        "editor": "Cy Park",
        "place": "Milltown",
        "copyright": ["© Upper Mill Society: mill@club.example", "© Wheel Context"],
    }


def test_the_file_is_one_that_intake_takes(imported):
    text = finished(imported)
    assert (text.newsletter, text.serial, text.date) == ("wheel", 18, date(2031, 3, 5))
    summary, *_article = text.blocks
    assert isinstance(summary, Section)
    assert summary.kind == "summary"
    assert summary.children[0] == Heading(2, (Text("In short"),))
    assert summary.children[1] == Paragraph(
        (Text("The river Avle is low, and the wheel of the Upper Mill stands. Nobody in Avle-Town knows why."),)
    )
    assert [block.level for block in text.blocks if isinstance(block, Heading)] == [2, 2]
    assert text.blocks[-1] == Paragraph((Text("Printed on old paper."),))
    assert (
        Table(
            "",
            ((Text("Year"),), (Text("Water"),)),
            (((Text("2030"),), (Text("low"),)), ((Text("2031"),), ())),
        )
        in text.blocks
    )
    assert "Uper" not in imported.markdown
    assert "25" not in imported.markdown


def test_every_defect_is_told_by_line(imported):
    assert [(defect.line, defect.what.partition(";")[0]) for defect in imported.defects] == [
        (6, "the masthead (lines 6–10) is left out"),
        (10, "'quarterly' here, but 'six issues' on line 72"),
        (
            20,
            "the title is a paragraph in capitals",
        ),
        (23, "headings in capitals (line 23)"),
        (23, "the first heading is of level 3"),
        (25, "a paragraph torn by a page break, it continues on line 27"),
        (30, "a heading jumps from level 2 to 4"),
        (30, "bold inside headings (line 30)"),
        (32, "hyphens used as dashes (line 32)"),
        (32, "straight quotes (line 32)"),
        (33, "a paragraph torn by a page break, it continues on line 35"),
        (35, "a paragraph torn by a page break, it continues on line 37"),
        (39, "raw tags"),
        (39, "the picture 'wheel.png' is left out"),
        (44, "a table of tabs and raw <b>"),
        (48, "a heading jumps from level 2 to 5"),
        (58, "text among the credits that is not a credit"),
        (60, "'(c)' for © (line 60)"),
        (68, "the membership notice (lines 68–75) is left out"),
        (70, "a name spelt two ways: 'Uper Mill Society' (line 70) and 'Upper Mill Society' (lines 8 and 60)"),
        (72, "a fee in prose"),
        (74, "a table of tabs"),
        (74, "fee periods that began before 2031, the issue's year (line 74)"),
    ]


RUSSIAN = """\
**Для членов клуба**

Выпуск № 1 (7), том 2, 2031

5 марта 2031 г.

# **Вода**

## Коротко

Иван Ветров и жена Ивана Ветрова пишут из Нижней Мельницы, о Нижней Мельнице. Бюллетень выходит ежемесячно:
двенадцать выпусков.

Авторы: Иван Ветров, мельник, и Анна Речная, инженер

Редактор: Анна Речная

Энск, март 2031 г.

---

Уважаемые друзья!

Членский взнос для членства: 1 000 рублей.
"""


def test_a_russian_one():
    imported = convert("\ufeff" + RUSSIAN.replace("\n", "\r\n"), newsletter="wheel", language="ru")
    text = parse("ru.md", imported.markdown.encode())
    assert (text.number, text.serial, text.volume, text.year, text.date) == (1, 7, 2, 2031, date(2031, 3, 5))
    assert (text.title, text.editor, text.place) == ("Вода", "Анна Речная", "Энск")
    assert [(author.name, author.about) for author in text.authors] == [
        ("Иван Ветров", "мельник"),
        ("Анна Речная", "инженер"),
    ]
    assert [defect.what.partition(" ")[0] for defect in imported.defects] == ["the", "a"]


def test_what_is_not_there_is_asked_for():
    imported = convert("Words.\x0c\n\n31 June 2031\n", newsletter="wheel", language="en")
    assert imported.front_matter == {}
    assert [(defect.line, defect.what) for defect in imported.defects] == [
        (1, "invisible characters (line 1); removed"),
        *(
            (1, f"no {key} was found; write it in the front matter")
            for key in ("date", "number", "serial", "title", "volume", "year")
        ),
    ]


def test_what_still_needs_a_hand_is_said():
    raw = "№ 1 (1), vol. 1, 2031\n\n01.02.2031\n\n# Mill\n\n[dam](javascript:x)\n"
    (defect,) = convert(raw, newsletter="wheel", language="en").defects
    assert defect.line == 1
    assert defect.what.startswith(
        "the issue file needs correcting before it can be finished: en.md: line 13: a link to"
    )


def test_words_of_membership_in_an_article_end_nothing():
    raw = "# Mill\n\nOne.\n\n---\n\nThe membership of the river board.\n"
    assert "river board" in convert(raw, newsletter="wheel", language="en").markdown


@given(st.text(alphabet="aA#*- \t\n<b>[](c)№1.;:|_\"'\x0c", max_size=80), st.booleans())
def test_any_text_is_converted_and_no_line_is_lost(raw, long):
    text = RAW + raw if long else raw
    convert(text, newsletter="wheel", language="en")
    blocks = split(text)
    lines = {line for block in blocks for line in range(block.line, block.last_line + 1)}
    assert lines == {number for number, line in enumerate(text.split("\n"), start=1) if line.strip()}
    assert all(block.text.strip() or block.shape is Shape.HEADING for block in blocks)


@pytest.mark.parametrize(
    "hostile",
    [
        "# a" + " " * 20_000 + "b",
        "# a" + " #" * 10_000 + "b",
        "[" * 1000 + "]" + "x](" * 6000,
        "![](" * 250 + "x![" * 250 + "x" * 19_000,
        "A" * 20_000,
        "Ab " * 6_000,
        "\n".join(f"Xy Ab{number:06d}q, " for number in range(1500)),
        "# AB CD\n\n" * 2_000,
        "published weekly\n" * 500 + "12 issues\n" * 500,
    ],
)
def test_a_hostile_text_takes_no_time(hostile):
    began = process_time()
    convert(hostile, newsletter="n", language="en")
    assert process_time() - began < 4  # a pattern that tries again at every place takes more than ten


def test_a_heading_may_be_closed():
    for line, text in [("# a ##", "a"), ("## a b#  ", "a b#"), ("# a # b ", "a # b"), ("# #", "#"), ("#  a  #  ", "a")]:
        assert [(block.shape, block.text) for block in split(line)] == [(Shape.HEADING, text)]


def test_a_text_too_big_is_refused():
    with pytest.raises(BadInput, match="more than 200 kB"):
        convert("д" * 100_001, newsletter="n", language="en")


def test_the_seed_has_its_ten_defects_and_no_unknown_block(seed):
    imported = convert(
        (seed / "raw-issue.md").read_text(encoding="utf-8"), newsletter="russia-confidential", language="en"
    )
    lines = {what: defect.line for defect in imported.defects for what in [defect.what.partition(" (")[0]]}
    torn = [defect.line for defect in imported.defects if defect.what.startswith("a paragraph torn")]
    assert torn == [64, 78]
    assert lines["a heading jumps from level 2 to 4; it has level 2 now"] == 72
    assert lines["bold inside headings"] == 35
    assert lines["a table of tabs and raw <b>; fees come from the fee schedule"] == 116
    assert lines["fee periods that began before 2018, the issue's year"] == 117
    assert lines["'monthly' here, but 'eight issues' on line 110; say which"] == 15
    assert lines["hyphens used as dashes"] == 39
    assert lines["straight quotes"] == 53
    assert lines["'(c)' for ©"] == 96
    assert any(defect.line == 26 and defect.what.startswith("the title is") for defect in imported.defects)
    assert any(defect.line == 112 and "two ways" in defect.what for defect in imported.defects)
    issue = (seed / "issues" / "2018-03" / "en.md").read_bytes()
    assert finished(imported) == parse("en.md", issue)
