"""The circulation of an issue by name, to look through before anything leaves, to read aloud, to print and to sign."""

from typing import Any

from mailer.domain.access import Right
from mailer.domain.circulation_change import ChangeKind
from mailer.domain.entitlement import RECEIVES, EntitlementReason
from mailer.domain.membership import MembershipKind
from mailer.domain.search import CirculationSearch
from mailer.pipeline.mailings.circulation import circulation_account, circulation_page, whole_circulation
from mailer.web.answers import Answer, Show
from mailer.web.console.mailing_pages import ISSUE, path_of, same_with, show_of, tabs_of
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit

# On paper everybody is named.
EVERYBODY = 1_000_000


def circulation(visit: Visit) -> Answer:
    """Show a page of the people by name, with what differs from the issue before."""
    search = _search(visit)
    people = circulation_page(visit.context, visit.issue, search, visit.language, after=visit.query["after"])
    return show_of(
        visit,
        "circulation/circulation.html",
        here="circulation",
        account=circulation_account(visit.context, visit.issue),
        people=people,
        first=f"?{same_with(visit, after='')}" if visit.query["after"] else "",
        next=f"?{same_with(visit, after=people.rows[-1].person)}" if people.is_more else "",
        print=f"{path_of(visit.issue, 'circulation', 'print')}?{same_with(visit, after='')}",
        **_choices(visit, search),
    )


def printed(visit: Visit) -> Answer:
    """Show everybody on one page, with a line to sign; it is sent while it is read."""
    name, search = visit.issue, _search(visit)
    return Show(
        page="circulation/print.html",
        streamed=True,
        values={
            "issue": name,
            "base": path_of(name),
            "tabs": tabs_of(visit, name),
            "here": path_of(name, "circulation"),
            "account": circulation_account(visit.context, name, named=EVERYBODY),
            "people": whole_circulation(visit.context, name, search, visit.language),
            "now": visit.context.clock.now(),
            **_choices(visit, search),
        },
    )


def _search(visit: Visit) -> CirculationSearch:
    """What the form above the list asks for; a value that we do not know asks for nothing."""
    query = visit.query
    decision, kind = query["decision"], query["kind"]
    return CirculationSearch(
        decision=decision if decision in {"recipient", "excluded"} else "",
        reason=query["reason"] if query["reason"] in set(EntitlementReason) else "",
        kind=MembershipKind(kind) if kind in set(MembershipKind) else None,
        language=query["language"],
        words=query["words"],
    )


def _choices(visit: Visit, search: CirculationSearch) -> dict[str, Any]:
    newsletter = visit.context.newsletters.get(visit.issue.newsletter)
    return {
        "search": search,
        "filtered": search != CirculationSearch(),
        "languages": newsletter.languages if newsletter is not None else (),
        "kinds": tuple(MembershipKind),
        "reasons": (*sorted(RECEIVES), *(reason for reason in EntitlementReason if reason not in RECEIVES)),
        "changes": tuple(ChangeKind),
    }


ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{ISSUE}/circulation", circulation, Right.SEE_ADDRESSES),
    Page(f"{ISSUE}/circulation/print", printed, Right.SEE_ADDRESSES),
)
