"""A text or picture under a name that is nearly right is named with the name it should have."""

import pytest

from mailer.domain.errors import BadInput
from mailer.domain.ports import RawFile
from mailer.formats.issue.file_names import instead, meant_for, nearest
from mailer.formats.issue.folder import assemble, examine

RIGHT = "---\nnewsletter: n\nlanguage: ru\nstatus: {}\nnumber: 3\nserial: 41\nvolume: 5\nyear: 2030\ndate: 2030-05-17\ntitle: T\n---\nWords.\n"


def a_file(name, status="finished"):
    return RawFile(name=name, content=RIGHT.format(status).encode())


@pytest.mark.parametrize(
    "name",
    ["EN.md", "en.MD", "en.markdown", "en.txt", "en.docx", "en.md.txt", "en .md", "en (1).md", "en-final.md", "en_v2.odt",
     "En", "eng.md", "еn.md", "en.md.md"],
)  # fmt: skip
def test_a_text_under_a_wrong_name_is_recognised(name):
    assert meant_for("en.md", [name]) == [name]


@pytest.mark.parametrize(
    "name", ["en-cover.png", "notes.txt", "ru.md", "README.md", "envelope.md", "agenda.docx", "map.png"]
)
def test_other_files_are_not_taken_for_a_text(name):
    assert meant_for("en.md", [name]) == []


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("map.png", "Map.PNG"),
        ("map.png", "map.jpeg"),
        ("the map.png", "the_map.png"),
        ("map.png", "mаp.png"),
        ("transit-cover.png", "transit-covr.png"),
    ],
)
def test_a_picture_under_a_wrong_name_is_recognised(expected, name):
    assert nearest(expected, ["other.gif", name]) == name
    assert nearest(expected, ["other.gif", "chart.png"]) == ""


def test_the_folder_says_what_to_rename():
    with pytest.raises(BadInput) as refusal:
        assemble("05", [a_file("RU.md")], languages=("ru",), wait_for_all=True)
    assert str(refusal.value) == "05: RU.md: it is not read under this name; rename it to ru.md"


def test_a_draft_under_a_wrong_name_stays_a_draft_with_a_note():
    examined = examine([a_file("RU.md", "draft")], languages=("ru",), wait_for_all=True)
    assert (examined.issue, examined.problems) == (None, ())
    assert examined.notes == ("RU.md: it is not read under this name; rename it to ru.md",)


def test_a_finished_text_in_a_language_that_the_newsletter_has_not_is_named():
    files = [a_file("ru.md"), a_file("fr.md"), a_file("de.md", "draft"), RawFile(name="no.md", content=b"words")]
    examined = examine(files, languages=("ru",), wait_for_all=True)
    assert examined.issue is not None
    assert examined.notes == ("fr.md: the newsletter has no language 'fr', so this text is not read",)


def test_a_document_is_named_where_the_issue_waits_for_its_language():
    examined = examine([a_file("ru.md")], languages=("en", "ru"), wait_for_all=True, others=["en.docx", "plan.docx"])
    assert examined.problems == (
        "en.docx: a document of this kind is not read; save its text as Markdown under the name en.md",
    )


def test_documents_beside_a_whole_issue_are_nobody_s_business():
    examined = examine([a_file("ru.md")], languages=("ru",), wait_for_all=True, others=["ru.docx", "notes.txt"])
    assert examined.issue is not None
    assert examined.notes == ()


@pytest.mark.parametrize(
    ("expected", "name", "remedy"),
    [
        ("map.webp", "map.webp", "save it as PNG or JPEG under a name like map.png, and write that name"),
        ("map", "map", "save it as PNG or JPEG under a name like map.png, and write that name"),
        ("map.png", "map.svg", "save it as PNG or JPEG under the name map.png"),
    ],
)
def test_a_picture_of_another_kind_gets_a_name_that_is_read(expected, name, remedy):
    assert instead(expected, [name]) == f"the folder has {name}, of a kind that is not read; {remedy}"


def test_all_problems_of_a_folder_are_named_at_once():
    broken = RIGHT.replace("number: 3", "number: 03").replace("Words.", "# Words\n\n![x](map.png)")
    files = [
        RawFile(name="ru.md", content=broken.format("finished").encode()),
        RawFile(name="en.md", content=broken.replace("ru", "en").replace("05-17", "05-18").format("finished").encode()),
    ]
    examined = examine(files, languages=("en", "ru"), wait_for_all=True)
    assert [problem.partition(";")[0] for problem in examined.problems] == [
        "en.md: line 5: number: '03' is not a plain number, and YAML reads 3",
        "en.md: line 12: a heading of level 1",
        "ru.md: line 5: number: '03' is not a plain number, and YAML reads 3",
        "ru.md: line 12: a heading of level 1",
        "ru.md: line 9: date is '2030-05-18' in en.md and '2030-05-17' in ru.md",
        "en.md: line 14: map.png: en.md shows this picture, but it is not in the folder",
    ]
