"""Mailings as the pages about sending need them, and what stands on a page."""

import re
from dataclasses import replace
from html import unescape

from mailer.app.installation import App
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE, LETTER, Club

BASE = f"/issues/{LETTER}/41"


def approved(app: App) -> None:
    """The issue is planned and approved."""
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)


def begun(app: App) -> None:
    """The same, and sending; its copies leave at the next turn."""
    approved(app)
    send_mailing(app.context, ISSUE)


def with_countdown(app: App, minutes: float = 10) -> App:
    """The installation with an undo time."""
    Club(app.config.folder).reschedule({"send": {"undo_minutes": minutes}})
    newsletter = app.context.newsletters[LETTER]
    newsletter = replace(newsletter, schedule=replace(newsletter.schedule, undo_minutes=minutes))
    return replace(app, context=replace(app.context, newsletters={LETTER: newsletter}))


def words_of(page: str) -> str:
    """The page as a reader sees it."""
    main = page.partition("<main")[2]
    text = re.sub(r"<(script|style).*?</\1>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
