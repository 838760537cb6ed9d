"""Every word of an article reaches the readers, or its line is named."""

import pytest

from mailer.domain.issue_tree import ListBlock, Paragraph, Text, ThematicBreak, visible_text
from mailer.formats.issue.markdown import read_article
from mailer.formats.issue.source_words import SourceWord, changed_words


def shown(text: str, language: str = "en") -> str:
    return visible_text(read_article(text, language).blocks)


def errors(text: str, language: str = "en") -> list[str]:
    article = read_article(text, language, first_line=11)
    assert not article.blocks
    return [str(error) for error in article.errors]


TABLE = "| Pier | Boats |\n|---|---:|\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"{TABLE}| East | 12 | of 30 |", 13, "'of 30' would be lost"),
        (f"{TABLE}| Ferry | Norland|Oslo|Kiel |", 13, "'Oslo | Kiel' would be lost"),
        (f"> {TABLE.replace('|---|', '> |---|')}> | East | 12 | thirty |", 13, "'thirty' would be lost"),
        (f"{TABLE}| East | 12 |\nIn winter nobody sails.", 14, "put an empty line before it"),
        ('![The quay](quay.png "Photo: T. Reed")', 11, "the title 'Photo: T. Reed'"),
        ('See\n[the log](https://x.example "Book 5").', 12, "the title 'Book 5'"),
        ("![The quay](old quay.png)", 11, "the picture would not be shown"),
        ("![Набережная] (quay.png)", 11, "the picture would not be shown"),
        ("Words.[^1]\n\n[^1]: One.\n\n[^2]: Two.", 15, "no mark [^2]"),
        ("Words.[^1]\n\n[^1]: One.\n\n[^1]: Two.", 15, "a second note [^1]"),
    ],
)  # fmt: skip
def test_what_would_be_lost_is_named_by_line(text, line, words):
    (error,) = errors(text)
    assert error.startswith(f"line {line}: ")
    assert words in error


def test_a_word_below_a_section_is_no_name_of_one():
    assert shown("::: note\n\nIn a frame\n\n:::\nbelow\n\nit") == "In a frame\nbelow\nit"


def test_everything_is_named_at_once():
    text = f"{TABLE}| East | 12 | of 30 |\n\n<b>x</b>\n\n[words](page.html) ![x](a b.png)\n\n## Two\n\n#### Four"
    assert [error.split(":")[0] for error in errors(text)] == ["line 13", "line 15", "line 15", "line 17", "line 17"]


@pytest.mark.parametrize(
    "text",
    [
        "Rooms of 5*6*7 and 600*400*300\u00a0cm, 2**8, a*b*c",
        "[Question]: Why?",
        "[Ответ]: Потому что.",
        "[Log]: https://x.example/log",
        "https://x.example/_drafts_/clause and _office_@x.example",
        "<https://x.example/%D0%BA>",
        "From -5 to −7 degrees",
        "1986\\. That was the year.",
        "\\- 5 degrees",
        "snake_case",
    ],
)
def test_figures_addresses_and_names_in_brackets_stay(text):
    assert shown(text) == text.replace("\\", "").strip("<>").replace("&", "&")


def test_bold_may_end_within_a_word():
    assert shown("**Нор**ландия, *сло*во", "ru") == "Норландия, *сло*во"


def test_numbers_of_a_list_stay_as_typed():
    article = read_article("5. Salvage\n7. Charts\n8. Pilots\n", "en", first_line=3)
    assert [block.start for block in article.blocks if isinstance(block, ListBlock)] == [5, 7]
    assert visible_text(article.blocks).split() == ["5.", "Salvage", "7.", "Charts", "8.", "Pilots"]
    assert [defect.line for defect in article.doubts] == [3, 4]


def test_a_rule_makes_no_heading():
    article = read_article("The talks ended.\n---\nA second round follows.", "en")
    assert article.blocks == (
        Paragraph((Text("The talks ended."),)),
        ThematicBreak(),
        Paragraph((Text("A second round follows."),)),
    )
    assert [defect.line for defect in article.doubts] == [2]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1986. That was the year.", [1]),
        ("The frost fell to\n- 5 degrees.", [2]),
        ("- 5 degrees in May.", [1]),
        ("He said\n- no", [2]),
        ("We met on the\n1. March", [2]),
        ("> quoted\nA captain", [2]),
        ("- an item.\nThe end", [2]),
        (">5 boats", [1]),
        ("a[^2]\n\n[^2]: b", [3]),
        ("10 > 5 and\n> 5 is more", [2]),
        # and what is as it should be
        ("He said:\n> no", []),
        ("He said so.\n> no\n>> never", []),
        ("1. one\n   - within\n     more\n2. two", []),
        ("We saw:\n- 5 ships\n- 7 boats", []),
        ("- 5 ships\n- 7 boats", []),
        ("- an item\n  that goes on", []),
        ("- an item that\ngoes on", []),
        ("1. one\n\nwords\n\n2. two", []),
        ("1. one\n   1. a\n   2. b\n2. two", []),
        ("> a\n> b\n\nc", []),
        ("a\n\n---\n\nb", []),
        ("a[^1]\n\n[^1]: b", []),
    ],
)
def test_doubtful_lines_are_named(text, lines):
    assert [defect.line for defect in read_article(text, "en").doubts] == lines


@pytest.mark.parametrize(
    "text",
    [
        "**Note:**the price",
        "**bold",
        "bold**",
        "*unclosed",
        "price*",
        "_unclosed words",
        "~~40~~",
        "H~2~O",
        "E = mc^2^",
        "==marked==",
        "[!NOTE] words",
        "[TOC]",
        ":smile: words",
        "as [@smith2020] says",
        "%% not hidden %%",
        "[//]: # (not hidden)",
        "[comment]: <> (not hidden)",
        "{>>not hidden<<}",
        "{--gone--}",
        "`code",
        "a note[^1]",
        "a note^[inline]",
        "[[page]]",
        "[words][label]",
        "[words](https://x.example/a b)",
        "[words] (https://x.example)",
        "##Heading",
        "###Числа",
        "- [ ] ask",
        "- [x] done",
        "| a | b |",
        "a | b | c",
        "words {.class}",
        "{width=3in}",
        "{{ name }}",
        "$$x$$",
        "a <b",
        "&nosuch;",
        "C:\\Users",
        "words\n===",
        ": definition",
    ],
)
def test_marks_that_readers_would_see_are_named_and_may_be_meant(text):
    assert {defect.line for defect in read_article(text, "en").doubts} == {text.count("\n") + 1}
    if "^[" not in text:
        escaped = "".join(f"\\{sign}" if sign in "*_~^=`[]()#|{}$<&\\:%" else sign for sign in text)
        assert not read_article(escaped, "en").doubts


@pytest.mark.parametrize(
    "text",
    [
        "5 * 6 and 5*6*7",
        "a < b, a > b, -> and <-",
        "#1 in the list, C# and F#",
        "Name: ______",
        "[sic] (so he said)",
        "Moscow | London",
        "R&D; 50% ~ 60%, ~5",
        "2^10, $5 and {so}",
        "https://x.example/~tilde/*star?a=b&c;d^e",
        "[the clause](https://x.example/_a_/*b*)",
        "`**code**` and `[^1]`",
        "a_b and a__b",
    ],
)
def test_signs_of_plain_writing_are_not_named(text):
    assert not read_article(text, "en").doubts


def test_of_very_many_differences_the_first_are_named():
    words = [SourceWord(f"w{place}", place) for place in range(1, 5001)]
    (lost,) = changed_words(words, [word for word, _ in words if word != "w7"])
    assert (lost.line, "'w7'" in lost.what) == (7, True)
    halves = changed_words(words, [word for word, line in words if line % 2])
    assert [defect.line for defect in halves][:3] == [2, 4, 6]
    assert 100 < len(halves) < 1000
    (more,) = changed_words(words, [*(word for word, _ in words), "more"])
    assert (more.line, "'more'" in more.what) == (5000, True)
    assert changed_words(words, [])
    assert not changed_words([], [])


@pytest.mark.parametrize("text", ["caf\ufffd", "caf\0"])
def test_a_character_that_was_lost_is_named(text):
    (doubt,) = read_article(text, "en").doubts
    assert doubt.what == "readers see '\ufffd' as typed; a character was lost here, write it"


def test_changes_far_apart_are_all_named_at_once():
    words = [SourceWord(f"w{number % 700}", number // 10) for number in range(20_000)]
    shown = [word if place not in {50, 9_000, 19_990} else "x" for place, (word, _) in enumerate(words)]
    assert [defect.line for defect in changed_words(words, shown)] == [5, 900, 1999]


def test_few_words_that_repeat_take_no_longer():
    """Comparing all with all would take minutes here."""
    words = [SourceWord("abc"[number % 3], number // 3) for number in range(30_000)]
    assert changed_words(words, ["b", "a"] * 10_000)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A claim[^a].\nAs in [1], too.\n\n[^a]: The note.", [2]),
        ("A claim[^a].\n\n| A |\n|---|\n| \\[1\\] |\n\n[^a]: The note, as in `[1]`.", [5, 7]),
        ("A claim[^a], as in [2], [a 1], (1), [1, 2] and [1](https://one.example/).\n\n[^a]: The note.", []),
        ("As in [1] and [2], without notes.", []),
    ],
)
def test_figures_in_brackets_that_look_like_the_mark_of_a_note_are_named(text, lines):
    doubts = read_article(text, "en").doubts
    assert [doubt.line for doubt in doubts] == lines
    assert all("[1] looks like the mark of footnote 1; write [^1] if it is the mark" in doubt.what for doubt in doubts)
