"""How much a request may bring and how long it may take: a body that is too large is refused before it is read."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

# Octets of a form: of a signed-in user with an issue's pictures or the register in it, and of anybody.
OF_A_USER, OF_ANYBODY = 64_000_000, 64_000
# Seconds for the next piece of a body, and octets of it a second: a body that drips would hold its connection for days.
PATIENCE, SLOWEST = 30, 1_000

Endpoint = Callable[[Request], Awaitable[Response]]


def bounded(answer: Endpoint, octets: int) -> Endpoint:
    """The same, for requests whose body has no more octets; HTTPException 413 for others, 408 for one that stops."""

    async def endpoint(request: Request) -> Response:
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > octets:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await answer(Request(request.scope, _counting(request.receive, octets)))

    return endpoint


def _counting(receive: Receive, octets: int) -> Receive:
    """Hand on the pieces of a body, as long as they are no more than that; its length may not be announced."""
    left, is_whole, began = octets, False, monotonic()

    async def counted() -> Message:
        nonlocal left, is_whole
        if is_whole:
            return await receive()  # the reader waits for the end of the connection
        late = monotonic() - began - (octets - left) / SLOWEST
        if late >= PATIENCE:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT)
        try:
            async with asyncio.timeout(min(PATIENCE, PATIENCE - late)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
        left -= len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if left < 0:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return counted
