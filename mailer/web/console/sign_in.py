"""Signing in by name and password, and out."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailer.domain.errors import TryLater
from mailer.pipeline.context import Context
from mailer.pipeline.users import sign_in
from mailer.pipeline.users.sign_in import SignedIn
from mailer.web.browser_name import browser_name
from mailer.web.form import Form, query_of, small_form_of
from mailer.web.responder import responder_of
from mailer.web.routes import AnyRoute, Public
from mailer.web.session import forget_session, give_cookies, token_in, visitor_of
from mailer.web.strangers import form_again, language_of, next_of, with_next

_LONGEST_PASSWORD = 1_000  # characters; what is longer is no password of ours, and costs no hash


async def show_form(request: Request) -> Response:
    """Show the form."""
    return _form(request, query_of(request))


async def post_form(request: Request) -> Response:
    """After a right name and password, begin a session; the second way is asked for next where there is one."""
    form = await small_form_of(request)
    try:
        signed_in = await run_in_threadpool(_signed_in, request, responder_of(request).context, form)
    except TryLater as problem:
        return _form(request, form, problem)
    if signed_in is None:
        return _form(request, form, wrong=language_of(request).text("Name and password do not fit."))
    path = with_next("/sign-in/second", next_of(form)) if signed_in.ways.are_asked else next_of(form)
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    give_cookies(request, response, signed_in)
    return response


def _signed_in(request: Request, context: Context, form: Form) -> SignedIn | None:
    password = form.exact("password")  # spaces at its ends belong to it
    if len(password) > _LONGEST_PASSWORD:
        return None
    return sign_in.sign_in(
        context,
        form["name"],
        password,
        visitor_of(request),
        old_token=token_in(request),
        browser=browser_name(request.headers.get("user-agent", "")),
    )


def _form(request: Request, form: Form, problem: TryLater | None = None, wrong: str = "") -> Response:
    values = {"name": form["name"], "next": next_of(form)}
    return form_again("sign_in/sign_in.html", language_of(request), problem, wrong, **values)


async def sign_out(request: Request) -> Response:
    """End the session."""
    await run_in_threadpool(sign_in.sign_out, responder_of(request).context, token_in(request))
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    forget_session(request, response)
    return response


ROUTES: tuple[AnyRoute, ...] = (
    Public("/sign-in", show_form, limited=False),
    Public("/sign-in", post_form, ("POST",), limited=False),
    Public("/sign-out", sign_out, ("POST",)),
)
