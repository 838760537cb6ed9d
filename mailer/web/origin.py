"""Decides whether a form was sent from a page of ours (cross-site request forgery), and which pages are ours."""

from collections.abc import Collection, Mapping

from mailer.config.web import Web
from mailer.domain.address import is_loopback
from mailer.domain.relying_party import RelyingParty, origin_of, relying_party

_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def is_ours(headers: Mapping[str, str], origins: Collection[str]) -> bool:
    """Whether a POST comes from a page of ours: as the browser says, else by its Origin, which must be among these.

    A browser says `Sec-Fetch-Site` wherever it is safe to, and no script can forge it. A POST with neither header is
    refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    return bool(origin) and origin in origins


def own_origins(web: Web) -> frozenset[str]:
    """The origins that our pages may have by the settings: of `public_url`, and of the listening address."""
    addresses = [web.public_url]
    if web.listen:
        scheme = "https" if web.cert_file else "http"
        host = f"[{web.host}]" if ":" in web.host else web.host
        hosts = {host, *(_THIS_MACHINE if is_loopback(web.host) else ())}
        addresses += [f"{scheme}://{each}:{web.port}" for each in hosts]
    return frozenset(origin for address in addresses if (origin := origin_of(address)))


def passkey_party(web: Web) -> RelyingParty | None:
    """The site that passkeys are made for; None: a browser makes none for our address."""
    return relying_party(web.public_url, port=web.port, secure=bool(web.cert_file))


def own_path(typed: str) -> str:
    """A path of ours from an address that anybody may have written: never another site's.

    Browsers drop control characters, and read `//host`, `/\\host` and `\\\\host` as the address of another host.
    """
    path = "".join(letter for letter in typed if letter.isprintable() and letter != " ").replace("\\", "/")
    return "/" + path.lstrip("/") if path.startswith("/") else "/"
