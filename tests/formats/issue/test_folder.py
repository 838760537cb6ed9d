import re
from contextlib import suppress
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, Status, content_hash
from mailer.domain.issue_tree import Heading, Text
from mailer.domain.ports import RawFile
from mailer.formats.issue.folder import assemble, examine
from mailer.formats.issue.text import parse
from tests.formats.issue import heads
from tests.formats.issue.pictures.photographs import encoded, halves, noise
from tests.formats.made_up import a_png

PNG = a_png()
N = "\u00a0"

HEAD = heads.HEAD | {"title": '"The mill: a \\"plan\\" - and its price"'}


def a_text(body="## Summary\n\nWords.\n", **keys):
    head = {**HEAD, **keys}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items() if value is not None) + "---\n\n" + body


def a_file(name="en.md", body="## Summary\n\nWords.\n", **keys):
    return RawFile(name=name, content=a_text(body, **{"language": name.removesuffix(".md"), **keys}).encode())


def assembled(*files, languages=("en", "ru"), wait_for_all=True):
    return assemble("2030-03", files, languages=languages, wait_for_all=wait_for_all)


def refusal_of(*files, **options):
    with pytest.raises(BadInput) as refusal:
        assembled(*files, **options)
    return str(refusal.value)


# --- a text -----------------------------------------------------------------------------------------------------------


def test_every_key_is_read_and_set():
    text = parse(
        "2030-03/en.md",
        b"\xef\xbb\xbf"
        + a_text(
            classification="Confidential",
            kicker='"From the mill:"',
            subject="Mill letter 41",
            summary="What it costs",
            authors="\n  - name: Ada Quill\n    about: member of the board\n  - name: B. Roe",
            editor="Cy Park",
            place="Milltown",
            copyright='\n  - "(c) Mill Club"',
        )
        .replace("\n", "\r\n")
        .encode(),
    )  # fmt: skip
    assert (text.newsletter, text.language, text.status) == ("mill-letter", "en", Status.FINISHED)
    assert (text.number, text.serial, text.volume, text.year, text.date) == (3, 41, 5, 2030, date(2030, 5, 17))
    assert text.title == f"The mill: a “plan”{N}— and its price"
    assert (text.classification, text.kicker, text.subject) == ("Confidential", "From the mill:", "Mill letter 41")
    assert (text.summary, text.editor, text.place) == ("What it costs", "Cy Park", "Milltown")
    assert text.authors == (Author(name="Ada Quill", about="member of the board"), Author(name=f"B.{N}Roe"))
    assert text.copyright == ("© Mill Club",)
    assert text.blocks[0] == Heading(2, (Text("Summary"),))


TAGGED = ('!!int ""', "!!bool foo", "!!timestamp foo", "!!map [a]", "!<tag:yaml.org,2002:int> x", "! x", "!!set {a}")
ENDLESS = ("9" * 5000, "0x" + "f" * 20000, "1" + ":1" * 9000, "1" + ":1" * 9000 + ".5", "0b" + "1" * 20000)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("words", "en.md: line 1: the file does not begin with front matter"),
        ("---\ntitle: x\n", "en.md: line 1: the front matter that begins here has no end"),
        ("---\n---\nwords", "en.md: the front matter has no keys"),
        ("---\n- x\n---\nwords", "en.md: line 2: '- x' is not a key with its value"),
        ("---\na: 1\nb: [\n---\n", "en.md: line 3: the front matter is not readable YAML"),
        ("---\na: 1\na: 2\n---\n", "en.md: line 3: the key 'a' appears twice, first in line 2"),
        ("---\na: !!python/object:os.system x\n---\n", "en.md: line 2: the front matter uses '!'"),
        ("---\n? [a]\n: 2\n---\n", "en.md: line 2: the front matter is not readable YAML"),
        ("---\na: \x07\n---\n", "en.md: the front matter is not readable YAML"),
        ("---\na: &x [y]\nb: *x\n---\n", "en.md: line 2: the front matter uses '&' or '*'"),
        ("---\na: *x\n---\n", "en.md: line 2: the front matter uses '&' or '*'"),
        ("---\na: [[[[[[x]]]]]]\n---\n", "en.md: line 2: the front matter is nested more than 5 deep"),
        ("---\na: " + "[" * 30000 + "\n---\n", "en.md: line 2: the front matter is nested more than 5 deep"),
        ("---\na: " + "x" * 70000 + "\n---\n", "en.md: the front matter has more than 65536 characters"),
        (a_text(date="2030-02-30"), "en.md: date: '2030-02-30' is not a day of the calendar"),
        (a_text(colour="red"), "en.md: 'colour' is not a key of the front matter; the keys are newsletter, language"),
        (a_text(title=None), "en.md: title: it is missing"),
        (a_text(title='" "'), "en.md: title: it is missing"),
        (a_text(title="[a]"), "en.md: title: 'a' is not text"),
        (a_text(title="|\n  two\n  lines"), "en.md: title: it contains an invisible character or a line break, U+000A"),
        (a_text(title='"a\\u202Eb"'), "en.md: title: it contains an invisible character or a line break, U+202E"),
        (a_text(title="x" * 2001), "en.md: title: it has more than 2000 characters"),
        (a_text(number='"3"'), None),
        (a_text(number="three"), "en.md: number: 'three' is not a number"),
        (a_text(number="0"), "en.md: number: '0' is not a number"),
        (a_text(number="true"), "en.md: number: 'true' is not a number"),
        *((a_text(title=tagged), "en.md: line 10: the front matter uses '!'") for tagged in TAGGED),
        *((a_text(serial=endless), "en.md: line 6: serial: '") for endless in ENDLESS),
        (a_text(authors=f"[{'9' * 99}]"), f"en.md: line 11: authors: '{'9' * 40}…' is not an author"),
        (a_text(status="9" * 21), f"en.md: line 4: status: '{'9' * 21}' is neither"),
        (a_text(serial="9" * 20), f"en.md: serial: '{'9' * 20}' is not a number"),
        (a_text(serial=None), "en.md: serial: it is missing; write it in the front matter: 'serial: 253'"),
        (a_text(date="May"), "en.md: date: 'May' is not a date"),
        (a_text(date="2030-05-17 10:00:00"), "en.md: date: '2030-05-17 10:00:00' is not a date"),
        (a_text(status="ready"), "en.md: status: 'ready' is neither draft nor finished"),
        (a_text(status="[x]"), "en.md: status: 'x' is neither"),
        (a_text(language="ru"), "en.md: language: 'ru' in a file named for 'en'"),
        (a_text(authors="Ada"), "en.md: authors: 'Ada' is not a list"),
        (a_text(authors="[Ada]"), "en.md: authors: 'Ada' is not an author"),
        (a_text(authors="[{name: Ada, mail: x}]"), "en.md: authors: 'name: Ada, mail: x' is not an author"),
        (a_text(authors="[{name: null}]"), "en.md: authors: 'null' is not text to YAML, which reads nothing"),
        (a_text(copyright="[1.10]"), "en.md: copyright: '1.10' is not text to YAML, which reads 1.1; write \"1.10\""),
        (a_text(body="\n"), "en.md: there is no text below the front matter"),
        (a_text(body="# Title\n"), "en.md: line 13: a heading of level 1; headings here begin at level 2"),
        (a_text(body="## A\n\n#### B\n"), "en.md: line 15: a heading of level 4, but level 3 comes next"),
        (a_text(body="\n\nx <b>\n"), "en.md: line 15: raw HTML is not allowed"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_named(content, complaint):
    with pytest.raises(BadInput) as refusal:
        parse("en.md", content.encode())
    lines = str(refusal.value).splitlines()
    unnumbered = [re.sub(r"^en.md: line \d+: ", "en.md: ", line) for line in lines]
    assert any(line.startswith(complaint or "en.md: ") for line in (*lines, *unnumbered)), lines


@given(st.text(alphabet="ab01:-_.!=<>[]{}&*?|,'\"~ \n\t", max_size=60), st.sampled_from(["title", "number", "date"]))
def test_any_front_matter_is_read_or_refused(value, key):
    with suppress(BadInput):
        parse("en.md", a_text(**{key: value}).encode())


def test_a_text_in_another_encoding_is_refused_by_line():
    with pytest.raises(BadInput, match=r"^ru.md: line 2: the file is not in UTF-8; save it as UTF-8$"):
        parse("ru.md", "---\ntitle: Мельница\n".encode("cp1251"))


def test_a_text_too_big_is_refused():
    with pytest.raises(BadInput, match=r"^en.md: the text has more than 200 kB"):
        parse("en.md", b"x" * 200_001)


def test_an_alias_bomb_unfolds_nothing():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(BadInput, match="uses '&' or"):
        parse("en.md", f"---\n{bomb}---\nwords".encode())


# --- a folder ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_an_issue():
    issue = assembled(
        a_file("ru.md", "![Мельница](mill.png)\n", title="Мельница"),
        a_file("en.md", "> - ![The mill](mill.png)\n\n::: x\n![The dam](<the dam.gif>)\n:::\n"),
        RawFile(name="the dam.gif", content=encoded(halves(), "GIF")),
        RawFile(name="mill.png", content=PNG),
        RawFile(name="mill-unused.png", content=b"not even a picture"),
        RawFile(name="notes.txt", content=b"\xff"),
        RawFile(name="fr.md", content=b"broken"),
    )
    assert issue is not None
    assert issue.name == "mill-letter/41"
    assert (issue.number, issue.volume, issue.year, issue.date) == (3, 5, 2030, date(2030, 5, 17))
    assert issue.languages == ("en", "ru")
    assert [(picture.name, picture.subtype) for picture in issue.pictures] == [
        ("mill.png", "png"),
        ("the dam.gif", "png"),
    ]


def test_names_written_in_parts_are_the_same_names():
    files = (a_file(body="![é](é.jpg)\n"), RawFile(name="e\u0301.jpg", content=encoded(halves(), "JPEG")))
    issue = assembled(*files, languages=("en",))
    assert issue is not None
    assert issue.pictures[0].name == "é.jpg"


def test_nothing_finished_is_no_issue():
    assert assembled() is None
    assert assembled(RawFile(name="en.md", content=b"---\nstatus: draft\ntitel: half a head\n---\n<b>")) is None
    assert assembled(RawFile(name="de.md", content=b"")) is None


def test_one_language_is_enough_where_nobody_waits():
    issue = assembled(a_file("ru.md"), a_file("en.md", status="draft"), wait_for_all=False)
    assert issue is not None
    assert issue.languages == ("ru",)


def test_an_issue_waits_for_its_languages():
    assert refusal_of(a_file("en.md")) == "2030-03: ru.md: the issue waits for ru.md, which is missing; write it"
    assert refusal_of(a_file("en.md", status="draft"), a_file("ru.md")) == (
        "2030-03: en.md: line 4: the issue waits for en.md, which is a draft; finish it"
    )


def test_a_broken_text_is_named_with_its_folder():
    assert "2030-03: en.md: line 2: the front" in refusal_of(RawFile(name="en.md", content=b"---\na: [\n---\n"))
    assert refusal_of(a_file("en.md"), a_file("ru.md", "<b>x</b>")).startswith("2030-03: ru.md: line 13: raw HTML")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("newsletter", "other"),
        ("number", "4"),
        ("serial", "42"),
        ("volume", "6"),
        ("year", "2031"),
        ("date", "2030-05-18"),
    ],
)
def test_texts_agree(key, value):
    complaint = refusal_of(a_file("en.md"), a_file("ru.md", **{key: value}))
    line = list(HEAD).index(key) + 2
    differ = f"{key} is '{HEAD[key]}' in en.md and '{value}' in ru.md; make them the same"
    assert complaint == f"2030-03: ru.md: line {line}: {differ}"


@pytest.mark.parametrize(
    ("picture", "complaint"),
    [
        (
            RawFile(name="Mill.png", content=PNG),
            "en.md shows this picture, but the folder has Mill.png; write that name",
        ),
        (RawFile(name="mill.png", content=PNG + b"x" * 10 * 1024 * 1024), "the picture is larger than 10 MB"),
        (RawFile(name="mill.png", content=b"<svg/>"), "the file is not a PNG, JPEG or GIF picture"),
        (RawFile(name="mill.png", content=b""), "the file is not a PNG, JPEG or GIF picture"),
    ],
)
def test_pictures_are_there_small_and_pictures(picture, complaint):
    assert f"mill.png: {complaint}" in refusal_of(a_file(body="![x](mill.png)\n"), picture, languages=("en",))


def test_pictures_are_small_together():
    names = [f"{number}.png" for number in range(4)]
    files = [RawFile(name=name, content=encoded(noise((1104, 1104)), "PNG")) for name in names]
    shown = "".join(f"![x]({name})\n\n" for name in names)
    complaint = refusal_of(a_file(body=shown), *files, languages=("en",))
    assert complaint.startswith("2030-03: the pictures are larger than 10 MB together; make them smaller")
    assert assembled(a_file(body="![x](0.png)\n\n![x](1.png)\n"), *files, languages=("en",)) is not None


@pytest.mark.parametrize("name", ["=?x.png", "mi\u00adll.png", "mi\u202ell.png"])
def test_a_picture_s_name_can_stand_in_a_header(name):
    body = f"![x]({quote(name)})\n"
    complaint = refusal_of(a_file(body=body), RawFile(name=name, content=PNG), languages=("en",))
    assert "2030-03: en.md: line 13: " in complaint


def test_a_picture_from_elsewhere_is_refused():
    complaint = refusal_of(a_file(body="![x](../../mailer.key)\n"), languages=("en",))
    assert "en.md: line 13: the picture '../../mailer.key' is not in the issue's folder" in complaint


def test_too_many_pictures_are_refused():
    body = "".join(f"![x]({number}.png)\n\n" for number in range(21))
    assert "show 21 pictures, more than 20" in refusal_of(a_file(body=body), languages=("en",))


def test_a_name_twice_is_refused():
    assert "é: the folder has two files with this name" in refusal_of(
        RawFile(name="é", content=b""), RawFile(name="e\u0301", content=b"")
    )


FILES = st.lists(
    st.builds(RawFile, name=st.text(max_size=3), content=st.binary(max_size=6)), unique_by=lambda f: f.name
)


@given(FILES, FILES, st.randoms(use_true_random=False))
def test_the_hash_is_of_names_and_contents_in_any_order(files, others, chance):
    shuffled = list(files)
    chance.shuffle(shuffled)
    assert content_hash(shuffled) == content_hash(files)
    same = {(f.name, f.content) for f in files} == {(f.name, f.content) for f in others}
    assert (content_hash(files) == content_hash(others)) == same


def test_only_what_makes_the_issue_counts_for_its_hash():
    files = [a_file("en.md", "![x](a.png)\n"), RawFile(name="a.png", content=PNG)]
    one = assembled(*files, languages=("en",))
    two = assembled(RawFile(name="notes.txt", content=b"more"), *reversed(files), languages=("en",))
    other = assembled(files[0], RawFile(name="a.png", content=PNG + b"!"), languages=("en",))
    assert one is not None
    assert two is not None
    assert other is not None
    assert one == two
    assert one.content_hash != other.content_hash


def test_the_seed_issue_is_an_issue(seed):
    for folder in (seed / "issues").iterdir():
        files = [RawFile(name=file.name, content=file.read_bytes()) for file in folder.iterdir()]
        issue = assemble(folder.name, files, languages=("en", "ru"), wait_for_all=True)
        assert issue is not None
        assert issue.languages == ("en", "ru")


def test_lines_to_look_at_are_noted_also_when_the_text_is_refused():
    fine = a_file(body="## Summary\n\nThe **bold end.\n")
    examined = examine([fine], languages=("en",), wait_for_all=True)
    assert examined.issue is not None
    assert examined.notes == examined.issue.notes
    (note,) = examined.notes
    assert note.startswith("en.md: line 15: readers see '**' as typed")
    lost = a_file(body="## Summary\n\nThe **bold end.\n\n| a |\n|---|\n| b | c |\n")
    examined = examine([lost], languages=("en",), wait_for_all=True)
    assert [problem[:16] for problem in examined.problems] == ["en.md: line 19: "]
    assert examined.notes == (note,)
