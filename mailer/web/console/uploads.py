"""Uploading an issue into its newsletter's source."""

from urllib.parse import quote

from mailer.app.installation import editable_source
from mailer.domain.access import Right
from mailer.domain.errors import BadInput, MailerError, NotFound, Refused
from mailer.domain.ports import RawFile
from mailer.domain.upload import PlacedIssue
from mailer.pipeline.issues.upload import upload_issue
from mailer.web.answers import Answer, Show, go, show
from mailer.web.console.reviews import reviewed
from mailer.web.remedies import links_of
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def upload_form(visit: Visit) -> Answer:
    """Ask for an archive, or a text with its pictures."""
    return _form(visit, None)


def upload(visit: Visit) -> Answer:
    """Put the issue into its source; when that is refused, ask again and say everything that was wrong."""
    files = [RawFile(name=file.name, content=file.content) for file in visit.form.files("files")]
    try:
        placed = upload_issue(
            visit.context,
            files,
            lambda newsletter: editable_source(visit.app, newsletter),
            newsletter=visit.form["newsletter"],
        )
    except (BadInput, Refused, NotFound) as error:
        return _form(visit, error)
    return go(f"/issues/folders/{placed.newsletter}/{quote(placed.folder, safe='')}", _notice(visit, placed))


def _form(visit: Visit, error: MailerError | None) -> Show:
    remote = [newsletter.name for newsletter in visit.context.newsletters.values() if _is_remote(visit, newsletter.id)]
    return show(
        "issues/upload.html",
        status=200 if error is None else 409 if isinstance(error, Refused) else 422,
        newsletters=[(newsletter.id, newsletter.name) for newsletter in visit.context.newsletters.values()],
        newsletter=visit.form["newsletter"],
        lines=reviewed(visit.texts, str(error).splitlines()) if error is not None else [],
        links=links_of(error.remedies) if error is not None else [],
        remote=remote,
    )


def _is_remote(visit: Visit, newsletter: str) -> bool:
    try:
        editable_source(visit.app, visit.context.newsletter(newsletter))
    except Refused:
        return True
    return False


def _notice(visit: Visit, placed: PlacedIssue) -> str:
    """What the upload did, and what it replaced."""
    lines = []
    if placed.unchanged:
        lines.append(visit.text("The source has exactly this already; nothing was written."))
    else:
        lines.append(visit.text("The folder {folder} lies in the source now.", folder=placed.folder))
    if placed.replaced is not None:
        for words, names in (
            (visit.text("Changed"), placed.replaced.changed),
            (visit.text("Added"), placed.replaced.added),
            (visit.text("Removed"), placed.replaced.removed),
        ):
            if names:
                lines.append(f"{words}: {', '.join(names)}.")
        where = placed.replaced.moved_to
        lines.append(visit.text("What it replaced is not lost: it lies in the source as {where}.", where=where))
    if placed.left_out:
        lines.append(
            visit.text("Left out, since they are no texts or pictures: {names}.", names=", ".join(placed.left_out))
        )
    return "\n".join(lines)


ROUTES: tuple[AnyRoute, ...] = (
    Page("/issues/upload", upload_form, Right.UPLOAD),
    Deed("/issues/upload", upload, Right.UPLOAD),
)
