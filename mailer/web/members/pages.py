"""What the members' pages share: their language, and the one page for every link that is not valid.

No page needs a cookie: the token in its address is all the right that a visitor has. So a form may come from anywhere,
and a browser that is asked to say nothing of where it came from can still send one.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mailer.pipeline.context import Context
from mailer.texts import Texts
from mailer.web.form import Form, form_of
from mailer.web.responder import public_page, responder_of
from mailer.web.strangers import language_of

T = TypeVar("T")


def context_of(request: Request) -> Context:
    """The installation's context."""
    return responder_of(request).context


def token_of(request: Request) -> str:
    """The token in the address."""
    return str(request.path_params["token"])


async def in_thread(verb: Callable[..., T], *arguments: object) -> T:
    """Call a verb, which works with the database, in a thread."""
    return await run_in_threadpool(verb, *arguments)


async def posted(request: Request) -> Form:
    """What was posted; nothing when it is no form at all."""
    try:
        return await form_of(request)
    except HTTPException as error:
        if error.status_code != HTTPStatus.BAD_REQUEST:
            raise
        return Form()


def member_page(request: Request, page: str, language: Texts, status: int = 200, **values: object) -> Response:
    """A page that no search engine keeps, with links to itself in the other languages."""
    path = request.scope["path"]
    response = public_page(f"members/{page}", language, status, path=path, **values)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def unknown_page(request: Request, status: int = 404) -> Response:
    """The answer to every link that is not valid, or not any more: it says how to reach the secretary, and no more."""
    newsletters = context_of(request).newsletters.values()
    contacts = list(dict.fromkeys(str(newsletter.reply_to) for newsletter in newsletters))
    return member_page(request, "unknown.html", language_of(request), status, contacts=contacts)
