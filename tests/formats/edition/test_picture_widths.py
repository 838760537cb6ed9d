"""A picture is shown as wide as the column at most, and never larger than it is, whatever a template says."""

import re
import shutil

import pytest

from mailer.domain.issue_tree import ListBlock, Paragraph, Picture, Quote, Text
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.html import PictureSource, write_html
from tests.formats.made_up import TEMPLATES


@pytest.fixture
def templates(tmp_path):
    return shutil.copytree(TEMPLATES, tmp_path / "templates")


@pytest.mark.parametrize(("width", "shown"), [(40, "40"), (552, "552"), (1104, "552"), (0, "552")])
def test_a_picture_is_never_enlarged(width, shown):
    page = Bulletin(language="en", subject="s", preheader="p", blocks=(Picture(name="a.png", alt="A mill"),))
    sources = {"a.png": PictureSource(address="cid:1@pictures", width=width)}
    pieces, _ = write_html(page, templates=TEMPLATES, template="russia-confidential", sources=sources)
    html = "".join(piece for piece in pieces if isinstance(piece, str))
    assert re.search(r'<img [^>]*width="(\d+)"', html)[1] == shown


def test_a_template_of_its_own_may_set_no_width(templates):
    blocks = templates / "_base" / "blocks.html.j2"
    words = blocks.read_text().replace("picture(source, alt, width=552)", "picture(source, alt)")
    blocks.write_text(words.replace(' width="{{ [width, 552] | min }}"', ""))
    page = Bulletin(language="en", subject="s", preheader="p", blocks=(Picture(name="a.png", alt="A mill"),))
    sources = {"a.png": PictureSource(address="cid:1@pictures", width=40)}
    pieces, _ = write_html(page, templates=templates, template="russia-confidential", sources=sources)
    assert 'alt="A mill"' in "".join(piece for piece in pieces if isinstance(piece, str))


@pytest.mark.parametrize(("width", "shown"), [(40, "40"), (552, "552"), (1104, "552"), (0, "552")])
def test_a_template_from_before_shows_no_picture_larger_than_it_is(templates, width, shown):
    blocks = templates / "_base" / "blocks.html.j2"
    words = blocks.read_text().replace("picture(source, alt, width=552)", "picture(source, alt)")
    blocks.write_text(words.replace('width="{{ [width, 552] | min }}"', 'width="552"'))
    picture = Picture(name="a.png", alt="A mill")
    inner = (picture, Quote((picture,)), ListBlock(((Paragraph((Text("x"),)), picture),)))
    page = Bulletin(language="en", subject="s", preheader="p", blocks=inner)
    sources = {"a.png": PictureSource(address="cid:1@pictures", width=width)}
    pieces, _ = write_html(page, templates=templates, template="russia-confidential", sources=sources)
    html = "".join(piece for piece in pieces if isinstance(piece, str))
    assert re.findall(r'<img [^>]*width="(\d+)"', html) == [shown] * 3
    assert "height=" not in html  # so that every program keeps the proportions
