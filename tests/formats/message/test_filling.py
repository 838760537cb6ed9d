"""Slots filled with ordinary values, which is fast, and with all others: the octets are those of the straightforward way."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailer.domain.edition import NO_INSERT, Edition, HtmlSlot, Place, Slot, SlotLine
from mailer.formats.message.base64 import Base64
from mailer.formats.message.filling import Filler
from mailer.formats.message.quoted_printable import QuotedPrintable
from mailer.formats.message.slotted_text import slotted_html, slotted_plain_text
from tests.formats.made_up import READER, an_edition
from tests.formats.message import straightforward

ORDINARY_WORDS = st.builds(
    str.__add__, st.sampled_from("aZ0éжЯ("), st.text("abcxyzABC019.,;:()/%=?-_«»–№àёжЖя\u00a0", max_size=25)
)
ODD = st.sampled_from(["--", "-", ".", "From", "From us", "> ", "a--b", "-a", "a-", "O'Neill", "A & B", "<b>", "名", "e\u0301", "."])  # fmt: skip
LINK = st.sampled_from([
    "https://letter.club.example/m/pabcdefghijklmnop", "https://letter.club.example/m/p?a=1&b=2", "x",
    "mailto:uabcdefghijklmnopqrstuvw@bounces.club.example?subject=Pause%3A%20harbour-letter%2F253%2C%20copy%2017",
    "mailto:" + "q" * 64 + "@xn--e1afmkfd.example",
])  # fmt: skip
values_of = st.builds(
    lambda words, link: dict(zip(Slot, [*words, link], strict=True)),
    st.lists(
        st.lists(ORDINARY_WORDS, min_size=1, max_size=3).map(" ".join)
        | st.lists(ORDINARY_WORDS, min_size=1, max_size=3).map(" ".join)
        | st.lists(st.one_of(ORDINARY_WORDS, ODD), min_size=1, max_size=6).map(" ".join),
        min_size=len(Slot) - 1,
        max_size=len(Slot) - 1,
    ),
    LINK,
)
slots = st.sampled_from(list(Slot))
constants = st.one_of(
    st.text("abc =.%-я·&\n", max_size=90), st.sampled_from(["F", "From", "Fro", ".", "x" * 74, "=" * 30, "ж" * 13, "%s", "100 % "])
)  # fmt: skip
pages = st.lists(st.one_of(constants, st.builds(HtmlSlot, slot=slots, place=st.sampled_from(Place))), max_size=8)
slot_lines = st.builds(
    SlotLine,
    pieces=st.tuples(constants, slots, constants) | st.tuples(slots) | st.tuples(constants, slots, constants, slots),
    indent=st.sampled_from(["", "", "", "> "]),
    soft=st.booleans(),
)
texts = st.lists(st.one_of(constants, slot_lines), max_size=8)


def assert_straightforward(edition: Edition, values: Mapping[Slot, str]) -> bool:
    """Whether the values are ordinary; in both encodings each part is as the straightforward way makes it."""
    parts = slotted_plain_text(edition), slotted_html(edition)
    filler = Filler(*parts)
    filled = filler.fill(values)
    for part in parts:
        written = [place.write(values) for place in part.places]
        quoted = b"".join(QuotedPrintable(part, filler.order).write(filled))
        assert quoted == straightforward.quoted_printable(part.constants, written)
        assert b"".join(Base64(part, filler.order).write(filled)) == straightforward.base64(part.constants, written)
    return bool(filled.words)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(page=pages, text=texts, values=values_of)
@example(page=[], text=[SlotLine(pieces=("x" * 58 + " ", Slot.NAME))], values=READER["en"])
@example(page=[], text=[SlotLine(pieces=("From", Slot.NAME))], values=READER["en"])
@example(page=[], text=[SlotLine(pieces=("=" * 60, Slot.NAME, "." * 9))], values=READER["en"])
def test_any_value_in_any_place_is_as_in_the_straightforward_way(page, text, values):
    edition = Edition(
        language="en", variant=NO_INSERT, subject="s", html=tuple(page), text=tuple(text), banner_html=0, banner_text=0
    )
    assert_straightforward(edition, values)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ["Ada Harbour", "Zoë Müller-Brandt", "Пётр Долин", "Peter O’Neill", "Ann (Treasurer)"])
def test_what_most_readers_are_called_is_ordinary(language, name):
    values = READER[language] | {Slot.NAME: name, Slot.SALUTATION: f"Dear {name}"}
    assert assert_straightforward(an_edition(language), values)


@pytest.mark.parametrize(
    "name", ["O'Neill", "A & B", "<b>", "名", "From us", "-- ", "a  b", "> a", ".a", "e\u0301", "مريم"]
)
def test_what_is_escaped_or_measured_otherwise_is_not(name):
    assert not assert_straightforward(an_edition(), READER["en"] | {Slot.NAME: name})
