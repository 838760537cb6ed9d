"""Templates are compiled once, and again as soon as a file changes, a nearer one is added, or the options differ."""

from pathlib import Path

import pytest

from mailer.formats.templates import environment


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A newsletter's folder and the one that all share."""
    for name in ("letter", "_base"):
        (tmp_path / name).mkdir()
    (tmp_path / "_base" / "greeting.j2").write_text("Dear {{ name }}")
    return tmp_path


def greeting(templates: Path, *, autoescape: bool = False, finalize=None) -> str:
    opened = environment(templates, "letter", autoescape=autoescape, finalize=finalize)
    return opened.get_template("greeting.j2").render(name="A & B")


def test_a_changed_template_is_compiled_anew(templates: Path):
    assert [greeting(templates), greeting(templates)] == ["Dear A & B", "Dear A & B"]
    (templates / "_base" / "greeting.j2").write_text("Hello {{ name }}")
    assert greeting(templates) == "Hello A & B"


def test_a_template_of_the_newsletter_takes_the_place_of_the_shared_one(templates: Path):
    assert greeting(templates) == "Dear A & B"
    (templates / "letter" / "greeting.j2").write_text("Good day {{ name }}")
    assert greeting(templates) == "Good day A & B"
    (templates / "letter" / "greeting.j2").unlink()
    assert greeting(templates) == "Dear A & B"


def test_each_set_of_options_has_its_own_code(templates: Path):
    assert greeting(templates) == "Dear A & B"
    assert greeting(templates, autoescape=True) == "Dear A &amp; B"
    assert greeting(templates, finalize=str.lower) == "Dear a & b"
