"""What the documents call buttons, pages and matters are the words of the console."""

import re
from pathlib import Path

import pytest

from mailer.domain.matter import Matter
from mailer.views import plain_words
from tests.texts.test_catalogue import written

DOCS = Path(__file__).parents[2] / "docs"
# In docs/editors.md the words of the console stand in the part before this heading.
FOLDER = "## The folder"


@pytest.mark.parametrize("page", ["secretary.md", "editors.md"])
def test_words_in_bold_are_on_the_pages_of_the_console(page: str) -> None:
    words = {message.rpartition("\x04")[2] for message, _ in written()}
    words |= {plain_words.matter(matter, "en") for matter in Matter}
    text, _, _ = (DOCS / page).read_text(encoding="utf-8").partition(FOLDER)
    bold = {" ".join(phrase.split()) for phrase in re.findall(r"\*\*([^*]+)\*\*", text)}
    assert len(bold) > 5
    assert bold <= words


def test_every_picture_of_the_documents_is_shown_and_small() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    for picture in (DOCS / "pictures").iterdir():
        assert f"(pictures/{picture.name})" in pages
        assert picture.stat().st_size < 60_000
