"""Domains of one organisation are told from those under a public suffix."""

import pytest

from mailer.formats.organisation import is_public_suffix, organisation_of


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("bounces.club.example", "club.example"),
        ("a.b.club.co.uk", "club.co.uk"),
        ("club.msk.ru", "club.msk.ru"),
        ("co.uk", "co.uk"),
    ],
)
def test_an_organisation_is_the_registered_domain(domain, organisation) -> None:
    assert organisation_of(domain) == organisation


def test_a_public_suffix_is_known() -> None:
    assert is_public_suffix("co.uk")
    assert not is_public_suffix("club.co.uk")
