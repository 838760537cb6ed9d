"""A member's copy in the browser: its title and a button, then the copy, which may load and run nothing."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mailer.domain.errors import CannotRender, NotFound
from mailer.pipeline import members
from mailer.web.members.pages import context_of, in_thread, member_page, token_of, unknown_page
from mailer.web.routes import AnyRoute, Public
from mailer.web.strangers import language_of

_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"


async def read(request: Request) -> Response:
    """Offer the copy; open it on POST. Whether the reader may have the issue is asked each time."""
    context, token = context_of(request), token_of(request)
    try:
        if request.method != "POST":
            copy = await in_thread(members.offered_copy, context, token)
            return member_page(request, "read.html", language_of(request, copy.language), copy=copy)
        page = await in_thread(members.open_copy, context, token)
    except (NotFound, CannotRender):
        return unknown_page(request)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "X-Robots-Tag": "noindex, nofollow"})


ROUTES: tuple[AnyRoute, ...] = (Public("/read/{token}", read, ("GET", "POST"), foreign=True),)
