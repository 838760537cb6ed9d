"""Printed codes are easy to read and to type, and only their digests are stored."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.credentials.printed_codes import code_digest, may_be_printed, new_sheet


def test_a_sheet_has_ten_codes_without_letters_that_look_alike() -> None:
    codes = new_sheet()
    assert len(set(codes)) == 10
    for code in codes:
        assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){2}[0-9a-hjkmnp-tv-z]{4}", code)
        assert may_be_printed(code)


def test_a_code_is_the_same_however_it_is_typed() -> None:
    stored = code_digest(3, "k1m0-q9xd-04tp")
    for typed in ("K1M0-Q9XD-04TP", "kimo q9xd o4tp", " klm0q9xd04tp\n", "k1m0 – q9xd – 04tp"):
        assert code_digest(3, typed) == stored
        assert may_be_printed(typed)


def test_a_code_of_another_user_or_with_another_letter_is_another() -> None:
    assert code_digest(3, "k1m0-q9xd-04tp") != code_digest(4, "k1m0-q9xd-04tp")
    assert code_digest(3, "k1m0-q9xd-04tp") != code_digest(3, "k1m0-q9xd-04tq")


@given(st.text(max_size=40))
def test_any_text_has_a_digest(typed: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", code_digest(1, typed))
