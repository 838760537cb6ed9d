"""A form counts only from a page of ours, and an address leads only to a page of ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.config.web import Web
from mailer.web.origin import is_ours, own_origins, own_path

PUBLIC = frozenset({"https://console.club.example"})


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True),  # no script forges the first
        ({"sec-fetch-site": "cross-site", "origin": "https://console.club.example"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "https://console.club.example"}, True),
        ({"origin": "https://console.club.example:8443"}, False),
        ({"origin": "http://console.club.example"}, False),
        ({"origin": "https://console.club.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({}, False),
    ],
)
def test_a_form_counts_only_from_a_page_of_ours(headers: dict[str, str], ours: bool) -> None:
    assert is_ours(headers, PUBLIC) is ours


def test_our_origins_are_those_of_the_settings() -> None:
    assert own_origins(Web(public_url="https://console.club.example/", listen="127.0.0.1:8025")) == {
        "https://console.club.example",
        "http://127.0.0.1:8025",
        "http://localhost:8025",
        "http://[::1]:8025",
    }
    assert own_origins(Web()) == frozenset()


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/", "/"),
        ("", "/"),
        ("/issues/russia-confidential/253?x=1#top", "/issues/russia-confidential/253?x=1#top"),
        ("//evil.example", "/evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("/\t/evil.example", "/evil.example"),
        ("https://evil.example", "/"),
        ("evil", "/"),
    ],
)
def test_an_address_leads_to_a_page_of_ours(typed: str, path: str) -> None:
    assert own_path(typed) == path


@given(st.text(st.sampled_from("/\\\t\n\r .:@evil%?#\u00a0\u2028"), max_size=20) | st.text(max_size=20))
def test_no_text_leads_elsewhere(typed: str) -> None:
    assert re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", own_path(typed))
