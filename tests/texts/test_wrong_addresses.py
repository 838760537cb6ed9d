"""Whatever is wrong with an address is said in our own words, and in Russian on a Russian page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.formats import address
from mailer.formats.address import doubts, parse
from mailer.texts import EnglishSentence, texts

RUSSIAN = texts("ru")
WRONG = (
    "", "a", "@b.example", "a@", "a@b", "a b@c.example", "Anna <a@b.example>", "<a@b.example", "a@b.example>", "a@b.example, c",
    "a..b@c.example", "a@b..example", "a@b.-c.example", ".a@b.example", "a.@b.example", "a@.b.example", "a@b.example.",
    "a@-b.example", "a@b.example-", '"a b"@c.example', '"a"b@c.example', "a@[127.0.0.1]", "a@[IPv6:::1]", "a@[x]",
    f"a@{'b' * 64}.example", f"a@{'b.' * 130}example", f"{'a' * 64}@{'b.' * 100}example",
    "a@b_c.example", "a(b)@c.example", "a@b.test", "a@b.123", "a＠b.example", "a﹫b.example", "a@ab--c.example",
    "a\u00a0b@c.example", "a\u202eb@c.example", "=?utf-8?q?x?=@b.example", "a@b\u2488.example", "é\u0301@", "a@xn--a.example",
)  # fmt: skip


def said(typed: str) -> str:
    """What is said in Russian of what is no address, without the address itself; empty for an address."""
    try:
        parse(typed)
    except BadInput as refused:
        sentence = RUSSIAN.sentence(str(refused))
        assert not isinstance(sentence, EnglishSentence), sentence
        return sentence.replace(repr(typed), "").replace(repr(typed.strip(" ")), "")
    return ""


@pytest.mark.parametrize("typed", WRONG)
def test_what_is_wrong_is_said_in_russian(typed: str) -> None:
    russian = said(typed)
    assert russian
    assert not re.findall("[a-z]{2,}", re.sub(r"\(.*\)", "", russian))


@given(st.text(alphabet='ab.@-_ <>"[](),;:й1\u00a0＠', max_size=24))
def test_whatever_is_typed(typed: str) -> None:
    assert not re.findall("[a-z]{3,}", re.sub(r"\(.*\)", "", said(typed)))


def test_every_reason_of_ours_is_one_of_the_librarys() -> None:
    """A sentence that a newer library words otherwise is said in general; here it would be noticed."""
    reached = set()
    for typed in WRONG:
        try:
            parse(typed)
        except BadInput as refused:
            reached.add(str(refused))
    general = [sentence for sentence in reached if "it is not written as an address is" in sentence]
    assert general == []
    # The library says some of other parameters of its own, or of an address that something else is wrong with, too.
    unsaid = {words for _, words in address._FINDINGS if not any(words in sentence for sentence in reached)}
    assert unsaid <= {
        "a bracket is open", "a name stands before it", "something stands behind it", "it has characters that no address has",
        "the part before the @ is too long",
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "anna@gmial.com", "anna@yandex.con", "anna@club.con", "аnna@club.example", "anna@сlub.com", "anna@club.рф",
        "аnnа@club.example", "анна@сос.com", "anna@gmаil.com", "anna@yandeχ.ru", "anna@mail字.ru",
    ],
)  # fmt: skip
def test_what_looks_mistyped_is_said_in_russian(typed: str) -> None:
    found = doubts(parse(typed))
    assert found
    for doubt in found:
        assert not isinstance(RUSSIAN.sentence(doubt), EnglishSentence), doubt
