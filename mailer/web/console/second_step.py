"""The second step of signing in: a one-time code, a printed code or a passkey."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from mailer.domain.errors import TryLater
from mailer.domain.relying_party import RelyingParty
from mailer.domain.sign_in import FEW_CODES, ConsoleSession, SignInStage
from mailer.pipeline.users.second_ways import give_passkey, passkey_to_give
from mailer.pipeline.users.sign_in import SignedIn, find_session, give_code, note
from mailer.texts import texts
from mailer.web.form import Form, query_of, small_form_of
from mailer.web.origin import passkey_party
from mailer.web.responder import responder_of
from mailer.web.routes import AnyRoute, Public
from mailer.web.session import give_cookies, token_in, visitor_of
from mailer.web.strangers import form_again, next_of

_Step = Callable[[Request, ConsoleSession], Awaitable[Response]]


def _for_the_half_signed_in(step: _Step) -> Callable[[Request], Awaitable[Response]]:
    """Only who has given a password and owes the second way takes this step; others are sent on."""

    async def handler(request: Request) -> Response:
        app = responder_of(request).installation()
        session = await run_in_threadpool(find_session, app.context, token_in(request))
        if session is None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        if session.stage(require_second=app.config.web.require_second) is not SignInStage.SECOND:
            return RedirectResponse(next_of(query_of(request)), HTTPStatus.SEE_OTHER)
        return await step(request, session)

    return handler


async def show_form(request: Request, session: ConsoleSession) -> Response:
    """Ask for the second way."""
    return _form(request, session, query_of(request))


async def post_form(request: Request, session: ConsoleSession) -> Response:
    """After a right code, or a passkey's right answer, the user is signed in, with a new session id."""
    form, language = await small_form_of(request), texts(session.user.language)
    try:
        signed_in = await run_in_threadpool(_given, request, session, form)
    except TryLater as problem:
        return _form(request, session, form, problem)
    if signed_in is None:
        by_passkey = language.text("This passkey was not accepted: try once more, or type a code.")
        by_code = language.text("This code is wrong, or was used already.")
        return _form(request, session, form, wrong=by_passkey if form["passkey"] else by_code)
    path = next_of(form)
    if signed_in.ways.sheet and signed_in.ways.codes_left <= FEW_CODES:
        notice = language.plural(
            "{number} printed code is left: print a new sheet.",
            "{number} printed codes are left: print a new sheet.",
            signed_in.ways.codes_left,
        )
        await run_in_threadpool(note, responder_of(request).context, signed_in, notice)
        path = "/account"
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    give_cookies(request, response, signed_in)
    return response


async def post_challenge(request: Request, session: ConsoleSession) -> Response:
    """What a passkey is to sign, as JSON for the page's script."""
    party = _party(request)
    if party is None:
        return JSONResponse({}, HTTPStatus.NOT_FOUND)
    options = await run_in_threadpool(passkey_to_give, responder_of(request).context, session, party)
    return Response(options, media_type="application/json")


def _given(request: Request, session: ConsoleSession, form: Form) -> SignedIn | None:
    context, visitor, party = responder_of(request).context, visitor_of(request), _party(request)
    if form["passkey"] and party is not None:
        return give_passkey(context, session, party, answer=form["passkey"], visitor=visitor)
    return give_code(context, session, form["code"], visitor)


def _form(
    request: Request, session: ConsoleSession, form: Form, problem: TryLater | None = None, wrong: str = ""
) -> Response:
    party, language = _party(request), texts(session.user.language)
    values = {"ways": session.ways, "party": party, "next": next_of(form)}
    return form_again("sign_in/second.html", language, problem, wrong, **values)


def _party(request: Request) -> RelyingParty | None:
    return passkey_party(responder_of(request).installation().config.web)


ROUTES: tuple[AnyRoute, ...] = (
    Public("/sign-in/second", _for_the_half_signed_in(show_form)),
    Public("/sign-in/second", _for_the_half_signed_in(post_form), ("POST",)),
    Public("/sign-in/passkey", _for_the_half_signed_in(post_challenge), ("POST",)),
)
