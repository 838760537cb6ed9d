"""Footnotes: numbered by their marks, at the end of the article in both parts, linked there and back in the HTML."""

import re

from lxml import html as lxml_html

from mailer.formats.issue.markdown import read_article
from tests.formats.made_up import READER, an_edition, printed, with_text

ARTICLE = """
The fee is 50 roubles[^fee], says [the office](https://harbour.example/fee).[^2] So it was[^fee].

> Quoted[^3].
>
> [^3]: Within the quotation.

[^2]: See *the report*, p. 5, and [its annex](https://harbour.example/annex).

[^fee]: Roubles of 2024.

    A second paragraph.

The last words.
"""


def parts() -> tuple[str, str]:
    blocks = read_article(ARTICLE, "en").blocks
    return printed(an_edition(issue=with_text(blocks=blocks)), READER["en"])


def test_the_text_part_has_the_notes_at_the_end_of_the_article():
    _, text = parts()
    article = text[text.index("The fee") : text.index("Your membership")]
    assert article.replace("\u00a0", " ").split("\n\n")[:-2] == [
        "The fee is 50 roubles [1], says the office [4]. [2] So it was [1].",
        "> Quoted [3].",
        "The last words.",
        "[1] Roubles of 2024.",
        "    A second paragraph.",
        "[2] See the report, p. 5, and its annex [5].",
        "[3] Within the quotation.",
    ]
    assert text.rstrip().endswith("[4] https://harbour.example/fee\n[5] https://harbour.example/annex")


def test_the_html_links_there_and_back():
    page, _ = parts()
    root = lxml_html.document_fromstring(page)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = [link for link in root.iter("a") if link.get("href").startswith("#")]
    assert len(links) == 7
    for link in links:
        (target,) = root.xpath("//*[@id = $id]", id=link.get("href")[1:])
        assert target.text_content() == link.text_content()
        assert target.get("name") == target.get("id")


def test_both_parts_number_alike():
    page, text = parts()
    words = lxml_html.document_fromstring(page).text_content()
    for note in ("Roubles of 2024", "See the report", "Within the quotation"):
        assert re.search(rf"\[(\d)\]\s*{note}", words)[1] == re.search(rf"\[(\d)\]\s*{note}", text)[1]
