"""Whose words a quotation is, a caption and a summary are found in the text, and both parts show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.issue_tree import Emphasis, Heading, Paragraph, Picture, Quote, Section, Strong, Text, plain
from mailer.formats.issue.markdown import parse, read_article
from mailer.formats.words import words_of

QUOTED = Paragraph((Text("It holds."),))


@pytest.mark.parametrize(
    "lines",
    [
        ("It holds.", "", "— Anna Berg, mason"),
        ("It holds.", "", "– Anna Berg, mason"),
        ("It holds.", "", "-- Anna Berg, mason"),
        ("It holds.", "", "- Anna Berg, mason"),
        ("It holds.", "", "—Anna Berg, mason"),
        ("It holds.\\", "— Anna Berg, mason"),
        ("It holds.", "— Anna Berg, mason"),
        ("It holds.", "– Anna Berg, mason"),
    ],
)
def test_words_after_a_dash_at_the_end_say_whose_words_they_are(lines):
    text = "\n".join(f"> {line}".rstrip() for line in lines)
    for language in ("en", "ru"):
        article = read_article(text, language)
        assert article.blocks == (Quote((QUOTED,), (Text("Anna Berg, mason"),)),)
        assert article.doubts == ()


def test_an_attribution_keeps_its_bold_words_and_its_emphasis():
    text = "> It holds.\n>\n> *— **Anna** Berg*"
    (quote,) = parse(text, "en")
    assert quote == Quote((QUOTED,), (Emphasis((Strong((Text("Anna"),)), Text(" Berg"))),))


@pytest.mark.parametrize(
    "lines",
    [
        ("— Does it hold?", "", "— It does."),  # a dialogue
        ("— Does it hold?\\", "— It does."),
        ("— It holds.",),  # nothing is quoted
        ("A word that matters", "— and they all do — is said twice."),  # a sentence that goes on
        ("It holds.", "", "-5 degrees"),
        ("It needs:", "", "- a mason"),  # a list
        ("It needs them.", "", "- masons", "- lime"),
        ("It holds.", "", "Anna Berg"),
    ],
)
def test_other_lines_stay_in_the_quotation(lines):
    (quote,) = parse("\n".join(f"> {line}".rstrip() for line in lines), "en")
    assert quote.attribution == ()


WORDS = st.text(alphabet="abcЖя .,!?—–-*>\\\n", max_size=30)


@given(WORDS, st.sampled_from(["— ", "- ", "– ", "--- ", "—", "-"]), WORDS)
def test_no_word_of_a_quotation_is_lost(said, dash, name):
    text = "\n".join(f"> {line}" for line in f"{said}\n{dash}{name}".split("\n"))
    article = read_article(text, "en")
    assert all("words" not in error.what for error in article.errors)


def test_a_paragraph_in_emphasis_right_after_a_picture_is_its_caption():
    (picture, after) = parse("![A mill](mill.png)\n\n*The **mill** in May.*\n\n*It is old.*", "en")
    assert picture == Picture("mill.png", "A mill", (Text("The "), Strong((Text("mill"),)), Text(" in May.")))
    assert after == Paragraph((Emphasis((Text("It is old."),)),))


def test_a_paragraph_that_is_only_partly_in_emphasis_is_no_caption():
    picture, after = parse("![A mill](mill.png)\n\n*The mill* in May.", "en")
    assert picture == Picture("mill.png", "A mill")
    assert words_of(plain(after.children)) == ["The", "mill", "in", "May"]


@pytest.mark.parametrize("heading", ["Summary", "SUMMARY", "In brief:", "Коротко", "Краткое содержание", "**Резюме**"])
def test_a_first_heading_of_that_name_begins_the_summary(heading):
    summary, *others = parse(f"## {heading}\n\nShort.\n\n- a\n\n### Detail\n\nb\n\n## Long\n\nAll of it.", "ru")
    assert isinstance(summary, Section)
    assert summary.kind == "summary"
    assert len(summary.children) == 5
    assert [type(block) for block in others] == [Heading, Paragraph]


@pytest.mark.parametrize(
    "text",
    [
        "## Summary of the talks\n\na\n\n## Long\n\nb",
        "Before.\n\n## Summary\n\na\n\n## Long\n\nb",
        "## Summary\n\nThis is all there is.",
        "## Summary\n\n## Long\n\nb",
    ],
)
def test_other_articles_have_no_summary_of_their_own(text):
    assert not any(isinstance(block, Section) for block in parse(text, "en"))
