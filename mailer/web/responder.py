"""Answers requests: asks who it is and whether they may, runs the handler in a thread, and makes the response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from mailer.app.installation import App
from mailer.domain.access import Right
from mailer.domain.errors import BadInput, CannotRender, MailerError, NotFound, Refused, TryLater
from mailer.domain.sign_in import SignInStage, may_now
from mailer.pipeline.context import Context
from mailer.pipeline.users.sign_in import find_session, write_if_possible
from mailer.store import sessions
from mailer.texts import N_, Texts, texts
from mailer.web import origin
from mailer.web.answers import Answer, Download, Go, Show
from mailer.web.form import Form, form_of, query_of
from mailer.web.remedies import links_of
from mailer.web.render import render, render_pieces
from mailer.web.routes import Deed, Page, Public, Stream
from mailer.web.session import token_in
from mailer.web.visit import Visit

# The first kind that fits says the status.
_STATUS: tuple[tuple[type[MailerError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Refused, HTTPStatus.CONFLICT),
    (CannotRender, HTTPStatus.CONFLICT),
    (TryLater, HTTPStatus.SERVICE_UNAVAILABLE),
    (MailerError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


# Of pages with forms: without a referrer, a browser would hide the origin of a form from us as well (Fetch §3.2).
FORM_HEADERS = {"referrer-policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers the requests to one installation, which is opened anew when its schedules change."""

    installation: Callable[[], App]

    @property
    def context(self) -> Context:
        """The context of the installation as it is now."""
        return self.installation().context

    async def page(self, route: Page, request: Request) -> Response:
        """Answer a GET."""
        visit = await self._visit(request, route.right, Form())
        return visit if isinstance(visit, Response) else await self._answer(route.handler, visit)

    async def deed(self, route: Deed, request: Request) -> Response:
        """Answer a POST from a page of ours."""
        if not self.is_ours(request):
            return self.foreign()
        return await self._deed(route, request)

    async def _deed(self, route: Deed, request: Request) -> Response:
        visit = await self._visit(request, route.right, Form())
        if isinstance(visit, Response):
            return visit
        return await self._answer(route.handler, replace(visit, form=await form_of(request), is_answer_to_form=True))

    async def stream(self, route: Stream, request: Request) -> Response:
        """Answer with events, until the handler or the reader ends."""
        visit = await self._visit(request, route.right, Form())
        if isinstance(visit, Response):
            return visit
        try:
            return await route.handler(visit, request)
        except MailerError as error:
            return await run_in_threadpool(self._shown, visit, problem(error, visit))

    async def public(self, route: Public, request: Request) -> Response:
        """Answer anybody."""
        if request.method == "POST" and not route.foreign and not self.is_ours(request):
            return self.foreign()
        return await route.handler(request)

    def is_ours(self, request: Request) -> bool:
        """Whether the request comes from a page of ours."""
        return origin.is_ours(request.headers, origin.own_origins(self.installation().config.web))

    @staticmethod
    def foreign() -> Response:
        """The answer to a form that another site has sent."""
        return PlainTextResponse("This form was not sent from a page of the console; nothing was done.\n", 403)

    async def _visit(self, request: Request, right: Right, form: Form) -> Visit | Response:
        """The visit; a response instead where no user is wholly signed in, or the user may not."""
        app = self.installation()
        session = await run_in_threadpool(find_session, app.context, token_in(request))
        if session is None:
            return elsewhere("/sign-in", request)
        require_second, user = app.config.web.require_second, session.user
        request.state.language = user.language  # in which a failure of this request is told
        if not may_now(session, right, require_second=require_second):
            is_second = session.stage(require_second=require_second) is SignInStage.SECOND
            return elsewhere("/sign-in/second", request) if is_second else RedirectResponse("/account", 303)
        visit = Visit(
            app=app,
            context=replace(app.context, who=user.name),
            user=user,
            texts=texts(user.language),
            session=session,
            path=request.scope["path"],
            params=request.path_params,
            query=query_of(request),
            form=form,
        )
        if user.may(right):
            return visit
        return await run_in_threadpool(self._shown, visit, problem(Refused(N_("You may not do this.")), visit, 403))

    async def _answer(self, handler: Callable[[Visit], Answer], visit: Visit) -> Response:
        return await run_in_threadpool(self._respond, handler, visit)

    def _respond(self, handler: Callable[[Visit], Answer], visit: Visit) -> Response:
        try:
            answer = handler(visit)
        except MailerError as error:
            answer = problem(error, visit)
        if isinstance(answer, Show):
            return self._shown(visit, answer)
        if isinstance(answer, Go):
            if answer.notice:
                with visit.context.store.transaction() as connection:
                    sessions.set_notice(connection, visit.session.token, answer.notice)
            return RedirectResponse(answer.path, 303)
        return _download(answer)

    @staticmethod
    def _shown(visit: Visit, answer: Show) -> Response:
        notice = visit.session.notice
        if notice:  # it is shown once
            token = visit.session.token
            write_if_possible(visit.context, lambda connection: sessions.set_notice(connection, token, ""))
        values = {"visit": visit, "user": visit.user, "outcome": notice, **answer.values}
        if answer.streamed:
            pieces = render_pieces(answer.page, visit.texts, **values)
            return StreamingResponse(pieces, answer.status, media_type="text/html; charset=utf-8")
        return HTMLResponse(render(answer.page, visit.texts, **values), answer.status, FORM_HEADERS)


def responder_of(request: Request) -> Responder:
    """The responder of the application."""
    responder: Responder = request.app.state.responder
    return responder


def problem(error: MailerError, visit: Visit, status: int | None = None) -> Show:
    """The page that says what failed, and what to do."""
    values: Mapping[str, object] = {"sentence": visit.sentence(error), "links": links_of(error.remedies)}
    kind = next(status for kind, status in _STATUS if isinstance(error, kind))
    return Show(page="problem.html", values=values, status=status or kind)


def elsewhere(path: str, request: Request) -> Response:
    """Go there first; a page that was asked for is shown afterwards."""
    wanted = request.scope["path"] + (
        f"?{request.scope['query_string'].decode('latin-1')}" if request.url.query else ""
    )
    behind = f"?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else ""
    return RedirectResponse(path + behind, 303)


def public_page(page: str, language: Texts, status: int = 200, **values: object) -> Response:
    """A page without a session."""
    return HTMLResponse(render(page, language, visit=None, user=None, outcome="", **values), status)


def _download(answer: Download) -> Response:
    where = "inline" if answer.inline else "attachment"
    disposition = f"{where}; filename*=UTF-8''{quote(answer.name, safe='')}"  # RFC 6266 §4.3
    headers = {"Content-Disposition": disposition}
    if isinstance(answer.content, bytes):
        return Response(answer.content, media_type=answer.media_type, headers=headers)
    return StreamingResponse(answer.content, media_type=answer.media_type, headers=headers)
