"""For which site a passkey is made: by the settings, never by what a browser says it asked for."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """The site as a browser knows it: its name, and the addresses that its pages may have (WebAuthn §5.1.2)."""

    name: str
    origins: tuple[str, ...]


def origin_of(address: str) -> str:
    """The origin of a web address, as a browser writes it (RFC 6454 §6.1): scheme, host, and the port where it is unusual.

    Empty for a text that is no http or https address.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:  # UnicodeError is one, too
        return ""
    if not host or parts.scheme not in _DEFAULT_PORTS:
        return ""
    written = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{written}" + (f":{port}" if port not in {None, _DEFAULT_PORTS[parts.scheme]} else "")


def relying_party(public_url: str, *, port: int, secure: bool = False) -> RelyingParty | None:
    """The site for passkeys: that of `public_url`, or this machine's own `localhost` where it is empty.

    `port` and `secure` are those of the listening address. None where the address names no host: a browser makes no
    passkey for a bare IP address.
    """
    scheme = "https" if secure else "http"
    origin = origin_of(public_url or f"{scheme}://localhost:{port}")
    host = urlsplit(origin).hostname or ""
    if not host or _is_address(host):
        return None
    return RelyingParty(name=host, origins=(origin,))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
