"""A hard issue in plain text: no word is lost, no line is too long, and mail programs join the lines as they were."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.domain.edition import NO_INSERT
from mailer.domain.issue_tree import Block, visible_text
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.line_wrap import COLUMNS, NARROW, width
from mailer.formats.edition.proofread import visible_page
from mailer.formats.edition.text import write_text
from mailer.formats.issue.markdown import read_article
from mailer.formats.issue.text import parse as parse_file
from mailer.formats.words import words_of
from tests.formats.edition.test_text import plain_text
from tests.formats.made_up import READER, an_edition, printed, with_text
from tests.formats.rfc3676 import unflow

ADDRESS = "https://harbour.example/" + "/".join(["a-long-folder"] * 13) + "?lamp=1"
COMPOUND = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
DEMO = Path(__file__).parents[3] / "demo"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

PIECES = [
    "The keeper *Tom Reed* said that [the office](https://harbour.example/log) **closed** it, see [2] and [3, p. 4].",
    f"All of it is at <{ADDRESS}>, and at [a page]({ADDRESS}&page=2).",
    f"The {COMPOUND} of the {COMPOUND.lower()} stood beside the Государственнообязанность of the harbour.",
    "The guest was \u05d9\u05d5\u05e1\u05e3 \u05d1\u05df \u05d3\u05d5\u05d3, and \u0645\u062d\u0645\u062f \u0639\u0644\u064a after him; 山田太郎 came too.",
    "- One lamp\n- Two lamps:\n    1. the first is old;\n    2. the second is new:\n        - and cold\n        - and small\n\n        So it is said.",
    "- A list\n\n    | Pier | Boats |\n    |---|--:|\n    | East | 1200 |\n    | West | 90 |\n\n    ends here.",
    "> It was said that the lamp went out.\n>\n> > And again, at [the museum](https://museum.example/).\n>\n> | Pier | Boats |\n> |---|---|\n> | East | 2 |",
    "### What it cost\n\nIt cost a lot[^cost].\n\n#### In roubles\n\nMore than 50 000 roubles.\n\n[^cost]: Roubles of 2031, see [the list](https://list.example/).\n\n    With a second paragraph.",
    f"Table: Boats by month\n\n| Pier | {' | '.join(MONTHS)} |\n|---{'|--:' * 12}|\n| East | {' | '.join(str(n * 37) for n in range(12))} |\n| West | {' | '.join(str(n * 7) for n in range(12))} |",
    f"| Pier | {' | '.join(str(n) for n in range(12))} |\n|---{'|--:' * 12}|\n| East | {' | '.join(str(n * 37) for n in range(12))} |",
    f"| Pier | Where it is kept |\n|---|---|\n| East | {ADDRESS} |\n| West | nowhere |",
    "| When | Who | What was decided |\n|---|---|---|\n| 12 July 2031 | The working group on lamps | To write the clause on escort anew, and to publish it before the autumn. |\n| 3 August 2031 | The board | To ask eleven brokers. |",
    "![The lamp room, seen from [2] below](lamp.png)",
    "From here on -- as they say -- it goes well.  \n> not a quotation\\\nFrom the log.",
    "\u00a0".join(["lantern"] * 30),
    "A text in `code spans` stays, and so does `x = [4]`.",
]  # fmt: skip


def blocks_of(*pieces: str) -> tuple[Block, ...]:
    article = read_article("## The hard issue\n\n" + "\n\n".join(pieces), "en")
    assert not article.errors
    return article.blocks


def text_of(blocks: tuple[Block, ...]) -> str:
    return plain_text(write_text(Bulletin(language="en", subject="", preheader="", blocks=blocks)))


def said(text: str) -> Counter[str]:
    """The words of a text part as they are read, without its marks of links and its list of addresses."""
    body, *addresses = re.split(r"(?m)^-{48}\n\n(?=\[\d+\] https:)", text)
    listed = set(re.findall(r"(?m)^\[(\d+)\] https:", "".join(addresses)))
    shown = " ".join(paragraph for _, paragraph in unflow(body))
    return Counter(words_of(re.sub(r"\[(\d+)\]", lambda mark: "" if mark[1] in listed else mark[0], shown)))


def keeps_to_the_page(text: str) -> bool:
    """Whether every line has at most 72 columns, unless it is one address, after its label or mark."""
    wide = [line for line in text.split("\n") if width(line) > COLUMNS]
    return all(re.fullmatch(r" ?(\[\d+\] )?https:\S+ ?", line.replace("\u00a0", " ")) for line in wide)


def test_the_hard_issue_has_the_words_of_its_page():
    page, text = printed(an_edition(issue=with_text(blocks=blocks_of(*PIECES)), variant=NO_INSERT), READER["en"])
    root = lxml_html.document_fromstring(page)
    for preheader in root.xpath('//*[contains(@style, "display:none")]'):
        preheader.drop_tree()
    shown, read = Counter(words_of(visible_page(lxml_html.tostring(root, encoding="unicode")))), said(text)
    assert not shown - read
    # The heads of tables whose cells stand on lines of their own are said again for the second row.
    assert read - shown == Counter(["Pier", *MONTHS, *["Pier", "Where", "it", "is", "kept"]])
    assert keeps_to_the_page(text)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6, unique=True))
def test_no_word_is_lost_and_none_is_new(pieces):
    blocks = blocks_of(*pieces)
    text = text_of(blocks)
    typed, read = Counter(words_of(visible_text(blocks))), said(text)
    assert not typed - read
    again = {word for piece in pieces if piece.startswith(("Table:", "| Pier | Where")) for word in words_of(piece)}
    assert (read - typed).keys() <= again
    assert keeps_to_the_page(text)


@pytest.mark.parametrize("piece", PIECES)
def test_lines_that_do_not_flow_fit_a_narrow_window_where_they_can(piece):
    lines = text_of(blocks_of(piece)).split("\n")
    rules = [line for before, line in pairwise(lines) if re.fullmatch(r"[\s>]*[-~=.][-~=. ]{3,}", line)]
    assert rules
    assert all(width(line) <= NARROW + 1 for line in rules) or piece.startswith("| Pier | 0")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("folder", ["issues/2026-10", "later/2026-11"])
def test_tables_and_rules_of_the_demo_fit_a_window_of_50_columns(folder, language):
    path = DEMO / folder / f"{language}.md"
    text = text_of(parse_file(path.name, path.read_bytes()).blocks)
    fixed = [line for line in text.split("\n") if re.search(r"\S {2,}\S|^[-~=. ]+$", line)]
    assert fixed
    assert max(map(width, fixed)) <= 50
