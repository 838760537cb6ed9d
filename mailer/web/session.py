"""The cookies of a signed-in user: the session's random id, of which the database has only the SHA-256, and a mark."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.sign_in import Visitor
from mailer.pipeline.users.sign_in import SignedIn, token_of
from mailer.web.numbers import whole_number

_MARK = "browser-"  # and the user's id: users may share a browser
_MARK_LASTS = timedelta(days=365)


def cookie_name(request: Request, name: str = "session") -> str:
    """The name of a cookie: browsers take a `__Host-` one over https alone, for this host alone."""
    return f"__Host-{name}" if _is_secure(request) else name


def token_in(request: Request) -> str:
    """The SHA-256 of the session's id in the cookie; empty without a cookie."""
    identity = request.cookies.get(cookie_name(request), "")
    return token_of(identity) if identity else ""


def visitor_of(request: Request) -> Visitor:
    """Where an attempt to sign in comes from."""
    prefix = cookie_name(request, _MARK)
    ids = (
        (whole_number(name.removeprefix(prefix)), value)
        for name, value in request.cookies.items()
        if name.startswith(prefix)
    )
    marks = {identity: value for identity, value in ids if identity is not None}
    return Visitor(network=request.client.host if request.client is not None else "", marks=marks)


def give_cookies(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Give the browser the session's id, and its mark once the user is wholly signed in."""
    _set(request, response, cookie_name(request), signed_in.identity)
    if signed_in.mark:
        name = cookie_name(request, f"{_MARK}{signed_in.user.id}")
        _set(request, response, name, signed_in.mark, _MARK_LASTS)


def forget_session(request: Request, response: Response) -> None:
    """Take the session's id away; the mark stays."""
    response.delete_cookie(cookie_name(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax")


def _set(request: Request, response: Response, name: str, value: str, lasts: timedelta | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()) if lasts is not None else None,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
