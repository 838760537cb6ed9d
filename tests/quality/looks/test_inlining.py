"""Writing the styles into the elements changes nothing that is seen."""

import re
from dataclasses import replace

import pytest
from lxml import etree

from mailer.domain.way_out import WayOut
from mailer.formats.edition import html as room
from mailer.formats.edition.inline_styles import inline
from mailer.pipeline.issues.compile import compile_all
from tests.formats.made_up import TEMPLATES
from tests.quality.eyes import a_look
from tests.quality.specimens import LANGUAGES, WHICH, checked, fees_of, need

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", WHICH)
def test_inlining_changes_no_computed_style_of_any_element(look, which, language, monkeypatch):
    need(which)
    found, sheets = checked(which), []

    def noted(document: str) -> object:
        sheets.append(document)
        return inline(document)

    monkeypatch.setattr(room, "inline", noted)
    issue = replace(found.issue, texts=(found.issue.text(language),))
    compile_all(issue, found.newsletter, fees_of(which), TEMPLATES, way_out=WayOut.PAGE)
    sheet = sheets[0]
    ours = etree.tostring(inline(sheet), method="html", encoding="unicode", doctype="<!DOCTYPE html>")
    pages = [
        a_look(sheet, "differences", other=ours, width=width, scheme=scheme)
        for width in (375, 1024)
        for scheme in ("light", "dark")
    ]
    for seen in look(*pages):
        assert seen["elements"] > 50
        assert seen["found"] == []
    screens = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "_base" / "screens.css").read_text())
    kept = screens.count("!important")
    assert kept > 0
    assert look(a_look(sheet, "important"), a_look(ours, "important")) == [kept, kept]
