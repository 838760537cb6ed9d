"""A person's own pause, and erasing a person."""

from datetime import date

from mailer.domain.access import Right
from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import Pause
from mailer.formats.register.cells import parse_date_or_none
from mailer.pipeline.bounces import preferences
from mailer.pipeline.register import erase
from mailer.pipeline.register.people import find_person
from mailer.web.answers import Answer, go, show
from mailer.web.console.people import address_of, person_of
from mailer.web.register_form import plan_lines
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def pause_form(visit: Visit) -> Answer:
    """Show the form to pause a person."""
    return _pause_page(visit, visit.context.clock.now().date().isoformat(), "")


def _pause_page(visit: Visit, first: str, last: str, problem: str = "") -> Answer:
    record = find_person(visit.context, person_of(visit))
    return show("register/pause.html", 422 if problem else 200, record=record, first=first, last=last, problem=problem)


def pause(visit: Visit) -> Answer:
    """Pause a person's copies, as they asked."""
    record = find_person(visit.context, person_of(visit))
    typed = (visit.form["from"], visit.form["until"])
    try:
        first, last = map(parse_date_or_none, typed)
        days = Pause(first=first or _today(visit), last=last)
        preferences.pause_for(visit.context, record.person, days)
    except BadInput as problem:
        return _pause_page(visit, *typed, problem=visit.sentence(problem))
    notice = visit.text("{person} is paused.", person=record.label)
    return go(address_of(record.person), "\n".join([notice, *plan_lines(visit)]))


def _today(visit: Visit) -> date:
    return visit.context.clock.now().date()


def resume(visit: Visit) -> Answer:
    """Send issues again to a person who unsubscribed or paused."""
    record = find_person(visit.context, person_of(visit))
    preferences.resume(visit.context, record.person)
    notice = visit.text("{person} gets issues again, from the next plan on.", person=record.label)
    return go(address_of(record.person), "\n".join([notice, *plan_lines(visit)]))


def erase_form(visit: Visit) -> Answer:
    """Show what erasing a person does, before it is done."""
    return show("register/erase.html", record=find_person(visit.context, person_of(visit)), typed="", problem="")


def erase_person(visit: Visit) -> Answer:
    """Erase a person, whose id was typed."""
    record = find_person(visit.context, person_of(visit))
    if visit.form["typed"] != record.person:
        problem = visit.text("Type {person} exactly; nothing was erased.", person=record.person)
        return show("register/erase.html", 422, record=record, typed=visit.form["typed"], problem=problem)
    try:
        alias = erase.erase(visit.context, record.person)
    except Refused as refused:
        return show("register/erase.html", 409, record=record, typed="", problem=visit.sentence(refused))
    notice = visit.text(
        "The person is erased; the ledger keeps {alias}. Delete the row in your own table, too, or the next import brings "
        "the person back.",
        alias=alias,
    )
    return go("/register", "\n".join([notice, *plan_lines(visit)]))


_PERSON = "/register/people/{person:path}"
ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{_PERSON}/pause", pause_form, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/pause", pause, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/resume", resume, Right.EDIT_REGISTER),
    Page(f"{_PERSON}/erase", erase_form, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/erase", erase_person, Right.EDIT_REGISTER),
)
