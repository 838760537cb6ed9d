"""The table [web] of config.toml: where the console listens, how browsers reach it, and which proxies it believes."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, ValidationInfo, field_validator

from mailer.config.hosts import listen_at, listen_or_none
from mailer.config.reading import YesNo
from mailer.config.sections import ConfigTable
from mailer.domain.address import is_loopback

_PUBLIC = 'allowed: "https://HOST", with a port behind it if need be, without a path; "http://" only for localhost'


def _public_url(value: str) -> str:
    """The address without a slash at its end and in small letters. Raises ValueError saying what is allowed."""
    if not value:
        return value
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # the port is no number, or a bracket is open
        raise ValueError(_PUBLIC) from None
    host = parts.hostname or ""
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username or "@" in parts.netloc
    right_scheme = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or rest or not right_scheme or not _is_plain(host):
        raise ValueError(_PUBLIC)
    name = f"[{host}]" if ":" in host else _in_a_labels(host)
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None and port != usual else "")


def _is_plain(host: str) -> bool:
    return all(character.isalnum() or character in "-.:" for character in host)


def _in_a_labels(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(_PUBLIC) from None


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError('allowed: IP addresses and networks, such as "192.0.2.7" or "192.0.2.0/24"') from None


class Web(ConfigTable):
    """Where the console and the members' pages are served, and whom they believe. Without `listen` there are none."""

    # Some keys need each other, so defaults are checked too.
    model_config = ConfigDict(validate_default=True)

    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    require_second: YesNo = False
    behind_proxy: YesNo = False
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ("127.0.0.1", "::1")
    cert_file: str = ""
    key_file: str = ""
    listen: Annotated[str, AfterValidator(listen_or_none)] = ""

    @field_validator("key_file")
    @classmethod
    def _both_or_neither(cls, value: str, others: ValidationInfo) -> str:
        if "cert_file" in others.data and bool(others.data["cert_file"]) != bool(value):
            raise ValueError("cert_file and key_file come together")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _at_least_one(cls, value: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        if others.data.get("behind_proxy") and not value:
            raise ValueError("behind_proxy = true needs the address of the proxy")
        return value

    @field_validator("listen")
    @classmethod
    def _encrypted_or_loopback(cls, value: str, others: ValidationInfo) -> str:
        if "behind_proxy" not in others.data or "cert_file" not in others.data or not value:
            return value
        if not (is_loopback(listen_at(value)[0]) or others.data["cert_file"] or others.data["behind_proxy"]):
            raise ValueError(
                "without cert_file and key_file, or behind_proxy = true, only a loopback address is allowed, such as "
                '"127.0.0.1:8025"'
            )
        return value

    @property
    def host(self) -> str:
        """The host of `listen`; empty without one."""
        return listen_at(self.listen)[0] if self.listen else ""

    @property
    def port(self) -> int:
        """The port of `listen`; 0 without one."""
        return listen_at(self.listen)[1] if self.listen else 0

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks whose X-Forwarded-… headers are believed; none without `behind_proxy`."""
        return tuple(map(ip_network, self.trusted_proxies)) if self.behind_proxy else ()

    @property
    def address(self) -> str:
        """What a person types into a browser: `public_url`, else the address of `listen`; empty without either."""
        if self.public_url or not self.listen:
            return self.public_url
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)  # noqa: S104  (compared only)
        return f"{'https' if self.cert_file else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"
