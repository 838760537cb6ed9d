"""Words in, words out: what an editor types is in both parts, or is refused by line, however the marks are set."""

import html
import re
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.edition import NO_INSERT
from mailer.domain.issue_tree import picture_names
from mailer.formats.issue.markdown import read_article
from tests.formats.made_up import an_edition, with_text

ALPHABET = {"en": "abcdefghijklm", "ru": "абвгдежзиклмн"}
# Before a table's caption; a slip may set some of its letters in bold.
CAPTION_MARK = "|".join("[*_]*".join(mark) for mark in ("Table:", "Таблица:"))
LANGUAGES = st.sampled_from(["en", "ru"])


class Typist:
    """Types blocks of Markdown whose every word is another, so that each can be looked for."""

    def __init__(self, draw, language):
        self.draw, self.letters, self.typed = draw, ALPHABET[language], 0

    def word(self) -> str:
        self.typed += 1
        word = "".join(self.letters[int(figure)] for figure in f"{self.typed:03}")
        return self.choose([word, word, word, word.capitalize(), f"{self.typed + 5000}", f"-{self.typed + 5000}"])

    def choose(self, values):
        return self.draw(st.sampled_from(values))

    def inline(self) -> str:
        word, more = self.word, f"{self.word()} {self.word()}"
        return self.choose(
            [
                more,
                f"**{more}**",
                f"*{more}*",
                f"_{more}_",
                f"***{more}***",
                f"**{word()} *{more}***",
                f"[{more}](https://club.example/a_b_(c)/?x=1&y=2)",
                f"[{more}][log]",
                f"<https://club.example/{word()}>",
                f"https://club.example/_{self.letters}_/{self.typed}",
                f"`{more}`",
                f"{word()}\\\n{word()}",
                f"{word()}\n{word()}",
                f'"{more}..."',
                f"'{more}'",
                f"({word()}) - {word()}",
                f"{word()} -- {word()}",
                f"{word()}\\_{word()}",
                f"{word()}&nbsp;{word()}",
                f"{self.typed + 5000}*{self.typed + 6000}*{self.typed + 7000}",
                f"{more}[^1]",
            ]
        )

    def line(self, most: int = 4) -> str:
        return " ".join(self.inline() for _ in range(self.draw(st.integers(1, most))))

    def short(self) -> str:
        return self.choose([self.word(), f"**{self.word()}**", f"{self.word()} {self.word()}", ""])

    def table(self) -> str:
        columns, rows = self.draw(st.integers(1, 4)), self.draw(st.integers(0, 3))
        cells = [[self.short() or self.word(), *(self.short() for _ in range(columns - 1))] for _ in range(rows + 1)]
        lines = [f"| {' | '.join(row)} |" for row in cells]
        table = "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]])
        caption = f"{self.choose(['Table', 'Таблица'])}: {self.word()} {self.word()}"
        return self.choose([table, f"{caption}\n\n{table}", f"{table}\n\n{caption}"])

    def block(self) -> str:
        return self.choose([
            lambda: self.line(6),
            lambda: self.line(6),
            lambda: f"## {self.word()} {self.word()}",
            lambda: "\n".join(f"- {self.word()} {self.word()}" for _ in range(3)),
            lambda: "\n".join(f"{number}. {self.line(2)}".replace("\n", "\n   ") for number in (7, 8, 11)),
            lambda: f"> {self.line(2)}".replace("\n", "\n> "),
            lambda: f"::: aside\n{self.line(2)}\n:::",
            self.table,
            lambda: f"![{self.word()} {self.word()}](lamp.png)",
            lambda: "---",
        ])()  # fmt: skip


@st.composite
def articles(draw, language):
    typist = Typist(draw, language)
    blocks = [typist.block() for _ in range(draw(st.integers(1, 5)))]
    ends = [f"[^1]: {typist.line(2)}".replace("\n", "\n    ")] if any("[^1]" in block for block in blocks) else []
    if "[log]" in "".join([*blocks, *ends]):
        ends.append("[log]: https://club.example/log")
    if any("[^1]" in end[4:] for end in ends):
        ends = [end.replace("[^1]", "") if end.startswith("[^1]:") else end for end in ends]
        ends = [f"[^1]{end}" if end.startswith(":") else end for end in ends]
    return "\n\n".join([*blocks, *ends])


MARKS = ["*", "**", "_", "~~", "`", "[", "]", "(", ")", "![", "](", "|", "\\", "<", ">", "#", "## ", "- ", "> ", "5. ", "1986. ",
         "\n", "\n\n", "---", "\n---\n", "===", "    ", "\t", "[^1]", "[^2]: ", "[x]: ", "{.c}", ":::", "&amp;", '"', "- 5 ",
         "|---|", " | ", "[log]", "https://a.example/_b_", "5*6*7", "<br>", "- [ ] ", ": ", "!", "^", "$$"]  # fmt: skip


@st.composite
def slips(draw, language):
    """An article with marks where no mark should be, lines joined and torn."""
    text = draw(articles(language))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["mark", "mark", "mark", "join", "cut"])):
            case "mark":
                text = text[:place] + draw(st.sampled_from(MARKS)) + text[place:]
            case "join":
                text = text[:place] + text[place:].replace("\n", "", 1)
            case _:
                text = text[:place] + re.sub(r"[*_|\[\]()>#.-]", "", text[place : place + 3]) + text[place + 3 :]
    return text


# --- read by other means than the program's -----------------------------------------------------------------------------


def runs(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", re.sub(r"\*{2,}", "", text)))  # bold may end within a word


def typed_runs(text: str) -> Counter[str]:
    """The letters and figures of the source, without addresses of links and names of pictures."""
    text = re.sub(r"\]\(\s*[^\s()]*(?:\(\w*\)[^\s()]*)?\s*\)", "]", text)
    text = re.sub(r"\]\[log\]", "]", text)
    text = re.sub(r"(?m)^\[log\]: \S+$", "", text)
    text = re.sub(r"(?m)^:::.*$", "", text)
    text = re.sub(rf"(?m)^[*_]*(?:{CAPTION_MARK}) *", "", text)
    return runs(html.unescape(text.replace("[^1]", " ")))


def shown_runs(blocks, language) -> tuple[Counter[str], Counter[str]]:
    issue = with_text(language, blocks=blocks)
    pictures = tuple(replace(issue.pictures[0], name=name) for name in {"lamp.png", *picture_names(blocks)})
    edition = an_edition(issue=replace(issue, pictures=pictures), language=language, variant=NO_INSERT)
    text = "".join(piece for piece in edition.text if isinstance(piece, str))
    page = "".join(piece if isinstance(piece, str) else " " for piece in edition.html)
    page = re.sub(r'<ol start="(\d+)"[^>]*>', lambda ol: "".join(f" {int(ol[1]) + place} " for place in range(3)), page)
    page = re.sub(r"""<img[^>]*alt=(["'])(.*?)\1[^>]*>""", r" \2 ", page)
    page = re.sub(r"</?(?:a|b|em|strong|sup)\b[^>]*>", "", page)
    return runs(text), runs(html.unescape(re.sub(r"<[^>]*>", " ", page)))


@given(st.data(), LANGUAGES)
def test_what_is_typed_well_is_shown_and_not_named(data, language):
    text = data.draw(articles(language))
    article = read_article(text, language)
    # Lists that begin anew and addresses as the words of links are typed well, and named all the same.
    assert not [doubt for doubt in article.doubts if not re.search("does not count on|are its address", doubt.what)]
    for shown in shown_runs(article.blocks, language):
        assert not typed_runs(text) - shown


@given(st.data(), LANGUAGES)
def test_a_slip_loses_no_word_in_silence(data, language):
    text = data.draw(slips(language))
    article = read_article(text, language)
    if article.errors:
        assert all(0 < error.line <= text.count("\n") + 1 for error in article.errors)
        return
    named = {doubt.line for doubt in article.doubts}
    lines = text.split("\n")
    for shown in shown_runs(article.blocks, language):
        lost = typed_runs(text) - shown
        homes = {word: [number for number, line in enumerate(lines, 1) if word in runs(line)] for word in lost}
        assert not [word for word, numbers in homes.items() if not named.intersection(numbers)]
