"""The first page: what goes out next, what waits, what went wrong."""

from mailer.domain.access import Right
from mailer.web.answers import Answer, show
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit


def overview(visit: Visit) -> Answer:
    """Show how the club stands."""
    del visit
    return show("overview/overview.html")


ROUTES: tuple[AnyRoute, ...] = (Page("/", overview, Right.SEE_ISSUES),)
