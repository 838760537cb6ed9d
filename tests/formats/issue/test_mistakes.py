"""Mistakes as editors make them: each is named at once with file, line and remedy, and nothing is taken in silence."""

import re

import pytest

from mailer.domain.ports import RawFile
from mailer.formats.issue.folder import examine
from tests.formats.made_up import a_png

HEAD = """---
newsletter: mill-letter
language: {}
status: finished
number: 3
serial: 41
volume: 5
year: 2030
date: 2030-05-17
title: The price of the mill
authors:
  - name: Ada Quill
    about: member of the board
place: Milltown
---

## Summary

Words.

![The mill](mill.png)
"""
LANGUAGES = ("en", "ru")


def changed(text, before, after):
    assert before in text
    return text.replace(before, after)


def lines_about(changes=(), files=(), without=(), others=()):
    """What is said of a folder with these changes (file, before, after) and further files."""
    texts = {f"{language}.md": HEAD.format(language) for language in LANGUAGES}
    for name, before, after in changes:
        texts[name] = changed(texts[name], before, after)
    contents = {name: text.encode() for name, text in texts.items()} | {"mill.png": a_png()} | dict(files)
    raw = [RawFile(name=name, content=content) for name, content in contents.items() if name not in without]
    examined = examine(
        raw,
        languages=LANGUAGES,
        wait_for_all=True,
        others=others,
        newsletters=["mill-letter", "dam-letter"],
        drafts=True,
    )
    return [*examined.problems, *examined.notes]


def test_without_a_mistake_nothing_is_said():
    assert lines_about() == []


@pytest.mark.parametrize(
    ("before", "after", "mistake"), [("number: 3", "number: three", "number"), ("## Summary", "# Summary", "line 17")]
)
def test_a_missing_picture_is_named_beside_the_other_mistakes(before, after, mistake):
    said = lines_about([("en.md", before, after)], without=("mill.png",))
    assert any(mistake in line for line in said)
    assert sum("mill.png: en.md shows this picture, but it is not in the folder" in line for line in said) == 1


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "remedy"),
    [
        ("en.md", "date: 2030-05-17", "date: 2030/05/17", 9, "write 2030-05-17"),
        ("ru.md", "date: 2030-05-17", "date: 17 мая 2030", 9, "write 2030-05-17"),
        ("en.md", "date:", "dаte:", 9, "did you mean 'date'"),  # with a Cyrillic а
        ("en.md", "serial: 41", "serial: № 41", 6, "in figures"),
        ("en.md", "volume: 5", "volume: V", 7, "in figures"),
        ("en.md", "number: 3", "number: 3.0", 5, "in figures"),
        ("en.md", "number: 3", "Number: 3", 5, "did you mean 'number'"),
        ("en.md", "title: The", "title:The", 10, "write 'title: The price of the mill'"),
        (
            "en.md",
            "title: The price",
            "title: Mill: the price",
            10,
            'put it in quotes: title: "Mill: the price of the mill"',
        ),
        ("en.md", "title: The price", 'title: "The" price', 10, "title: '\"The\" price of the mill'"),
        ("en.md", "title: The price of the mill", "title:", 10, "it is missing"),
        ("en.md", "title: The price", "title: № #2: the price", 10, "put the whole value in quotes"),
        ("en.md", "place: Milltown", "place: Milltown\nplace: Dam", 15, "appears twice, first in line 14"),
        ("en.md", "    about:", "\tabout:", 13, "write spaces"),
        ("en.md", "    about:", "   about:", 13, "below the line it goes with"),
        ("en.md", "  - name: Ada Quill", "  - nam: Ada Quill", 12, "write '- name: …'"),
        ("en.md", "status: finished", "status: finishd", 4, "write finished"),
        ("en.md", "status: finished", "status: ready", 4, "write one of the two"),
        ("ru.md", "language: ru", "language: en", 3, "correct one of the two"),
        ("ru.md", "newsletter: mill-letter", "newsletter: mil-letter", 2, "did you mean 'mill-letter'"),
        ("ru.md", "newsletter: mill-letter", "newsletter: dam-letter", 2, "make them the same"),
        ("ru.md", "year: 2030", "year: 2031", 8, "make them the same"),
        ("en.md", "(mill.png)", "(Mill.png)", 21, "the folder has mill.png; write that name, or rename the file"),
        ("en.md", "(mill.png)", "(dam.png)", 21, "it is not in the folder; put it there"),
    ],
)
def test_a_mistake_in_a_text(file, before, after, line, remedy):
    said = lines_about([(file, before, after)])
    assert any(entry.startswith(f"{file}: line {line}: ") and remedy in entry for entry in said), said


@pytest.mark.parametrize("name", ["EN.md", "en.MD", "en (1).md"])
def test_a_text_under_another_name(name):
    said = lines_about(without=["en.md"], files={name: HEAD.format("en").encode()})
    assert said == [f"{name}: it is not read under this name; rename it to en.md"]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("en.md.txt", "rename it to en.md"), ("en.docx", "save its text as Markdown under the name en.md")],
)
def test_a_text_of_another_kind(name, remedy):
    [entry] = lines_about(without=["en.md"], others=[name])
    assert entry.startswith(f"{name}: ")
    assert entry.endswith(remedy)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("mill.webp", "save it as PNG or JPEG under the name mill.png"), ("mill.jpeg", "write that name")],
)
def test_a_picture_of_another_kind(name, remedy):
    read = {name: a_png()} if name.endswith("jpeg") else {}
    said = lines_about(without=["mill.png"], files=read, others=[name] if not read else [])
    assert re.match(rf"en\.md: line 21: mill\.png: en\.md shows this picture, but the folder has {name}", said[0])
    assert remedy in said[0]


def test_mistakes_in_both_texts_and_a_picture_come_together():
    said = lines_about(
        [
            ("en.md", "number: 3", "number: 03"),
            ("en.md", "## Summary", "# Summary"),
            ("ru.md", "place: Milltown", "plaice: M"),
        ],
    )
    assert [entry.partition(";")[0] for entry in said] == [
        "en.md: line 5: number: '03' is not a plain number, and YAML reads 3",
        "en.md: line 17: a heading of level 1",
        "ru.md: line 14: 'plaice' is not a key of the front matter",
    ]


def test_texts_of_an_unknown_newsletter_are_compared_all_the_same():
    said = lines_about(
        [("ru.md", "newsletter: mill-letter", "newsletter: mil-letter"), ("ru.md", "volume: 5", "volume: 6")]
    )
    assert [entry.partition(";")[0] for entry in said] == [
        "ru.md: line 2: newsletter: 'mil-letter' is not known here",
        "ru.md: line 7: volume is '5' in en.md and '6' in ru.md",
    ]
