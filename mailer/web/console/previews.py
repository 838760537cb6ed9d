"""Shows a copy in a frame of its own: at a signed address, without a session, where nothing of it can run or call home."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mailer.domain.access import Right
from mailer.domain.edition import variant_named
from mailer.domain.errors import MailerError, NotFound
from mailer.formats.link import read_link, sign_link
from mailer.formats.message.browsed import Scheme, browsed_html, unwrapped
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.desk import FolderCopy
from mailer.pipeline.mailings.preview import CopyPreview, Reader, preview_copy, refuse_reader
from mailer.web.answers import Answer, go
from mailer.web.console.variants import reader_of
from mailer.web.responder import responder_of
from mailer.web.routes import AnyRoute, Page, Public
from mailer.web.visit import Visit

PURPOSE = "preview"
# As long as a page with previews is looked at; its frames ask for new addresses when it is loaded again.
VALID = timedelta(minutes=10)
PARTS = ("html", "text")
_HEADERS = {
    # Nothing runs, nothing is fetched, no form is sent: the page is of no origin.
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    "X-Robots-Tag": "noindex",
}
EXPIRED = "This address has expired, or is none of ours. Open the page of the issue again."


def preview(visit: Visit) -> Answer:
    """Go to the signed address of one part of a copy, if there is such a copy."""
    reader = reader_of(visit, visit.query)
    choices = part_choices(visit)
    language = refuse_reader(visit.context, visit.issue, reader, visit.query["language"])
    values = {
        "issue": str(visit.issue),
        "person": reader.person,
        "variant": reader.variant.name if reader.variant is not None else "",
        "masked": "yes" if reader.masked else "",
        **choices,
        "language": language,
    }
    return go(f"/preview/{sign_link(visit.context.keys, PURPOSE, values, visit.context.clock.now() + VALID)}")


def part_choices(visit: Visit) -> dict[str, str]:
    """Which part of a copy is asked for, and in which colours. NotFound for a part that copies do not have."""
    part = visit.query["part"] or "html"
    if part not in PARTS:
        raise NotFound(f"a copy has no part {part!r}, only: {', '.join(PARTS)}")
    return {"part": part, "scheme": scheme_of(visit).value}


def scheme_of(visit: Visit) -> Scheme:
    """The colours that are asked for."""
    return Scheme.DARK if visit.query["scheme"] == Scheme.DARK else Scheme.LIGHT


def preview_address(visit: Visit, reader: Reader, **choices: str) -> str:
    """The address that leads to a part of a copy."""
    who = {"person": reader.person} if reader.person else {"variant": reader.variant.name} if reader.variant else {}
    return f"/issues/{visit.issue}/preview?{urlencode({**who, **choices})}"


async def signed_preview(request: Request) -> Response:
    """Show the part of a copy that a signed address names."""
    return await run_in_threadpool(_shown, responder_of(request).context, str(request.path_params["link"]))


def _shown(context: Context, link: str) -> Response:
    values = read_link(context.keys, PURPOSE, link, context.clock.now())
    if values is None:
        return plain(EXPIRED, 404)
    variant = variant_named(values["variant"]) if values["variant"] else None
    reader = Reader(person=values["person"], variant=variant, masked=bool(values["masked"]))
    try:
        copy = preview_copy(context, IssueName.parse(values["issue"]), reader, values["language"])
    except MailerError as error:
        return plain(str(error), 409)
    return shown_part(copy, values)


def shown_part(copy: CopyPreview | FolderCopy, values: Mapping[str, str]) -> Response:
    """The part of the copy that a signed address chooses, in the colours that it chooses."""
    if values["part"] == "text":
        return plain("\n".join(unwrapped(copy.text)), 200)
    html = browsed_html(copy.html, copy.pictures, Scheme(values["scheme"]))
    return Response(html, media_type="text/html", headers=_HEADERS)


def plain(text: str, status: int) -> Response:
    """A sentence, or the text of a copy, in a frame."""
    return Response(text, status, media_type="text/plain", headers=_HEADERS)


ROUTES: tuple[AnyRoute, ...] = (
    Page("/issues/{newsletter}/{serial:int}/preview", preview, Right.SEE_ISSUES),
    Public("/preview/{link}", signed_preview, ("GET", "HEAD")),
)
