"""The page behind a copy's links: one choice, none of them made beforehand; and one click (RFC 8058)."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.formats.links import SAMPLE
from mailer.formats.token import Purpose
from mailer.pipeline import members
from mailer.pipeline.members import Choice, CopyPage, Details
from mailer.texts import N_
from mailer.web.form import Form
from mailer.web.members.pages import (
    context_of,
    in_thread,
    member_page,
    posted,
    token_of,
    unknown_page,
)
from mailer.web.routes import AnyRoute, Public
from mailer.web.strangers import language_of

_CHOOSE = N_("Please choose what you want.")


async def one_click(request: Request) -> Response:
    """Pause by one click, or do what was chosen on the page. A mail program's request is always answered with 200."""
    if request.method != "POST":
        return await _page(request, Purpose.ONE_CLICK)
    form = await posted(request)
    if form["List-Unsubscribe"] != "One-Click":
        return await _choose(request, Purpose.ONE_CLICK, form)
    await in_thread(members.one_click, context_of(request), token_of(request))
    return member_page(request, "one_click.html", language_of(request))


async def preferences(request: Request) -> Response:
    """Show the choices, and do what was chosen."""
    if token_of(request) == SAMPLE:
        return member_page(request, "sample.html", language_of(request))
    if request.method != "POST":
        return await _page(request, Purpose.PREFERENCES)
    return await _choose(request, Purpose.PREFERENCES, await posted(request))


async def _page(request: Request, purpose: Purpose) -> Response:
    try:
        page = await in_thread(members.page_of_copy, context_of(request), purpose, token_of(request))
    except NotFound:
        return unknown_page(request)
    return _form(request, purpose, page, Form(), "", 200)


async def _choose(request: Request, purpose: Purpose, form: Form) -> Response:
    # Mail programs that know one click repeat what they did not see answered with 200.
    always = 200 if purpose is Purpose.ONE_CLICK else 0
    context, token = context_of(request), token_of(request)
    try:
        page = await in_thread(members.page_of_copy, context, purpose, token)
        choice = _choice(form, purpose)
        if choice is None:
            return _form(request, purpose, page, form, _CHOOSE, always or 422)
        details = _details(form)
        await in_thread(members.choose, context, purpose, token, choice, details)
    except NotFound:
        return unknown_page(request, always or 404)
    except (BadInput, Refused) as error:
        return _form(request, purpose, page, form, str(error), always or (422 if isinstance(error, BadInput) else 409))
    language = language_of(request, page.language)
    return member_page(request, "chosen.html", language, about=page, choice=choice, until=details.until)


def _form(request: Request, purpose: Purpose, page: CopyPage, form: Form, error: str, status: int) -> Response:
    language = language_of(request, page.language)
    return member_page(
        request,
        "preferences.html",
        language,
        status,
        about=page,
        form=form,
        error=language.sentence(language.gettext(error)) if error else "",
        with_address=purpose is Purpose.PREFERENCES,
    )


def _choice(form: Form, purpose: Purpose) -> Choice | None:
    """The one choice that was made; None for none, for several, or for one that the page does not have."""
    chosen = form.all("choice")
    if len(chosen) != 1 or chosen[0] not in set(Choice):
        return None
    choice = Choice(chosen[0])
    return None if choice is Choice.ADDRESS and purpose is not Purpose.PREFERENCES else choice


def _details(form: Form) -> Details:
    try:
        until = date.fromisoformat(form["until"])
    except ValueError:
        until = None
    languages = tuple(form["languages"].split("+")) if form["languages"] else ()
    return Details(until=until, languages=languages, address=form["address"])


ROUTES: tuple[AnyRoute, ...] = (
    # A large provider sends the clicks of many readers from one network; a repeated or forged one costs next to nothing.
    Public("/u/{token}", one_click, ("GET", "POST"), foreign=True, limited=False),
    Public("/m/{token}", preferences, ("GET", "POST"), foreign=True),
)
