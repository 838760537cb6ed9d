"""Reads a DMARC record: what receivers do with mail in whose From a domain stands without proof (RFC 7489)."""

from dataclasses import dataclass

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcPolicy:
    """The policy, that for sub-domains, and whether signature and return path must have exactly the sender's domain."""

    policy: str
    of_subdomains: str
    strict_dkim: bool
    strict_spf: bool


def is_dmarc(text: str) -> bool:
    """Whether a TXT record is a DMARC record."""
    return text.partition(";")[0].strip().replace(" ", "") == "v=DMARC1"


def read_dmarc(text: str) -> DmarcPolicy:
    """The record of this text. ValueError names what is wrong."""
    tags = tags_of(text)
    policy = tags.get("p", "").lower()
    if policy not in POLICIES:
        raise ValueError(f"p={policy}" if policy else "there is no p=")
    return DmarcPolicy(
        policy=policy,
        of_subdomains=tags.get("sp", policy).lower(),
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
    )


def tags_of(text: str) -> dict[str, str]:
    """The tags of a record that is a list of `tag=value`, as those of DMARC and DKIM are (RFC 6376 §3.2)."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
