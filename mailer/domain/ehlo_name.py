"""The name by which this machine greets a relay (EHLO): the setting, else the machine's own, else the sender's domain."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_FULL_NAME = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}\.?", re.IGNORECASE | re.ASCII)
# Names that mean another machine, or none, everywhere else: RFC 6761, RFC 6762, RFC 8375, ICANN's "internal", and the
# name that distributions give a machine without one.
_LOCAL_ENDINGS = (
    "localhost", "localdomain", "localdomain4", "localdomain6", "local", "internal", "invalid", "home.arpa",
)  # fmt: skip
_CONTAINER_ID = re.compile(
    r"[0-9a-f]{12}(?:[0-9a-f]{52})?"
)  # as the first label; Docker's and Podman's are hexadecimal


class EhloOrigin(StrEnum):
    """Where the name comes from."""

    SETTING = "setting"
    MACHINE = "machine"
    SENDER = "sender"
    ADDRESS = "address"  # no name at all: the address of the connection stands for it (RFC 5321 §4.1.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class EhloName:
    """The name, and where it comes from; it is empty for ADDRESS."""

    name: str
    origin: EhloOrigin

    @property
    def fault(self) -> str:
        """What relays may hold against the name; empty if nothing."""
        if not self.name or self.name.startswith("["):
            return ""
        if _is_under(self.name, "localhost") or _is_under(self.name, "localdomain"):
            return "means any machine"
        return "" if "." in self.name.rstrip(".") else "has no dot"


def choose_ehlo_name(setting: str, machine: Iterable[str], sender_domain: str) -> EhloName:
    """Choose the name. `machine` are the names that this machine has, of which some may be for itself alone."""
    if setting:
        return EhloName(name=setting, origin=EhloOrigin.SETTING)
    for name in machine:
        if is_public_name(name):
            return EhloName(name=name.rstrip("."), origin=EhloOrigin.MACHINE)
    if sender_domain:
        return EhloName(name=sender_domain, origin=EhloOrigin.SENDER)
    return EhloName(name="", origin=EhloOrigin.ADDRESS)


def is_public_name(name: str) -> bool:
    """Whether a machine's name may be known to others: a full name, not an address, not that of a container."""
    if not _FULL_NAME.fullmatch(name) or _CONTAINER_ID.fullmatch(name.lower().partition(".")[0]):
        return False
    return not any(_is_under(name, ending) for ending in _LOCAL_ENDINGS)


def address_literal(address: str) -> str:
    """The form of an IP address that may stand for a name (RFC 5321 §4.1.3)."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return f"[IPv6:{parsed}]" if parsed.version == 6 else f"[{parsed}]"


def _is_under(name: str, ending: str) -> bool:
    return f".{name.lower().rstrip('.')}".endswith(f".{ending}")
