"""Signing in and out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailer.pipeline.users import check_password
from mailer.web import session
from mailer.web.form import form_of
from mailer.web.responder import Responder, public_page
from mailer.web.routes import AnyRoute, Public
from mailer.web.texts import texts


async def sign_in(request: Request) -> Response:
    """Show the form; after a right name and password, begin a session."""
    responder: Responder = request.app.state.responder
    language = texts("ru" if request.headers.get("accept-language", "").lower().startswith("ru") else "en")
    if request.method != "POST":
        return public_page("sign_in/sign_in.html", language, name="", failed=False)
    form = await form_of(request)
    user = await run_in_threadpool(check_password, responder.context, form["name"], form.all("password")[-1])
    if user is None:
        return public_page("sign_in/sign_in.html", language, 403, name=form["name"], failed=True)
    identity = await run_in_threadpool(session.begin, responder.context, user, session.token_of(request))
    response = RedirectResponse("/", 303)
    session.set_cookie(request, response, identity)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    responder: Responder = request.app.state.responder
    await run_in_threadpool(session.end, responder.context, session.token_of(request))
    response = RedirectResponse("/sign-in", 303)
    session.set_cookie(request, response, "")
    return response


ROUTES: tuple[AnyRoute, ...] = (
    Public("/sign-in", sign_in, ("GET", "POST")),
    Public("/sign-out", sign_out, ("POST",)),
)
