"""Mailboxes of one provider count together, by the name of the best-known of its domains."""

import pytest

from mailer.domain import families
from mailer.domain.families import family_of


@pytest.mark.parametrize(
    ("domain", "family"),
    [
        ("gmail.com", "gmail.com"),
        ("googlemail.com", "gmail.com"),
        ("hotmail.com", "outlook.com"),
        ("aol.com", "yahoo.com"),
        ("me.com", "icloud.com"),
        ("bk.ru", "mail.ru"),
        ("ya.ru", "yandex.ru"),
        ("web.de", "gmx.net"),
        ("members.example", "members.example"),
        ("xn--e1afmkfd.example", "xn--e1afmkfd.example"),
        ("mail.gmail.com", "mail.gmail.com"),
        ("", ""),
    ],
)
def test_a_domain_counts_with_its_provider(domain: str, family: str) -> None:
    assert family_of(domain) == family


def test_every_domain_is_of_one_family_and_no_family_is_of_another() -> None:
    listed = [domain for domains in families._FAMILIES.values() for domain in domains]
    assert len(listed) == len(set(listed))
    assert not set(listed) & set(families._FAMILIES)
    for domain in (*listed, *families._FAMILIES):
        assert family_of(family_of(domain)) == family_of(domain)
        assert domain == domain.lower()
        assert domain.isascii()
