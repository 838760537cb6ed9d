"""An e-mail address as a value: the mailbox as written, and the domain in the form the wire needs."""

import ipaddress
from dataclasses import dataclass

_A_LABEL = "xn--"  # begins a label of a domain that people read in other letters (RFC 5890 §2.3.2.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A checked address, made by `formats.address.parse`.

    `local` is the part before the @ as written; `domain` is in A-labels (RFC 5890), lower case.
    Two addresses are the same mailbox when their `normal` is equal.
    """

    local: str
    domain: str

    @classmethod
    def from_wire(cls, wire: str) -> "Address":
        """The address with this wire form, which was checked when it was stored."""
        local, _, domain = wire.rpartition("@")
        return cls(local=local, domain=domain)

    @property
    def wire(self) -> str:
        """The form for envelope and headers: local part as written, domain in A-labels."""
        return f"{self.local}@{self.domain}"

    @property
    def normal(self) -> str:
        """The form for comparison: in practice no two mailboxes differ in upper and lower case alone."""
        return self.wire.casefold()

    @property
    def spellings(self) -> tuple[str, ...]:
        """The forms for comparison: with the domain in A-labels, and in the letters that people read."""
        if _A_LABEL not in self.domain:
            return (self.normal,)
        try:
            readable = self.domain.encode("ascii").decode("idna")
        except UnicodeError:
            readable = self.domain
        return tuple(dict.fromkeys((self.normal, f"{self.local}@{readable}".casefold())))

    def __str__(self) -> str:
        return self.wire


def is_loopback(host: str) -> bool:
    """Whether the host is this machine itself: localhost, 127.0.0.0/8 or ::1."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
