"""What a check says is taken apart into file, line, what is wrong and what to do; no word of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.views.review_lines import review_lines


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("en.md: line 12: the link has no address; write one", ("en.md", 12, "the link has no address", "write one")),
        ("обложка.png: это не картинка", ("обложка.png", 0, "это не картинка", "")),
        ("ru.md: строка 4: это черновик; поставьте", ("ru.md", 4, "это черновик", "поставьте")),
        ("lamp 2.png: no text shows it", ("lamp 2.png", 0, "no text shows it", "")),
        ("the issue has no text", ("", 0, "the issue has no text", "")),
        ("harbour-letter/41: a gap; look; twice", ("", 0, "harbour-letter/41: a gap", "look; twice")),
    ],
)
def test_a_sentence_is_taken_apart(sentence, parts):
    (line,) = review_lines([sentence])
    assert (line.file, line.line, line.what, line.remedy) == parts


@given(st.text())
def test_no_word_is_lost(sentence):
    (line,) = review_lines([sentence])
    joined = "; ".join(part for part in (line.what, line.remedy) if part)
    assert sentence.endswith(joined) or joined in sentence.replace("; ", "", 1) or not joined
