"""The console and the members' pages as one application, with the headers that keep browsers from doing more."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailer.app.installation import App
from mailer.web.console import ROUTES as CONSOLE
from mailer.web.members import ROUTES as MEMBERS
from mailer.web.responder import Responder
from mailer.web.routes import AnyRoute, Deed, Page, Public, Stream

STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# What every answer has, unless the handler says otherwise.
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}
ROUTES: tuple[AnyRoute, ...] = (*CONSOLE, *MEMBERS)


def create_app(installation: Callable[[], App]) -> Starlette:
    """The application for the installation that the callable returns, which may be another one after a reload."""
    responder = Responder(installation)
    routes: list[BaseRoute] = [_starlette_route(responder, route) for route in ROUTES]
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    application = Starlette(routes=routes, middleware=[Middleware(SafeHeaders)])
    application.state.responder = responder
    return application


def _starlette_route(responder: Responder, route: AnyRoute) -> Route:
    answer: Callable[[Request], Awaitable[Response]]
    match route:
        case Page():
            answer, methods = partial(responder.page, route), ("GET",)
        case Deed():
            answer, methods = partial(responder.deed, route), ("POST",)
        case Stream():
            answer, methods = partial(responder.stream, route), ("GET",)
        case Public():
            return Route(route.path, _endpoint(partial(responder.public, route)), methods=route.methods)
    return Route(route.path, _endpoint(answer), methods=methods)


def _endpoint(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(request)

    return endpoint


class SafeHeaders:
    """Adds the headers to every answer that has not its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
