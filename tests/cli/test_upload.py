"""An issue is put into its source from the terminal."""

import pytest

from tests.cli.terminal import Terminal
from tests.packed import packed


def a_text(*, serial=42, more=""):
    head = {"newsletter": "harbour-letter", "language": "en", "status": "finished", "number": 8, "serial": serial}
    head |= {"volume": 17, "year": 2018, "date": "2018-08-09", "title": "The harbour at night"}
    return "\n".join(["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", "Lights.", "", more, ""])


def test_a_text_is_uploaded_and_pulled(run: Terminal, at, tmp_path):
    at("pulled")
    (tmp_path / "en.md").write_text(a_text())
    said = run.ok("issue", "upload", str(tmp_path / "en.md"))
    assert said.out.startswith("the folder 2018-08 lies in the source of harbour-letter now\n")
    document = run.ok("pull", "--json").document
    assert [folder["issue"] for folder in document if folder["finding"] == "stored"] == ["harbour-letter/42"]


def test_defects_are_named_and_the_exit_status_says_so(run: Terminal, at, tmp_path):
    at("pulled")
    (tmp_path / "8.zip").write_bytes(packed({"2018-08/en.md": a_text(more="![A lamp](lamp.png)").encode()}))
    said = run("issue", "upload", str(tmp_path / "8.zip"), "--json")
    assert said.status == 1
    assert (said.document["folder"], said.document["ok"]) == ("2018-08", False)
    assert "it is not in the folder; put it there" in said.document["problems"][0]
    (tmp_path / "en.md").write_text(a_text())
    replaced = run.ok("issue", "upload", str(tmp_path / "en.md"), "--json").document["replaced"]
    assert replaced["changed"] == ["en.md"]
    assert replaced["moved_to"].startswith(".replaced/2018-08.")


@pytest.mark.parametrize("name", ["missing.zip", "folder"])
def test_a_file_that_is_not_there_is_named(run: Terminal, at, tmp_path, name):
    at("pulled")
    (tmp_path / "folder").mkdir()
    said = run("issue", "upload", str(tmp_path / name))
    assert said.status == 1
    assert f"{name} cannot be read" in said.err
