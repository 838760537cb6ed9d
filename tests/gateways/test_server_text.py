"""A server's text becomes one printable line."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.gateways.server_text import printable


@given(text=st.text(max_size=600))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    shown = printable(text)
    assert shown == " ".join(shown.split())
    assert printable(shown) == shown
