"""What is uploaded is one issue's folder, or it is refused with every reason before anything of it is unpacked."""

import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.domain.folder_limits import BIGGEST_FILE
from mailer.domain.ports import RawFile
from mailer.formats.upload.folder import read_upload
from tests.packed import EN, PNG, a_link, a_lying_bomb, packed, packed_with, with_password, with_raw_name


def upload(content, name="2018-07.zip"):
    return read_upload([RawFile(name=name, content=content)])


def names(uploaded):
    return [file.name for file in uploaded.files]


def test_the_folder_in_an_archive_is_read():
    uploaded = upload(packed({"2018-07/en.md": EN, "2018-07/ru.md": EN, "2018-07/lamp.png": PNG}))
    assert (uploaded.folder, names(uploaded)) == ("2018-07", ["en.md", "lamp.png", "ru.md"])
    assert {file.name: file.content for file in uploaded.files}["lamp.png"] == PNG


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        (["en.md"], "July"),
        (["a/b/2018-07/en.md"], "2018-07"),
        (["2018-07/en.md", "2018-07/old/en.md"], "2018-07"),
        (["2018-07/en.md", "readme.txt"], "2018-07"),
    ],
)
def test_the_folder_is_the_outermost_with_a_text(files, folder):
    uploaded = upload(packed(dict.fromkeys(files, EN)), "July.zip")
    assert (uploaded.folder, names(uploaded)) == (folder, ["en.md"])
    assert list(uploaded.left_out) == files[1:]


def test_what_macos_and_windows_add_is_left_out_without_a_word():
    litter = [
        "__MACOSX/2018-07/._en.md",
        "2018-07/.DS_Store",
        "2018-07/Thumbs.db",
        "2018-07/desktop.ini",
        ".git/config",
    ]
    uploaded = upload(packed({"2018-07/en.md": EN, **dict.fromkeys(litter, b"x")}))
    assert (names(uploaded), uploaded.left_out) == (["en.md"], ())


def test_a_text_and_its_pictures_one_by_one_are_a_folder_without_a_name():
    uploaded = read_upload([RawFile(name="en.md", content=EN), RawFile(name="lamp.PNG", content=PNG)])
    assert (uploaded.folder, names(uploaded)) == ("", ["en.md", "lamp.PNG"])


def test_files_that_are_neither_texts_nor_pictures_are_named():
    uploaded = upload(packed({"2018-07/en.md": EN, "2018-07/issue.docx": b"PK", "2018-07/notes.txt": b"x"}))
    assert uploaded.left_out == ("2018-07/issue.docx", "2018-07/notes.txt")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("выпуск/обложка.png".encode("cp866"), "обложка.png"),
        ("выпуск/обложка.png".encode(), "обложка.png"),
        ("выпуск/й.png".encode(), "й.png"),  # in two parts, as macOS writes it
    ],
)
def test_a_russian_name_is_read_as_it_was_written(name, read):
    archive = with_raw_name(name, PNG)
    with pytest.raises(BadInput, match="no text of an issue"):
        upload(archive)
    folder = name.rpartition(b"/")[0]
    with_text = with_raw_name(folder + b"/en.md")
    assert upload(with_text).folder == "выпуск"
    assert upload(packed({"выпуск/en.md": EN, f"выпуск/{read}": PNG})).folder == "выпуск"


UNSAFE = [
    "../en.md",
    "2018-07/../../en.md",
    "/etc/passwd.md",
    "C:/windows/en.md",
    "C:en.md",
    "2018-07/a\\en.md",
    "..\\..\\en.md",
    "2018-07//en.md",
    "2018-07/./en.md",
    "2018-07/en.md ",
    "2018-07 /en.md",
    "2018-07./en.md",
    "2018-07/a\nb.md",
    "2018-07/a\u202egnp.md",
    "2018-07/what?.md",
    f"{'long' * 60}/en.md",
]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("loose", [False, True])
def test_a_name_that_is_not_safe_is_refused(name, loose):
    with pytest.raises(BadInput, match=r"; (rename it|pack the folder)"):
        read_upload([RawFile(name=name, content=EN)]) if loose else upload(packed({name: EN}))


def test_an_archive_of_windows_divides_its_folders_by_backslashes():
    folder = upload(packed({"2018-07\\": b"", "2018-07\\en.md": EN, "2018-07\\notes\\a.txt": b"x"}))
    assert folder.folder == "2018-07"
    assert [file.name for file in folder.files] == ["en.md"]
    assert folder.left_out == ("2018-07/notes/a.txt",)


def test_a_zero_in_a_name_does_not_hide_the_rest_of_it():
    with pytest.raises(BadInput, match="characters that names must not have"):
        upload(with_raw_name(b"2018-07/en.md\0/evil"))


@pytest.mark.parametrize("pair", [("en.md", "en.md"), ("en.md", "EN.md"), ("й.png", "й.png"), ("Lamp.png", "lamp.PNG")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(pair):
    files = [("2018-07/ru.md", EN), *((f"2018-07/{name}", PNG) for name in pair)]
    with pytest.raises(BadInput, match="another file has this name"):
        upload(packed(files))


def test_several_issues_are_refused():
    with pytest.raises(BadInput, match=r"several issues \(2018-06, 2018-07\); upload one at a time"):
        upload(packed({"2018-06/en.md": EN, "2018-07/en.md": EN}))


def test_an_archive_in_an_archive_is_refused():
    with pytest.raises(BadInput, match="archive inside the upload; unpack it first"):
        upload(packed({"2018-07/en.md": EN, "2018-07/more.zip": packed({"en.md": EN})}))


def test_a_link_is_refused():
    with pytest.raises(BadInput, match=r"2018-07/ru.md: it is a link; put the file itself there"):
        upload(a_link("2018-07/ru.md", "/etc/passwd"))


def test_a_device_is_refused():
    with pytest.raises(BadInput, match="not a plain file"):
        upload(packed_with("2018-07/tape.png", b"", create_system=3, external_attr=0o020666 << 16))


def test_a_password_is_refused():
    with pytest.raises(BadInput, match="without a password"):
        upload(with_password())


def test_another_packing_is_refused():
    with pytest.raises(BadInput, match="as an ordinary"):
        upload(packed({"2018-07/en.md": EN * 9}, zipfile.ZIP_LZMA))


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"2018-07/en.md": bytes(BIGGEST_FILE + 1)}, "more than 10 MB"),
        ({"2018-07/en.md": bytes(5_000_000)}, "100 times larger"),
        ({f"2018-07/{number}.md": bytes(9_000_000) for number in range(7)}, "60 MB together"),
        ({f"2018-07/{number}.md": b"x" for number in range(101)}, "more than 100"),
        ({f"{number}/en.md": b"x" for number in range(401)}, "more than 400 files"),
    ],
)
def test_too_much_is_refused_before_it_is_unpacked(files, why, monkeypatch):
    archive = packed(files)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(BadInput, match=why):
        upload(archive)


def test_an_entry_that_lies_about_its_size_unpacks_to_no_more_than_it_says():
    with pytest.raises(BadInput, match="damaged"):
        upload(a_lying_bomb(200_000_000))


def test_what_a_lying_entry_would_unpack_to_is_never_in_memory():
    archive = a_lying_bomb(50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="damaged"):
            upload(archive)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_picture_is_one_by_its_content():
    with pytest.raises(BadInput, match=r"lamp\.png: the file is not a PNG, JPEG or GIF picture"):
        upload(packed({"2018-07/en.md": EN, "2018-07/lamp.png": b"<svg onload='x'/>"}))


def test_every_problem_is_named_at_once():
    with pytest.raises(BadInput) as refused:
        upload(packed({"2018-07/en.md": EN, "../a.md": EN, "2018-07/b?.md": EN}))
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([], "nothing was uploaded"),
        ([("a.zip", packed({"en.md": EN})), ("ru.md", EN)], "uploaded alone"),
        ([("issue.rar", b"Rar!\x1a\x07")], "not a .zip archive"),
        ([("lamp.png", PNG)], "no text of an issue"),
        ([("2018-07.zip", packed({}))], "no text of an issue"),
    ],
)
def test_an_upload_without_an_issue_is_refused(files, why):
    with pytest.raises(BadInput, match=why):
        read_upload([RawFile(name=name, content=content) for name, content in files])


ARCHIVE = packed({"2018-07/en.md": EN * 3, "2018-07/lamp.png": PNG + bytes(range(256))})


@given(st.data())
def test_a_damaged_archive_is_refused_or_read_and_breaks_nothing(data):
    content = bytearray(ARCHIVE)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(content)) | st.just(len(content)))
    try:
        uploaded = upload(bytes(content[:cut]))
    except BadInput:
        return
    assert all("/" not in file.name and ".." not in file.name for file in uploaded.files)
