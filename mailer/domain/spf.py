"""Reads an SPF record: which addresses may send for a domain, and what is said about all others (RFC 7208)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

_TERM = re.compile(r"(?P<sign>[+\-~?]?)(?P<name>[a-z][a-z0-9_.-]*)(?P<rest>.*)", re.IGNORECASE)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>.*)", re.IGNORECASE)


class SpfSign(StrEnum):
    """What a mechanism that matches says of the address."""

    PASSES = "+"
    FAILS = "-"
    FAILS_SOFTLY = "~"
    NEUTRAL = "?"


class MechanismKind(StrEnum):
    """What a mechanism compares the address with."""

    ALL = "all"
    INCLUDE = "include"
    A = "a"
    MX = "mx"
    PTR = "ptr"
    IP4 = "ip4"
    IP6 = "ip6"
    EXISTS = "exists"


# Those that ask the DNS: ten in all may be met (§4.6.4).
ASKING = frozenset({MechanismKind.INCLUDE, MechanismKind.A, MechanismKind.MX, MechanismKind.PTR, MechanismKind.EXISTS})
MOST_QUESTIONS = 10
# Of these, so many at most may be about names that are not there; and a domain may have so many mail exchanges.
MOST_VOID, MOST_EXCHANGES = 2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfMechanism:
    """One mechanism: `value` is its domain or network, empty for the domain of the record itself."""

    kind: MechanismKind
    sign: SpfSign
    value: str = ""
    prefix4: int = 32
    prefix6: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRecord:
    """The mechanisms in their order, and the domain whose record goes on where none matches."""

    mechanisms: tuple[SpfMechanism, ...]
    redirect: str = ""

    @property
    def of_all_others(self) -> SpfSign | None:
        """What it says of addresses that no mechanism names; None where it says nothing."""
        return next((each.sign for each in self.mechanisms if each.kind is MechanismKind.ALL), None)


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record (§4.5)."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def read_spf(text: str) -> SpfRecord:
    """The record of this text. ValueError names the term that is none."""
    mechanisms: list[SpfMechanism] = []
    redirect = ""
    for term in text.split()[1:]:
        if modifier := _MODIFIER.fullmatch(term):
            if modifier["name"].lower() == "redirect":
                if redirect or not modifier["value"]:
                    raise ValueError(term)
                redirect = modifier["value"]
        else:
            mechanisms.append(_mechanism(term))
    return SpfRecord(mechanisms=tuple(mechanisms), redirect=redirect)


def _mechanism(term: str) -> SpfMechanism:
    try:
        return _mechanism_of(_TERM.fullmatch(term))
    except ValueError:
        raise ValueError(term) from None


def _mechanism_of(match: re.Match[str] | None) -> SpfMechanism:
    if match is None:
        raise ValueError
    kind, rest = MechanismKind(match["name"].lower()), match["rest"]
    sign = SpfSign(match["sign"] or "+")
    if kind in {MechanismKind.IP4, MechanismKind.IP6}:
        return SpfMechanism(kind=kind, sign=sign, value=_network(kind, _after_colon(rest)))
    value, prefix4, prefix6 = _prefixes(rest)
    value = _after_colon(value) if value else ""
    needs_value = kind in {MechanismKind.INCLUDE, MechanismKind.EXISTS}
    if needs_value != bool(value) and (needs_value or kind is MechanismKind.ALL):
        raise ValueError
    return SpfMechanism(kind=kind, sign=sign, value=value, prefix4=prefix4, prefix6=prefix6)


def _network(kind: MechanismKind, text: str) -> str:
    _ = IPv4Network(text, strict=False) if kind is MechanismKind.IP4 else IPv6Network(text, strict=False)
    return text


def _after_colon(rest: str) -> str:
    if not rest.startswith(":") or len(rest) == 1:
        raise ValueError(rest)
    return rest[1:]


def _prefixes(rest: str) -> tuple[str, int, int]:
    """The part before `/24//64`, and both lengths (§5.3)."""
    before, _, six = rest.partition("//")
    value, _, four = before.partition("/")
    prefix4, prefix6 = int(four or 32), int(six or 128)
    if not (0 <= prefix4 <= 32 and 0 <= prefix6 <= 128):
        raise ValueError(rest)
    return value, prefix4, prefix6
