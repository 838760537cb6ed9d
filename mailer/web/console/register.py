"""The register as a list: search, filters, and whose time ends before an issue."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from mailer.domain.access import Right
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind
from mailer.domain.standing import STANDINGS
from mailer.formats.register.cells import parse_date
from mailer.pipeline.register.browse import circles_of, expiring, next_issue_day, people_page
from mailer.web.answers import Answer, show
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit
from mailer.web.words import word


def people(visit: Visit) -> Answer:
    """Show a page of people."""
    query = visit.query
    kind = next((each for each in MembershipKind if each == query["kind"]), None)
    standing = next((each for each in STANDINGS if each == query["standing"]), None)
    circle = query["circulation"] or None
    page = people_page(
        visit.context,
        typed=query["q"],
        kind=kind,
        circle=circle,
        standing=standing,
        after=(query["name"], query["person"], query["membership"]) if query["person"] else None,
    )
    filters = {"q": query["q"], "kind": kind or "", "circulation": circle or "", "standing": standing or ""}
    next_page = dict(zip(("name", "person", "membership"), page.next, strict=True)) if page.next else None
    return show(
        "register/people.html",
        listed=page,
        filters=filters,
        kinds=_choices(visit, tuple(MembershipKind)),
        standings=_choices(visit, STANDINGS),
        circles=[("", visit.text("all")), *((circle, circle) for circle in circles_of(visit.context) if circle)],
        first=_address(filters) if query["person"] else "",
        next=_address(filters | next_page) if next_page else "",
        filtered=any(filters.values()),
    )


def _choices(visit: Visit, values: tuple[MembershipKind, ...] | tuple[EntitlementReason, ...]) -> list[tuple[str, str]]:
    words = [(str(value), word(value, visit.texts)) for value in values]
    return [("", visit.text("all")), *words]


def _address(query: Mapping[str, str]) -> str:
    return "/register?" + urlencode({name: value for name, value in query.items() if value})


def ending(visit: Visit) -> Answer:
    """Show who is paid today, and is not on the day of the next issue."""
    day, problem = _day_of(visit)
    listed = expiring(visit.context, day, after=visit.query["after"])
    query = {"before": day.isoformat(), "after": listed.next or ""}
    return show(
        "register/ending.html",
        422 if problem else 200,
        people=listed.people,
        day=day,
        problem=problem,
        next="/register/ending?" + urlencode(query) if listed.next else "",
    )


def _day_of(visit: Visit) -> tuple[date, str]:
    typed = visit.query["before"]
    try:
        return (parse_date(typed) if typed else next_issue_day(visit.context)), ""
    except BadInput as problem:
        return next_issue_day(visit.context), visit.sentence(problem)


ROUTES: tuple[AnyRoute, ...] = (
    Page("/register", people, Right.SEE_REGISTER),
    Page("/register/ending", ending, Right.SEE_REGISTER),
)
