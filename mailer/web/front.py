"""What every request passes first: is it meant for us, did the browser use TLS, and the headers of the answer."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailer.config.web import Web
from mailer.domain.address import is_loopback

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# What every answer has, unless its handler says otherwise.
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
# For a year browsers come back by TLS alone (RFC 6797).
_TLS_ONLY = "max-age=31536000"
_MISDIRECTED = "This address is not the console's. The operator finds it in config.toml: [web] public_url and listen.\n"


class Front:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, settings: Callable[[], Web]) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers; 421 where the request is meant for another host."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings, host = self._settings(), host_of(Headers(scope=scope).get("host", ""))
        public = urlsplit(settings.public_url)
        if host and host == public.hostname:
            # Where the settings name the address, they decide; a proxy that does not say how it was asked is no matter.
            scope = {**scope, "scheme": public.scheme}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("strict-transport-security", _TLS_ONLY)
            await send(message)

        app: ASGIApp = self._app if is_own(settings, host) else PlainTextResponse(_MISDIRECTED, 421)
        await app(scope, receive, send_with_headers)


def host_of(header: str) -> str:
    """The host that a Host header names, in small letters, without port and brackets; empty when it names none."""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:  # a bracket is open
        return ""


def is_own(settings: Web, host: str) -> bool:
    """Whether a browser that names this host may mean us.

    A name of another site that leads to this machine (DNS rebinding) is not ours. An IP address and `localhost` cannot be
    such a name.
    """
    if not host:
        return False
    return host in {urlsplit(settings.public_url).hostname, settings.host} or is_loopback(host) or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
