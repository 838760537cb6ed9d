"""The way out of a copy: there always is one, and the page comes first."""

import pytest

from mailer.domain.way_out import WayOut, way_out

PAGES, DOMAIN = "https://letter.club.example", "bounces.club.example"


@pytest.mark.parametrize(
    ("public_url", "domain", "way"),
    [
        (PAGES, DOMAIN, WayOut.PAGE),
        (PAGES, "", WayOut.PAGE),
        ("", DOMAIN, WayOut.MAIL),
        ("", "", WayOut.REPLY),
    ],
)
def test_the_way_out(public_url, domain, way):
    assert way_out(public_url, domain) is way
