"""What the pages for those who are not signed in share: their language, where they want to go, why they must wait."""

from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.errors import TryLater
from mailer.pipeline.users.attempts import SlowedDown
from mailer.texts import LANGUAGES, Texts, texts
from mailer.web.form import Form
from mailer.web.origin import own_path
from mailer.web.responder import FORM_HEADERS, public_page


def language_of(request: Request, own: str = "") -> Texts:
    """The language that was chosen on the page; else the page's own, else the browser's, as far as we speak it."""
    chosen, preferred = request.query_params.get("language"), request.headers.get("accept-language", "")[:2].lower()
    return texts(next((each for each in (chosen, own, preferred) if each in LANGUAGES), "en"))


def next_of(form: Form) -> str:
    """The page of ours that was asked for before."""
    return own_path(form["next"])


def with_next(path: str, wanted: str) -> str:
    """The address of a page that leads to the wanted one afterwards."""
    return path if wanted == "/" else f"{path}?next={quote(wanted, safe='')}"


def form_again(page: str, language: Texts, problem: TryLater | None, wrong: str, **values: object) -> Response:
    """The form with what was wrong, which may be empty, or with how long to wait."""
    status = HTTPStatus.FORBIDDEN if wrong else HTTPStatus.OK
    headers = dict(FORM_HEADERS)
    if isinstance(problem, SlowedDown):
        seconds = int(problem.wait.total_seconds()) + 1
        status = HTTPStatus.TOO_MANY_REQUESTS
        headers["retry-after"] = str(seconds)
        wrong = language.plural(
            "Too many attempts have failed. Wait {number} minute, then try again.",
            "Too many attempts have failed. Wait {number} minutes, then try again.",
            -(-seconds // 60),
        )
    elif problem is not None:
        status, wrong = HTTPStatus.SERVICE_UNAVAILABLE, language.sentence(str(problem))
    response = public_page(page, language, status, wrong=wrong, **values)
    response.headers.update(headers)
    return response
