"""The kinds of addresses: pages, deeds, streams of a signed-in user, and public ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.access import Right
from mailer.web.answers import Answer
from mailer.web.visit import Visit

Handler = Callable[[Visit], Answer]
StreamHandler = Callable[[Visit, Request], Awaitable[Response]]
PublicHandler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """Answers GET, and changes nothing."""

    path: str
    handler: Handler
    right: Right


@dataclass(frozen=True, slots=True)
class Deed:
    """Answers POST from a page of ours."""

    path: str
    handler: Handler
    right: Right


@dataclass(frozen=True, slots=True)
class Stream:
    """Answers GET with server-sent events."""

    path: str
    handler: StreamHandler
    right: Right


@dataclass(frozen=True, slots=True)
class Public:
    """Answers without a session. A POST must come from a page of ours, unless `foreign` says that others may send it.

    Each network may ask only so much, unless the page counts attempts by itself and is not `limited`.
    """

    path: str
    handler: PublicHandler
    methods: tuple[str, ...] = ("GET",)
    foreign: bool = False
    limited: bool = True


AnyRoute = Page | Deed | Stream | Public
