"""A one-time code is good for its half minute, with one beside it, and once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from mailer.formats.credentials.one_time_code import accepted_step, in_groups, new_secret, set_up_address
from mailer.formats.credentials.qr_code import qr_svg

NOW = datetime(2026, 7, 9, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B


def code(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds))


def test_the_published_codes_are_accepted() -> None:
    at = datetime.fromtimestamp(1111111109, UTC)
    assert accepted_step(SECRET, "081804", at, None) == 1111111109 // 30


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_code_may_be_half_a_minute_off(seconds: int) -> None:
    assert accepted_step(SECRET, code(seconds), NOW, None) == STEP + seconds // 30


@pytest.mark.parametrize("seconds", [-60, 60, 3600])
def test_an_older_or_later_code_is_wrong(seconds: int) -> None:
    assert accepted_step(SECRET, code(seconds), NOW, None) is None


def test_no_code_is_accepted_twice_nor_after_a_later_one() -> None:
    assert accepted_step(SECRET, code(), NOW, STEP) is None
    assert accepted_step(SECRET, code(-30), NOW, STEP) is None
    assert accepted_step(SECRET, code(30), NOW, STEP) == STEP + 1


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}\u00a0{1}", "{0}-{1}", "{0}\u2009{1}\n"])
def test_spaces_and_hyphens_do_not_count(typed: str) -> None:
    assert accepted_step(SECRET, typed.format(code()[:3], code()[3:]), NOW, None) == STEP


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345a", "x" * 100_000, "١٢٣٤٥٦"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert accepted_step(SECRET, typed, NOW, None) is None


def test_a_secret_is_new_and_can_be_typed_or_photographed() -> None:
    secret = new_secret()
    assert secret != new_secret()
    assert len(secret) == 32
    assert in_groups(secret).replace(" ", "") == secret
    address = set_up_address(secret, "Anna Смит")
    assert address.startswith("otpauth://totp/Club%20Mailer:Anna%20")
    assert secret in address
    drawn = qr_svg(address)
    assert drawn.startswith("<svg")
    assert "style" not in drawn
