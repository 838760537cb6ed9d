"""Networks of the internet: who shares an allowance on the public pages."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """The network that counts as one visitor: an IPv4 address alone, of an IPv6 address its /64.

    A provider gives each customer a /64 at least (RFC 6177). What is no IP address stands for itself.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(parsed) if isinstance(parsed, IPv4Address) else str(ip_network((parsed, 64), strict=False))
