"""The history of all that was done, with a search."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from mailer.domain.access import Right
from mailer.domain.errors import NotFound
from mailer.domain.history import HistorySearch
from mailer.pipeline.context import IssueName
from mailer.pipeline.overview.history import names_in_history, read_history
from mailer.web.answers import Answer, show
from mailer.web.numbers import whole_number
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit

_FIELDS = ("who", "what", "about", "since", "until")


def history(visit: Visit) -> Answer:
    """Show the newest entries that match what was typed; `older` leads to those before."""
    typed = {name: visit.query[name] for name in _FIELDS}
    since, until = _day(typed["since"]), _day(typed["until"])
    search = HistorySearch(
        who=typed["who"],
        verb=typed["what"],
        subject=typed["about"],
        since=since,
        before=until + timedelta(days=1) if until is not None and until.date() < date.max else None,
    )
    older = visit.query["older"]
    page = read_history(visit.context, search, whole_number(older))
    people, verbs = names_in_history(visit.context)
    wanted = {name: value for name, value in typed.items() if value}
    return show(
        "history/history.html",
        typed=typed,
        wrong={name for name in ("since", "until") if typed[name] and _day(typed[name]) is None},
        people=people,
        verbs=verbs,
        rows=[(row, _page_of(visit, row.subject)) for row in page.rows],
        first=f"/history?{urlencode(wanted)}" if older else "",
        next=f"/history?{urlencode({**wanted, 'older': page.older})}" if page.older is not None else "",
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day; None where none was typed."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def _page_of(visit: Visit, subject: str) -> str:
    """The page of the thing that an entry is about; empty where it has none."""
    try:
        name = IssueName.parse(subject)
    except NotFound:
        return ""
    return f"/issues/{name}" if name.newsletter in visit.context.newsletters else ""


ROUTES: tuple[AnyRoute, ...] = (Page("/history", history, Right.SEE_HISTORY),)
