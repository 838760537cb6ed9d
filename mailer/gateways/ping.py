"""Asks for an address by https, so that its operator sees that the service is well; the answer is not read."""

import ssl
from urllib.parse import urlsplit

from mailer.domain.errors import MailerError

# For the connection and the answer together.
SECONDS = 10.0


async def ping(url: str, trusting: ssl.SSLContext | None = None) -> None:
    """Ask for the address once. Raises MailerError with the host and why; the rest of the address is a secret.

    No redirect is followed: the next address may be in clear. Variables such as HTTPS_PROXY may name a proxy.
    """
    import aiohttp

    host, limit = urlsplit(url).hostname, aiohttp.ClientTimeout(total=SECONDS)
    context, sender = trusting or ssl.create_default_context(), {"User-Agent": "club-mailer"}
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True, headers=sender) as session,
            session.get(url, ssl=context, allow_redirects=False) as answer,
        ):
            status = answer.status
    except TimeoutError:
        raise MailerError(f"{host} has not answered within {SECONDS:g} seconds") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        why = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
        raise MailerError(f"{host} cannot be reached ({type(why).__name__})") from None
    if status // 100 != 2:
        raise MailerError(f"{host} answers with status {status}")
