"""An e-mail address as a value: the mailbox as written, and the domain in the form the wire needs."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A checked address. Made by `formats.address.parse`, or kept since.

    `local` is the part before the @ as written; `domain` is always A-labels (RFC 5890), lower case.
    Two addresses are the same mailbox when `normal` is equal.
    """

    local: str
    domain: str

    @classmethod
    def kept(cls, wire: str) -> "Address":
        """The address whose checked `wire` form was kept in the database."""
        local, _, domain = wire.rpartition("@")
        return cls(local=local, domain=domain)

    @property
    def wire(self) -> str:
        """What goes into the envelope and the headers: local part as written, domain as A-labels."""
        return f"{self.local}@{self.domain}"

    @property
    def normal(self) -> str:
        """What equality is judged by: case never distinguishes two members' mailboxes in practice."""
        return self.wire.casefold()

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
