"""Asks for an address by https, so that its operator sees that the service is well; the answer is not read."""

import ssl
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from mailer.domain.errors import MailerError

# For the connection and for the answer, each.
SECONDS = 5.0


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: the address is a secret, and the next one may be in clear."""

    def redirect_request(
        self, _request: Request, _file: IO[bytes], _code: int, _message: str, _headers: HTTPMessage, _url: str
    ) -> Request | None:
        return None


def ping(url: str, trusting: ssl.SSLContext | None = None) -> None:
    """Ask for the address once. Raises MailerError with the host and why; the rest of the address is a secret."""
    host = urlsplit(url).hostname
    opener = build_opener(ProxyHandler(), HTTPSHandler(context=trusting or ssl.create_default_context()), _Stay())
    try:
        with opener.open(Request(url, headers={"User-Agent": "club-mailer"}), timeout=SECONDS):  # noqa: S310  (https alone)
            return
    except HTTPError as error:
        error.close()
        raise MailerError(f"{host} answers with status {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise MailerError(f"{host} cannot be reached ({type(why).__name__})") from None
