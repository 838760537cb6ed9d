"""Says to which organisation a domain belongs, by the list of public suffixes that comes with its library."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def organisation_of(domain: str) -> str:
    """The domain that was registered, `club.co.uk` of `mail.club.co.uk`; a public suffix alone is its own.

    DMARC counts a signature and a return path of the same organisation as the sender's own (RFC 7489 §3.2).
    """
    return _suffixes().privatesuffix(domain) or domain


def is_public_suffix(domain: str) -> bool:
    """Whether anybody may register a name under this domain, as under `co.uk`."""
    return _suffixes().is_public(domain)


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
