"""Numbers of links: every mark leads to one address, and no bracket of the author's is taken for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.text import write_text
from mailer.formats.issue.markdown import read_article
from tests.formats.edition.test_text import plain_text
from tests.formats.rfc3676 import unflow


def text_of(markdown: str) -> str:
    blocks = read_article(markdown, "en").blocks
    assert blocks
    return plain_text(write_text(Bulletin(language="en", subject="", preheader="", blocks=blocks)))


def numbers_of(markdown: str) -> list[int]:
    """The numbers in the list of addresses at the end."""
    return [int(number) for number in re.findall(r"(?m)^\[(\d+)\] https:", text_of(markdown))]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("as in [1]", 2),
        (r"as in \[1\]", 2),
        ("as in [1, 2; 3]", 4),
        ("as in [1-3]", 4),
        ("as in [1–3, p. 4]", 5),
        ("as in [ 1 ]", 2),
        ("as in [[1]]", 2),
        ("as in [**1**]", 2),
        ("as in [see 1]", 2),
        ("a sum of [1-999999999]", 2),
        (f"[{'1' * 5000}]", 1),
        ("[2] is free of it", 1),
        ("1, (1) and 1] are no marks", 1),
        ("one[^1]\n\n[^1]: A note.", 2),
        ("| A |\n|---|\n| [1] |", 2),
        ("- one\n    - two [1]", 2),
        ("> said [1]", 2),
        ("### Of [1]", 2),
        ("Table: Of [1]\n\n| A |\n|---|\n| b |", 2),
        ("![1](lamp.png)", 2),
    ],
)
def test_a_number_in_brackets_is_left_to_the_author(written, number):
    assert numbers_of(f"[Lamps](https://lamps.example/)\n\n## Head\n\n{written}") == [number]


a_bracket = st.sampled_from(
    ["[1]", "[2]", "[3]", "[2, 4]", "[1–3]", r"\[5\]", "[*6*]", "[7 of them]", "one[^a]", "two[^b]"]
)
a_link = st.sampled_from([f"[word](https://{name}.example/)" for name in "pqrs"])


@given(st.lists(st.one_of(a_bracket, a_link, a_link, st.just("plain")), min_size=1, max_size=15))
def test_every_mark_leads_to_one_address(written):
    notes = [
        f"[^{name}]: Note {name}, with [a link](https://note.example/)."
        for name in "ab"
        if f"[^{name}]" in " ".join(written)
    ]
    text = text_of("\n\n".join([" ".join(written), *notes]))
    *body, addresses = re.split(r"\n-{48}\n\n(?=\[\d+\] https:)", text) if "https:" in text else [text, ""]
    listed = dict(re.findall(r"(?m)^\[(\d+)\] (https:\S+)$", addresses))
    assert len(listed) == len(set(listed.values())) == addresses.count("https:")
    # Read in the order of the text: what stands in brackets is what was typed, or leads where the link led.
    shown = " ".join(paragraph for _, paragraph in unflow("\n".join(body))).replace("\u00a0", " ")
    led = re.findall(r"\bword \[(\d+)\]|a link \[(\d+)\]", shown)
    expected = re.findall(r"\]\((https:[^)]*)\)", " ".join([*written, *notes]))
    assert [listed[number or other] for number, other in led] == expected
    others = re.sub(r"\bword \[\d+\]|a link \[\d+\]", "", shown)
    assert not listed.keys() & {
        number for within in re.findall(r"\[([^\]]*)\]", others) for number in re.findall(r"\d+", within)
    }
