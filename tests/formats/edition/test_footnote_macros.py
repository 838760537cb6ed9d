"""Footnotes are written for templates that are older than they, and as the templates say where they say it."""

import shutil
from pathlib import Path

from mailer.domain.issue_tree import FootnoteMark, Paragraph
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.html import write_html
from tests.formats.made_up import TEMPLATES

MARK = Bulletin(
    language="en", subject="s", preheader="p", blocks=(Paragraph(children=(FootnoteMark(number=1, place=1),)),)
)


def written(templates: Path) -> str:
    pieces, _ = write_html(MARK, templates=templates, template="russia-confidential", sources={})
    return "".join(piece for piece in pieces if isinstance(piece, str))


def test_templates_from_before_footnotes_get_the_service_s_own() -> None:
    assert "footnote" not in (TEMPLATES / "_base" / "blocks.html.j2").read_text()
    assert '<a href="#note-1" id="mark-1"' in written(TEMPLATES)


def test_footnotes_may_look_as_the_templates_say(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    blocks = templates / "_base" / "blocks.html.j2"
    blocks.write_text(blocks.read_text() + "{% macro footnote_mark(number, place) %}<b>{{ number }}</b>{% endmacro %}")
    assert "#note-1" not in written(templates)
