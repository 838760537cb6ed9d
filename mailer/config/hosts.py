"""Checks the names of machines in config.toml: of a relay's host, of this machine in EHLO, and where it listens."""

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator

_LABEL = r"[\w](?:[\w-]*[\w])?"  # with the letters of every alphabet, and the underscore of container networks
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_WITH_PORT = re.compile(r"(?P<host>\[.*\]|[^:]*):\s*(?P<port>\d{1,5})")


def _host(value: str) -> str:
    """The name, or the address without brackets; ValueError says what to write where a URL, a port or spaces stand."""
    if _is_host(value):
        return value.strip("[]")
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", value.strip(), flags=re.IGNORECASE)
    host = host.partition("/")[0].rpartition("@")[2].strip()
    port = ""
    if match := _WITH_PORT.fullmatch(host):
        host, port = match["host"].strip(), f", port = {match['port']}"
    host = host.strip("[]")
    hint = f'; write host = "{host}"{port}' if _is_host(host) else ""
    raise ValueError(f"allowed: a host name or an IP address alone{hint}")


def _is_host(text: str) -> bool:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return _is_address(bare) or _NAME.fullmatch(text) is not None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


HostName = Annotated[str, AfterValidator(_host)]


def _ehlo_name(value: str) -> str:
    """The name in A-labels, or an address as RFC 5321 §4.1.3 writes it."""
    if re.fullmatch(r"\[(IPv6:)?[0-9A-Fa-f.:]+\]", value):
        return value
    try:
        name = value.encode("idna").decode("ascii")
    except UnicodeError:
        name = "?"
    if value and (_is_address(name) or not _NAME.fullmatch(name) or "_" in name):
        raise ValueError('allowed: the name of this machine, such as "mail.club.example", or its address in brackets')
    return name


EhloHostName = Annotated[str, AfterValidator(_ehlo_name)]


def listen_or_none(value: str) -> str:
    """The value, when it is empty or a host and a port. Raises ValueError saying what is allowed."""
    if value:
        listen_at(value)
    return value


def listen_at(value: str) -> tuple[str, int]:
    """The host and the port of `127.0.0.1:2525` or `[::1]:2525`. Raises ValueError saying what is allowed."""
    host, colon, port = value.rpartition(":")
    if not (colon and _is_host(host) and port.isascii() and port.isdecimal() and 0 < int(port) <= 65535):
        raise ValueError('allowed: a host and a port, such as "127.0.0.1:2525"')
    return host.strip("[]"), int(port)
