"""An editor checks a folder as it lies there, without a database, a key or an installation."""

import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

DEMO = Path(__file__).parents[2] / "demo" / "issues"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's issue in an empty place; nothing else is there."""
    monkeypatch.delenv("MAILER_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    [issue] = [path for path in DEMO.iterdir() if path.is_dir()]
    return Path(shutil.copytree(issue, tmp_path / "october"))


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_a_folder_without_a_mistake_is_told_so(run: Terminal, folder: Path) -> None:
    said = run.ok("issue", "check", "october")
    assert said.out == "october: every edition can be compiled\n"
    assert run.ok("issue", "check", str(folder), "--json").document["problems"] == []
    assert list(folder.parent.iterdir()) == [folder]  # no database was made


def test_a_draft_is_checked_like_a_finished_text(run: Terminal, folder: Path) -> None:
    for language in ("en", "ru"):
        change(folder / f"{language}.md", "status: finished", "status: draft")
    said = run.ok("issue", "check", "october")
    assert "en.md: line 4: the text is a draft" in said.err
    change(folder / "ru.md", "serial: 320", "serial: 0320")
    said = run("issue", "check", "october")
    problem = "ru.md: line 6: serial: '0320' is not a plain number, and YAML reads 208; write 320\n"
    assert (said.status, said.out) == (1, problem)
    assert said.err.endswith("october would not be taken: 1 problem; correct them, then check again\n")


def test_all_findings_come_at_once(run: Terminal, folder: Path) -> None:
    change(folder / "en.md", "number: 10", "number: ten")
    change(folder / "en.md", "## In brief", "# In brief")
    change(folder / "en.md", "(transit-cover.png)", "(transit-cover.jpg)")
    (folder / "ru.md").rename(folder / "RU.MD")
    said = run("issue", "check", "october", "--json")
    assert said.status == 1
    assert [problem.partition(";")[0] for problem in said.document["problems"]] == [
        "RU.MD: it is not read under this name",
        "en.md: line 5: number: 'ten' is not a number",
        "en.md: line 26: a heading of level 1",
        "en.md: line 61: transit-cover.jpg: en.md shows this picture, but the folder has transit-cover.png",
    ]


def test_a_preview_shows_a_made_up_person_s_copies_with_the_pictures(run: Terminal, folder: Path) -> None:
    said = run.ok("issue", "preview", "october", "--out", "look")
    files = {Path(line).name for line in said.out.splitlines()}
    assert files == {
        "transit-cover.png",
        *(f"{language}.{kind}" for language in ("en", "ru") for kind in ("html", "txt", "eml")),
    }
    page = (folder.parent / "look" / "en.html").read_text()
    assert 'src="transit-cover.png"' in page
    assert "Dear Ms. Example" in page
    change(folder / "en.md", "## In brief", "## In short")
    run.ok("issue", "preview", "october", "--out", "look")
    assert "In short" in (folder.parent / "look" / "en.html").read_text()


def test_a_folder_with_a_mistake_has_no_preview(run: Terminal, folder: Path) -> None:
    change(folder / "en.md", "number: 10", "number: 010")
    said = run("issue", "preview", "october", "--out", "look")
    assert (said.status, said.out) == (1, "")
    assert "mailer: en.md: line 5: number: '010'" in said.err


def test_the_installation_above_a_folder_is_used(run: Terminal, folder: Path) -> None:
    run.ok("init", "club")
    moved = Path(shutil.move(folder, folder.parent / "club" / "issues" / "october"))
    assert "no installation was found" not in run.ok("issue", "check", moved).err
    schedule = folder.parent / "club" / "schedules" / "russia-confidential.toml"
    schedule.write_text(schedule.read_text().replace('languages = ["en", "ru"]', 'languages = ["en", "ru", "de"]'))
    said = run("issue", "check", moved)
    assert (said.status, said.out) == (1, "de.md: the issue waits for de.md, which is missing; write it\n")


@pytest.mark.parametrize("typed", ["./nothing", "october/en.md", "a/b/c", "russia/x", "october/"])
def test_what_is_neither_a_folder_nor_an_issue_is_named(run: Terminal, folder: Path, typed: str) -> None:
    shutil.move(folder / "ru.md", folder.parent)
    if typed == "october/":
        assert "ru.md: the issue waits" in run("issue", "check", typed).out
    else:
        said = run("issue", "check", typed)
        assert (said.status, f"{typed} is not a folder" in said.err) == (1, True)


def test_a_person_belongs_to_an_issue_and_not_to_a_folder(run: Terminal, folder: Path) -> None:
    assert folder.is_dir()
    assert run("issue", "preview", "october", "--person", "P001", "--out", "look").status == 2
    assert run("issue", "preview", "russia-confidential/320", "--out", "look").status == 2
