"""What came after the first templates is written for older ones, too, and as the templates say where they say it."""

import shutil
from pathlib import Path

import pytest

from mailer.domain.issue_tree import Block, FootnoteMark, Paragraph, Picture, Quote, Table, Text
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.html import PictureSource, write_html
from tests.formats.made_up import TEMPLATES

WORDS = Paragraph(children=(Text("Said."),))
LONG = "Wolfeschlegelsteinhausenbergerdorff"
PARTS = {
    "footnote_mark": (Paragraph(children=(FootnoteMark(number=1, place=1),)), '<a href="#note-1" id="mark-1"'),
    "attribution": (Quote(children=(WORDS,), attribution=(Text("Anna"),)), '<p class="attribution"'),
    "caption": (Picture("a.png", "x", (Text("A mill."),)), '<p class="caption"'),
    "long_word": (Table("", ((Text("a"),),), (((Text(LONG),),),)), f'<span style="word-break:break-all;">{LONG}<'),
}
EACH = pytest.mark.parametrize("macro", PARTS)


def written(templates: Path, block: Block) -> str:
    page = Bulletin(language="en", subject="s", preheader="p", blocks=(block,))
    sources = {"a.png": PictureSource(address="cid:a")}
    pieces, _ = write_html(page, templates=templates, template="russia-confidential", sources=sources)
    return "".join(piece for piece in pieces if isinstance(piece, str))


@EACH
def test_templates_from_before_it_get_the_service_s_own(macro: str) -> None:
    block, shown = PARTS[macro]
    assert f"macro {macro}" not in (TEMPLATES / "_base" / "blocks.html.j2").read_text()
    assert shown in written(TEMPLATES, block)


@EACH
def test_it_may_look_as_the_templates_say(macro: str, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    blocks = templates / "_base" / "blocks.html.j2"
    blocks.write_text(blocks.read_text() + f"{{% macro {macro}(what) %}}<b>mine</b>{{% endmacro %}}")
    block, shown = PARTS[macro]
    page = written(templates, block)
    assert "<b>mine</b>" in page
    assert shown not in page
