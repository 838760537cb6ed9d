"""Connects to a host by any address of its name: while one is silent, the next is tried (happy eyeballs, RFC 8305)."""

import asyncio
import os
import re
import socket
from collections.abc import Sequence

from aiohappyeyeballs import AddrInfoType, start_connection

from mailer.domain.address import is_loopback

NEXT_AFTER = 0.25  # seconds until the next address is tried beside the last one (RFC 8305 §5)


class Unreachable(OSError):
    """No address of the host can be connected to; the text says why."""


async def resolve(host: str, port: int, *, loopback_only: bool) -> list[AddrInfoType]:
    """Return the addresses of a name or of an address. Raises Unreachable.

    `loopback_only` is for what is not encrypted: it must not leave this machine, whatever the name may mean.
    """
    try:
        addresses: Sequence[AddrInfoType] = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
    except socket.gaierror as error:
        raise Unreachable(f"no address of this name is known: {error.strerror}") from error
    usable = [address for address in addresses if not loopback_only or is_loopback(_ip(address))]
    if not usable:
        raise Unreachable(f"not encrypted, and not this machine: {listed(addresses)}")
    return usable


async def connect(addresses: Sequence[AddrInfoType]) -> socket.socket:
    """Return a socket that is connected to the first address that answers. Raises Unreachable with all reasons."""
    try:
        return await start_connection(addresses, happy_eyeballs_delay=NEXT_AFTER)
    except OSError as error:
        # The errors of several addresses are joined in one text.
        numbers = dict.fromkeys(map(int, re.findall(r"\[Errno (\d+)\]", str(error))))
        reasons = ", ".join(map(os.strerror, numbers)) or str(error)
        raise Unreachable(f"no connection to {listed(addresses)}: {reasons}") from error


def without(addresses: Sequence[AddrInfoType], peer: str) -> list[AddrInfoType]:
    """Return the other addresses."""
    return [address for address in addresses if _ip(address) != peer]


def listed(addresses: Sequence[AddrInfoType]) -> str:
    """Return the addresses for a message."""
    return ", ".join(dict.fromkeys(map(_ip, addresses)))


def _ip(address: AddrInfoType) -> str:
    return str(address[4][0])
