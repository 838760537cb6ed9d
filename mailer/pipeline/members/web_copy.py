"""Shows a member's copy in the browser, while they are entitled to its issue and for some weeks after it was sent."""

from dataclasses import dataclass

from mailer.domain.errors import NotFound
from mailer.domain.mailing import Mailing
from mailer.domain.newsletter import Newsletter
from mailer.domain.wish import is_readable
from mailer.formats.message.browsed import with_pictures
from mailer.formats.message.parts import html_and_text
from mailer.formats.token import Purpose
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import loaded
from mailer.pipeline.issues.copies import workbench
from mailer.pipeline.mailings.entitle import judge_people
from mailer.pipeline.members.links import UNKNOWN, MemberCopy, known_copy
from mailer.store import Connection, issues, mailings


@dataclass(frozen=True, slots=True, kw_only=True)
class WebCopy:
    """What the page before a copy in the browser shows."""

    newsletter: Newsletter
    title: str
    language: str
    contact: str


def offered_copy(context: Context, token: str) -> WebCopy:
    """The issue whose copy the link opens; nothing is written. NotFound for a link that is not valid, or not any more."""
    with context.store.reading() as connection:
        copy, mailing = _entitled(connection, context, token)
        title = _title(connection, mailing, copy)
    return WebCopy(
        newsletter=copy.newsletter,
        title=title,
        language=copy.delivery.language,
        contact=str(copy.newsletter.reply_to),
    )


def open_copy(context: Context, token: str) -> str:
    """The copy as a page of its own, with its pictures within. NotFound as above."""
    with context.store.reading() as connection:
        copy, mailing = _entitled(connection, context, token)
        bench = workbench(connection, context, mailing)
    delivery = copy.delivery
    html, _text = html_and_text(bench.make(delivery.copy, delivery.message_id, delivery=delivery.id, sign=False))
    return with_pictures(html, bench.pictures.values())


def _title(connection: Connection, mailing: Mailing, copy: MemberCopy) -> str:
    """The subject of the copy, in its language."""
    own = (copy.delivery.language, copy.delivery.copy.variant.name)
    editions = mailings.editions_of(connection, mailing.id)
    (edition,) = loaded(each for each in editions if (each.language, each.variant) == own).values()
    return edition.subject


def _entitled(connection: Connection, context: Context, token: str) -> tuple[MemberCopy, Mailing]:
    """The copy, when its reader may have its issue by the register as it is now, and it was sent not long ago."""
    copy = known_copy(connection, context, Purpose.WEB_COPY, token)
    mailing = mailings.mailing(connection, copy.delivery.mailing)
    revision = issues.revision_of(connection, mailing)
    judged = judge_people(connection, context, revision, {copy.person}).get(copy.person)
    if judged is None or not judged.entitlement.receives or not is_readable(mailing.starts_at, context.clock.now()):
        raise NotFound(UNKNOWN)
    return copy, mailing
