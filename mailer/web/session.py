"""The session of a signed-in user: a random id in a cookie, of which the database has only the SHA-256."""

import hashlib
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.user import User
from mailer.pipeline.context import Context
from mailer.store import sessions, users

# A working day without a click, and a week altogether (OWASP Session Management Cheat Sheet).
IDLE = timedelta(hours=10)
ABSOLUTE = timedelta(days=7)


def cookie_name(request: Request) -> str:
    """The name of the cookie: browsers take a `__Host-` one over https alone, for this host alone."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def token_of(request: Request) -> str:
    """The SHA-256 of the id in the cookie; empty without a cookie."""
    identity = request.cookies.get(cookie_name(request), "")
    return _digest(identity) if identity else ""


def user_of(context: Context, token: str) -> User | None:
    """The user who is signed in with this session; None: no one."""
    if not token:
        return None
    now = context.clock.now()
    with context.store.reading() as connection:
        identity = sessions.user_of(connection, token, begun_after=now - ABSOLUTE, seen_after=now - IDLE)
        user = users.by_id(connection, identity) if identity is not None else None
    return user if user is not None and user.disabled_at is None else None


def begin(context: Context, user: User, old_token: str) -> str:
    """A new session, whose id is returned for the cookie; the browser's old one ends."""
    identity = secrets.token_urlsafe(32)
    with context.store.transaction() as connection:
        sessions.end(connection, old_token)
        sessions.begin(connection, token=_digest(identity), user=user.id, now=context.clock.now())
    return identity


def end(context: Context, token: str) -> None:
    """End the session."""
    with context.store.transaction() as connection:
        sessions.end(connection, token)


def set_cookie(request: Request, response: Response, identity: str) -> None:
    """Give the browser the session's id; an empty one deletes the cookie."""
    secure = request.url.scheme == "https"
    name = cookie_name(request)
    if identity:
        response.set_cookie(name, identity, path="/", secure=secure, httponly=True, samesite="lax")
    else:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
