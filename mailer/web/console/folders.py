"""A folder of a source, pulled or not: what is wrong with it, and how a copy of it would look."""

from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mailer.app.installation import App, editable_source
from mailer.domain.access import Right
from mailer.domain.errors import MailerError
from mailer.formats.link import read_link, sign_link
from mailer.pipeline.issues.source_look import check_waiting, preview_waiting
from mailer.web.answers import Answer, go, show
from mailer.web.console.issues import pull_refusal
from mailer.web.console.previews import EXPIRED, PARTS, VALID, part_choices, plain, scheme_of, shown_part
from mailer.web.console.reviews import reviewed
from mailer.web.remedies import link_of
from mailer.web.responder import Responder
from mailer.web.routes import AnyRoute, Page, Public
from mailer.web.visit import Visit

PURPOSE = "folder"


def folder_page(visit: Visit) -> Answer:
    """Show everything that a check finds in a folder of a source, and how a copy of it would look."""
    newsletter, folder = visit.context.newsletter(str(visit.params["newsletter"])), str(visit.params["folder"])
    waiting = check_waiting(visit.context, newsletter, editable_source(visit.app, newsletter), folder)
    path, scheme = f"/issues/folders/{newsletter.id}/{quote(folder, safe='')}", scheme_of(visit).value
    return show(
        "issues/folder.html",
        waiting=waiting,
        newsletter=newsletter,
        refusal=pull_refusal(visit),
        problems=reviewed(visit.texts, waiting.problems),
        notes=reviewed(visit.texts, waiting.notes),
        links=[link for remedy in waiting.remedies if (link := link_of(remedy))],
        path=path,
        scheme=scheme,
        width="phone" if visit.query["width"] == "phone" else "desktop",
        frames=[
            (language, *(f"{path}/preview?{urlencode({**choices, 'part': part})}" for part in PARTS))
            for language in waiting.languages
            for choices in ({"language": language, "scheme": scheme},)
        ],
    )


def preview(visit: Visit) -> Answer:
    """Go to the signed address of one part of a copy of the folder."""
    values = {
        # In figures: the letters of other scripts would make the address longer than it may be.
        "folder": str(visit.params["folder"]).encode().hex(),
        "newsletter": visit.context.newsletter(str(visit.params["newsletter"])).id,
        "language": visit.query["language"],
        **part_choices(visit),
    }
    return go(f"/preview/folders/{sign_link(visit.context.keys, PURPOSE, values, visit.context.clock.now() + VALID)}")


async def signed_preview(request: Request) -> Response:
    """Show the part of a folder's copy that a signed address names."""
    responder: Responder = request.app.state.responder
    return await run_in_threadpool(_shown, responder.installation(), str(request.path_params["link"]))


def _shown(app: App, link: str) -> Response:
    context = app.context
    values = read_link(context.keys, PURPOSE, link, context.clock.now())
    if values is None:
        return plain(EXPIRED, 404)
    folder = bytes.fromhex(values["folder"]).decode()
    try:
        newsletter = context.newsletter(values["newsletter"])
        copy = preview_waiting(context, newsletter, editable_source(app, newsletter), folder, values["language"])
    except MailerError as error:
        return plain(str(error), 409)
    return shown_part(copy, values)


ROUTES: tuple[AnyRoute, ...] = (
    Page("/issues/folders/{newsletter}/{folder}", folder_page, Right.SEE_ISSUES),
    Page("/issues/folders/{newsletter}/{folder}/preview", preview, Right.SEE_ISSUES),
    Public("/preview/folders/{link}", signed_preview, ("GET", "HEAD")),
)
