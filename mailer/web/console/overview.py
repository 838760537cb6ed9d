"""The first page: what goes out next, what waits for whom, what went wrong, and how the last issues went."""

from collections.abc import Mapping

from mailer.app.scheduler import daemon_runs
from mailer.domain.access import Right
from mailer.domain.issue_figures import IssueFigures
from mailer.domain.month import Stage, WaitsFor
from mailer.domain.to_do import TROUBLES, count_kinds
from mailer.pipeline.overview.overview import overview
from mailer.texts import N_
from mailer.web.answers import Answer, show
from mailer.web.console.mailing_pages import STANDSTILLS
from mailer.web.console.to_do import HEADINGS, every_item, visible_items
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit

STAGES: Mapping[Stage, str] = {
    Stage.PULLED: N_("Pulled"),
    Stage.PLANNED: N_("Planned"),
    Stage.TESTED: N_("Tested"),
    Stage.APPROVED: N_("Approved"),
    Stage.SENT: N_("Sent"),
    Stage.CLOSED: N_("Closed"),
}
WAITS: Mapping[WaitsFor, str] = {
    WaitsFor.EDITORS: N_("the editors"),
    WaitsFor.SECRETARY: N_("the secretary"),
    WaitsFor.SERVICE: N_("the service"),
    WaitsFor.OPERATOR: N_("the operator"),
}
# The bars of the chart, and the columns of its table.
SERIES = (
    N_("copies accepted"),
    N_("came back or refused"),
    N_("other copies"),
    N_("people excluded"),
)


def front_page(visit: Visit) -> Answer:
    """Show how the club stands."""
    every = every_item(visit)
    items = visible_items(visit, every)
    club = overview(visit.context)
    return show(
        "overview/overview.html",
        club=club,
        troubles=count_kinds(item for item in items if item.kind in TROUBLES),
        waiting=count_kinds(item for item in items if item.kind not in TROUBLES),
        of_people=len(every) - len(items),
        headings=HEADINGS,
        stages=STAGES,
        waits=WAITS,
        series=[visit.text(words) for words in SERIES],
        bars=[_bar(visit, figures) for figures in club.last],
        daemon=daemon_runs(visit.app),
        standstills=STANDSTILLS,
    )


def _bar(visit: Visit, figures: IssueFigures) -> tuple[str, str, list[int]]:
    """A row of the chart; it leads to the distribution report, for those who may see it."""
    numbers = [figures.accepted, figures.bounced + figures.refused, figures.others, figures.excluded]
    report = "/report" if visit.may(Right.SEE_ADDRESSES) else ""
    return figures.issue, f"/issues/{figures.issue}{report}", numbers


ROUTES: tuple[AnyRoute, ...] = (Page("/", front_page, Right.SEE_ISSUES),)
