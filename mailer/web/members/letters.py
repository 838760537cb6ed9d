"""The pages behind the links in letters to members: confirm a new address, take a change back."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.errors import NotFound
from mailer.formats.token import Purpose
from mailer.pipeline import members
from mailer.pipeline.context import Context
from mailer.web.members.pages import (
    context_of,
    in_thread,
    member_page,
    posted,
    token_of,
    unknown_page,
)
from mailer.web.routes import AnyRoute, Public
from mailer.web.strangers import language_of


async def confirm(request: Request) -> Response:
    """Ask whether the new address is right, and write to it from then on."""
    return await _ask(request, Purpose.CONFIRM, members.confirm, "confirm.html")


async def undo(request: Request) -> Response:
    """Ask whether a change is to be taken back, and take it back."""
    return await _ask(request, Purpose.UNDO, members.undo, "undo.html")


async def _ask(request: Request, purpose: Purpose, verb: Callable[[Context, str], None], template: str) -> Response:
    """A button alone does nothing: some mail scanners press every button. The box beside it must be ticked."""
    context, token = context_of(request), token_of(request)
    missing = False
    try:
        if request.method == "POST":
            missing = (await posted(request))["sure"] != "yes"
            if not missing:
                await in_thread(verb, context, token)
        page = await in_thread(members.page_of_wish, context, purpose, token)
    except NotFound:
        return unknown_page(request)
    language = language_of(request, page.language)
    return member_page(request, template, language, 422 if missing else 200, about=page, missing=missing)


ROUTES: tuple[AnyRoute, ...] = (
    Public("/confirm/{token}", confirm, ("GET", "POST"), foreign=True),
    Public("/undo/{token}", undo, ("GET", "POST"), foreign=True),
)
