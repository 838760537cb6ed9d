"""Keeps room in the listener: when it is full, the connection that has done nothing for the longest time must go."""

from collections import Counter
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import Protocol

MAX_CONNECTIONS = 100  # Postfix opens up to 20 to one destination
MAX_FROM_ADDRESS = 50
_NETWORK = 64  # bits of an IPv6 address that one client may vary


class Guest(Protocol):
    """A connection, as far as its room is concerned."""

    @property
    def address(self) -> str:
        """From where it comes, as `address_of` writes it."""
        ...

    @property
    def since(self) -> float:
        """When it came, or when its last report was stored."""
        ...

    @property
    def is_idle(self) -> bool:
        """Whether it can be closed without losing a report on its way."""
        ...

    def dismiss(self, reason: str) -> None:
        """Close it; its client is asked to try again later."""
        ...


def make_room(guests: Collection[Guest], address: str) -> bool:
    """Whether a connection from this address may come in; an idle one makes room, first of those from the fullest address.

    So idle connections, however many, keep out none that brings a report.
    """
    counts = Counter(guest.address for guest in guests)
    if counts[address] >= MAX_FROM_ADDRESS:
        crowd = [guest for guest in guests if guest.address == address]
    elif len(guests) >= MAX_CONNECTIONS:
        crowd = list(guests)
    else:
        return True
    idle = [guest for guest in crowd if guest.is_idle]
    if not idle:
        return False
    min(idle, key=lambda guest: (-counts[guest.address], guest.since)).dismiss("Too many connections")
    return True


def address_of(peername: object) -> str:
    """The address of a socket's peer; that of the network for IPv6, in which a client has as many as it likes."""
    if not isinstance(peername, tuple) or not peername:
        return ""
    try:
        address = ip_address(str(peername[0]).partition("%")[0])
    except ValueError:
        return str(peername[0])
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> _NETWORK << _NETWORK))
    return str(address)
