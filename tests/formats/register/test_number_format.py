"""Numbers as Excel shows them in formats that add zeros, letters or signs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.register.number_format import shown


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("42", "0000", "0042"),
        ("42", "00-00", "00-42"),
        ("7", '"P"000', "P007"),
        ("7", "\\P\\-000", "P-007"),
        ("7", '"a;b"00;"minus"0', "a;b07"),
        ("7", '[$-419]000" "', "007"),
        ("7", '0"/2018"', "7/2018"),
        ("0", "0000", "0000"),
    ],
)
def test_a_format_of_zeros_and_letters(number, code, text):
    assert shown(Decimal(number), code) == text


@pytest.mark.parametrize(
    "code", ["General", "0", "#,##0", "0.00", "0.00E+00", "0%", "@", "", "yyyy", '"P"', "[<100]000;0"]
)
def test_other_formats_show_the_plain_number(code):
    assert shown(Decimal(42), code) is None


@given(st.integers(0, 10**15), st.integers(1, 12))
def test_zeros_never_change_the_number(number, width):
    text = shown(Decimal(number), "0" * width)
    assert (text or str(number)) == f"{number:0{width}}"


@pytest.mark.parametrize("number", ["-7", "7.5"])
def test_only_whole_positive_numbers_are_shown_so(number):
    assert shown(Decimal(number), "0000") is None
