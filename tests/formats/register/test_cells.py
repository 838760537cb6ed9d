"""One cell of the register: what it may say, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from mailer.domain.errors import BadInput
from mailer.formats.register import cells


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\u202e", "\u2066", "\u200b", "\u2028", "\u0085", "\ufffe"])
def test_characters_that_cannot_be_seen_are_a_fault(hidden):
    with pytest.raises(BadInput, match="the cell contains"):
        cells.parse_text(f"a{hidden}b")


def test_text_is_kept_composed_and_short():
    assert cells.parse_text("и\u0306") == "й"
    with pytest.raises(BadInput, match="longer than 500"):
        cells.parse_text("a" * 501)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000", "50000"),
        ("50 000", "50000"),
        ("50\u00a0000", "50000"),
        ("1\u202f050\u202f000", "1050000"),
        ("50 000,00", "50000"),
        ("50000.50", "50000.5"),
        ("50000,5", "50000.5"),
        ("-50000", "-50000"),
        ("\u221250 000", "-50000"),
        ("0", "0"),
    ],
)
def test_amounts(text, amount):
    assert cells.parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["50,000", "50.000", "5 0", "50 00", "50000.123", "1e5", "RUB 5", "٥", "--5", "5.", "NaN"]
)
def test_amounts_that_could_mean_two_things_are_refused(text):
    with pytest.raises(BadInput, match="is not an amount"):
        cells.parse_amount(text)


@pytest.mark.parametrize("parse", [cells.parse_amount, cells.parse_date, cells.parse_currency, cells.parse_kind])
def test_an_empty_cell_is_called_empty(parse):
    with pytest.raises(BadInput, match=r"^the cell is empty; write "):
        parse("")


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2007", "\u2009", "\u202f"])
def test_thousands_may_stand_apart_by_a_space_of_any_width(space):
    assert cells.parse_amount(f"1{space}250{space}000,50") == Decimal("1250000.50")


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_line_break_in_a_cell_is_named(line_break):
    with pytest.raises(BadInput, match="line break"):
        cells.parse_text(f"Anna{line_break}Lee")


@pytest.mark.parametrize("text", ["2018-12-31", "31.12.2018"])
def test_dates(text):
    assert cells.parse_date(text) == date(2018, 12, 31)


@pytest.mark.parametrize(
    "text", ["", "12/31/2018", "2018-2-3", "31.12.18", "30.02.2018", "0000-01-01", "9999-12-31", "1812-01-01"]
)
def test_dates_that_are_none_are_refused(text):
    with pytest.raises(BadInput):
        cells.parse_date(text)


@pytest.mark.parametrize(
    ("text", "yes"), [("yes", True), ("Да", True), ("TRUE", True), ("1", True), ("", False), ("нет", False)]
)
def test_yes_and_no(text, yes):
    assert cells.parse_yes(text) is yes


def test_yes_and_no_are_all_there_is():
    with pytest.raises(BadInput, match="neither yes nor no"):
        cells.parse_yes("perhaps")


def test_languages_come_once_each_in_their_order():
    assert cells.parse_languages("ru + EN+ru") == ("ru", "en")
    for wrong in ("english", "en,ru", "en+", "+"):
        with pytest.raises(BadInput, match="is not a language"):
            cells.parse_languages(wrong)


def test_an_id_fits_into_every_index_of_postgresql() -> None:
    assert cells.parse_id("𝒳" * cells.MAX_ID) == "𝒳" * cells.MAX_ID
    with pytest.raises(BadInput, match="the id is longer than 64 characters; write a shorter one"):
        cells.parse_id("𝒳" * (cells.MAX_ID + 1))
