"""The console and the members' pages as one application: its routes, what bounds them, and the pages of failures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from mailer.app.installation import App
from mailer.domain.network import network_of
from mailer.domain.trouble import Trouble
from mailer.pipeline import maillog
from mailer.store import DatabaseError
from mailer.store.trouble import trouble_of
from mailer.texts import N_
from mailer.web import health
from mailer.web.allowance import Allowances
from mailer.web.bounds import OF_A_USER, OF_ANYBODY, Endpoint, bounded
from mailer.web.console import ROUTES as CONSOLE
from mailer.web.front import Front
from mailer.web.members import ROUTES as MEMBERS
from mailer.web.numbers import bound_numbers_in_paths
from mailer.web.remedies import RemedyLink
from mailer.web.responder import Responder, public_page
from mailer.web.routes import AnyRoute, Deed, Page, Public, Stream
from mailer.web.strangers import language_of

# Seconds after which a page is asked for again that the database had no answer for.
RETRY_AFTER = 10
STATIC = Path(__file__).parent / "static"
ROUTES: tuple[AnyRoute, ...] = (*CONSOLE, *MEMBERS, *health.ROUTES)
_SENTENCES = {
    HTTPStatus.BAD_REQUEST: N_("The form cannot be read: it is broken, or has too many fields."),
    HTTPStatus.NOT_FOUND: N_("There is no such page."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This page cannot be opened in this way."),
    HTTPStatus.REQUEST_TIMEOUT: N_("The form did not arrive in time; send it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("What was sent is too large; nothing of it was read."),
}
_FULL = N_(
    "The disk of the server is full, so nothing can be written, and this was not done. Tell the operator; try again later."
)
_TROUBLES = {
    Trouble.AWAY: N_("The database does not answer at the moment, so nothing was done. Try again in a minute."),
    Trouble.DISK_FULL: _FULL,
    Trouble.NEARLY_FULL: _FULL,
    Trouble.READ_ONLY: N_(
        "The database can only be read now, and this was not done. Tell the operator; try again later."
    ),
    Trouble.LOCKED: N_(
        "The database is busy, and this was not done. Try again in a minute; if it stays so, tell the operator."
    ),
    Trouble.DAMAGED: N_(
        "The database is damaged, and the service cannot read it here. Tell the operator, and change nothing until then."
    ),
}
_BROKEN = N_("Something went wrong in the service. The operator finds it in the log; try again later.")

_BACK = (RemedyLink(N_("Overview"), "/"),)


def create_app(installation: Callable[[], App]) -> ASGIApp:
    """The application for the installation that the callable returns, which may be another one after a reload."""
    bound_numbers_in_paths()
    paths = _Paths(Responder(installation))
    routes: list[BaseRoute] = [paths.route(route) for route in ROUTES]
    routes.append(Mount("/static", _Static(directory=STATIC)))
    application = Starlette(routes=routes, exception_handlers=_FAILURES)
    application.state.responder = paths.responder
    return Front(application, lambda: installation().config.web)


@dataclass(frozen=True, slots=True)
class _Paths:
    """Makes a route of the framework from one of ours: how it is answered, and how much it may be asked."""

    responder: Responder
    allowances: Allowances = field(default_factory=Allowances)

    def route(self, route: AnyRoute) -> Route:
        answer: Endpoint
        methods: tuple[str, ...] = ("GET",)
        match route:
            case Page():
                answer = partial(self.responder.page, route)
            case Stream():
                answer = partial(self.responder.stream, route)
            case Deed():
                answer, methods = partial(self.responder.deed, route), ("POST",)
            case Public():
                answer, methods = partial(self._public, route), route.methods
        octets = OF_A_USER if isinstance(route, Deed) else OF_ANYBODY
        return Route(route.path, _endpoint(bounded(answer, octets)), methods=methods)

    async def _public(self, route: Public, request: Request) -> Response:
        if not route.limited:
            return await self.responder.public(route, request)
        network = network_of(request.client.host if request.client else "")
        clock = self.responder.context.clock
        wait = self.allowances.wait(network, clock.now())
        if wait:
            return PlainTextResponse("Too many requests; try again later.\n", 429, headers={"Retry-After": str(wait)})
        response = await self.responder.public(route, request)
        self.allowances.charge(network, clock.now(), refused=response.status_code >= HTTPStatus.BAD_REQUEST)
        return response


def _endpoint(answer: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """A coroutine function, which the framework asks for; a `partial` is none to it."""

    async def endpoint(request: Request) -> Response:
        if "\0" in request.scope["path"]:  # no database finds anything by this
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return await answer(request)

    return endpoint


class _Static(StaticFiles):
    """Our own files, which a browser keeps and asks about again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.setdefault("cache-control", "no-cache")
        return response


async def _refused(request: Request, error: Exception) -> Response:
    """The page for an address or a form that the application does not take."""
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(HTTPStatus(error.status_code), N_("This was not done."))
    return _page(request, sentence, error.status_code, error.headers)


async def _broken(request: Request, _error: Exception) -> Response:
    """The page for a fault of ours; the server writes it into the log."""
    return _page(request, _BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR, None)


async def _troubled(request: Request, error: Exception) -> Response:
    """The page while the database or the disk is in trouble; other errors of them are faults of ours."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    maillog.failed("showing a page", error)
    return _page(request, _TROUBLES[trouble], HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": str(RETRY_AFTER)})


_FAILURES = {HTTPException: _refused, DatabaseError: _troubled, OSError: _troubled, Exception: _broken}


def _page(request: Request, sentence: str, status: int, headers: object) -> Response:
    language = language_of(request, getattr(request.state, "language", ""))
    heading = N_("This page cannot be shown") if request.method in {"GET", "HEAD"} else N_("This was not done")
    values = {"heading": language.gettext(heading), "sentence": language.gettext(sentence), "links": _BACK}
    response = public_page("problem.html", language, status, **values)
    if isinstance(headers, dict):
        response.headers.update(headers)
    return response
