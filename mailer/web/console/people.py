"""A person of the register: how they stand, what they got, and every change to them."""

from dataclasses import replace
from urllib.parse import quote

from mailer.domain.access import Right
from mailer.domain.errors import MailerError, NotFound
from mailer.domain.explanation import grounds_of
from mailer.domain.membership import Seat
from mailer.domain.names import label
from mailer.domain.register_entry import fingerprint
from mailer.domain.remedy import Action
from mailer.domain.standing import Standing
from mailer.pipeline.issues import shelf
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.pipeline.register import edit
from mailer.pipeline.register.browse import lacking_words, next_ids, standings_of
from mailer.pipeline.register.people import find_person, history_of
from mailer.pipeline.register.resolve import resolve_issue
from mailer.views.answer import why_of_page
from mailer.views.entitlement import decision_sentence
from mailer.web.answers import Answer, show
from mailer.web.register_form import (
    NEW_MEMBERSHIP_FIELDS,
    NEW_PERSON_FIELDS,
    PERSON_FIELDS,
    RegisterForm,
    enter,
    label_of,
    names_in,
    show_form,
    texts_of,
)
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

# Of a person, how many copies and entries of the history the page shows, the newest.
MOST_COPIES, MOST_ENTRIES, MOST_ISSUES = 24, 50, 60


def person_page(visit: Visit) -> Answer:
    """Show the person."""
    record = find_person(visit.context, person_of(visit))
    issues = shelf.listing(visit.context)[-MOST_ISSUES:][::-1]
    return show(
        "register/person.html",
        record=record,
        standings=[_stands(visit, standing) for standing in standings_of(visit.context, record.person)],
        copies=record.copies[-MOST_COPIES:][::-1],
        history=history_of(visit.context, record.person)[:MOST_ENTRIES],
        issues=[(issue.issue, f"{issue.issue} {issue.revision.title}") for issue in issues],
        issue=visit.query["issue"],
        why=_why(visit, record.person),
        may_edit=visit.may(Right.EDIT_REGISTER),
    )


def _stands(visit: Visit, standing: Standing) -> tuple[Standing, str, list[str]]:
    """A standing with the reason in a sentence, and what no copy can be made without."""
    grounds = grounds_of(standing.judged, visit.context.clock.now().date(), visit.context.fees)
    lacks = [label_of(visit, name) for name in lacking_words(visit.context, standing.seat)]
    return standing, decision_sentence(grounds, visit.language), lacks


def person_of(visit: Visit) -> str:
    """The id of the person that the address names."""
    return str(visit.params["person"])


def address_of(person: str) -> str:
    """The address of a person's page."""
    return f"/register/people/{quote(person)}"


def _why(visit: Visit, person: str) -> list[str]:
    """Why the person did or did not get the issue that was asked about."""
    if not visit.query["issue"]:
        return []
    try:
        explanation = explain_entitlement(visit.context, person, resolve_issue(visit.context, visit.query["issue"]))
    except MailerError as problem:
        return [visit.sentence(problem)]
    return why_of_page(explanation, visit.language)


# --- changing a seat --------------------------------------------------------------------------------------------------


def _standing(visit: Visit) -> Standing:
    """How the person stands on the membership that the address names; the only one where it names none."""
    named, person = visit.query["membership"], person_of(visit)
    judged = standings_of(visit.context, person)
    standing = next((each for each in judged if named in {"", each.membership.id}), None)
    if standing is None:
        raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
    return standing


def _form(visit: Visit, seat: Seat, title: str, lede: str, button: str, columns: tuple[str, ...]) -> RegisterForm:
    values = texts_of(seat)
    return RegisterForm(
        title=title,
        lede=lede,
        button=button,
        back=address_of(seat.person),
        names=names_in(visit, columns, values),
        values=values,
        version=fingerprint(seat),
        was={name: values.get(name, "") for name in names_in(visit, columns, values)},
    )


def _edit_form(visit: Visit, seat: Seat) -> RegisterForm:
    title = visit.text("Edit {person} on {membership}", person=seat.label, membership=seat.membership)
    return _form(visit, seat, title, "", visit.text("Save"), PERSON_FIELDS)


def edit_form(visit: Visit) -> Answer:
    """Show the form to edit a person on a membership."""
    return show_form(visit, _edit_form(visit, _standing(visit).seat))


def edit_person(visit: Visit) -> Answer:
    """Edit a person on a membership."""
    seat = _standing(visit).seat

    def deed(cells: dict[str, str], version: str, accepted: str) -> object:
        return edit.edit_person(visit.context, seat.membership, seat.person, cells, version=version, accepted=accepted)

    notice = visit.text("{person} is changed.", person=seat.label)
    return enter(visit, _edit_form(visit, seat), deed, to=address_of(seat.person), notice=notice)


def _end_form(visit: Visit, seat: Seat) -> RegisterForm:
    title = visit.text("End the seat of {person} on {membership}", person=seat.label, membership=seat.membership)
    lede = visit.text("From that day on they get no issue by this membership; the seat is free for a successor.")
    form = _form(visit, seat, title, lede, visit.text("End the seat"), ("ended_on",))
    today = visit.context.clock.now().date().isoformat()
    return replace(form, values={"ended_on": today}, danger=True, needed=frozenset({"ended_on"}))


def end_form(visit: Visit) -> Answer:
    """Show the form to end a person's seat."""
    return show_form(visit, _end_form(visit, _standing(visit).seat))


def end_seat(visit: Visit) -> Answer:
    """End a person's seat."""
    seat = _standing(visit).seat

    def deed(cells: dict[str, str], version: str, accepted: str) -> object:
        day = cells.get("ended_on", "")
        return edit.end_seat(visit.context, seat.membership, seat.person, day, version=version, accepted=accepted)

    notice = visit.text("The seat of {person} on {membership} ends.", person=seat.label, membership=seat.membership)
    return enter(visit, _end_form(visit, seat), deed, to=address_of(seat.person), notice=notice)


def _successor_form(visit: Visit, seat: Seat) -> RegisterForm:
    title = visit.text("Hand the seat of {person} to a successor", person=seat.label)
    lede = visit.text(
        "From the day below on this person gets no issue by {membership}; the successor has the seat.",
        membership=seat.membership,
    )
    columns = ("ended_on", *(name for name in NEW_PERSON_FIELDS if name != "seat"))
    form = _form(visit, seat, title, lede, visit.text("Hand the seat over"), columns)
    today = visit.context.clock.now().date().isoformat()
    values = {"ended_on": today, "person": next_ids(visit.context)[1], "languages": "+".join(seat.languages)}
    return replace(form, values=values, needed=frozenset({"ended_on"}))


def successor_form(visit: Visit) -> Answer:
    """Show the form to hand a seat over."""
    return show_form(visit, _successor_form(visit, _standing(visit).seat))


def hand_over(visit: Visit) -> Answer:
    """Hand a person's seat to a successor."""
    seat = _standing(visit).seat

    def deed(cells: dict[str, str], version: str, accepted: str) -> object:
        successor = {name: text for name, text in cells.items() if name != "ended_on"}
        day = cells.get("ended_on", "")
        return edit.hand_over(
            visit.context, seat.membership, seat.person, day, successor, version=version, accepted=accepted
        )

    notice = visit.text(
        "{successor} has the seat of {person} on {membership}.",
        successor=typed_label(visit),
        person=seat.label,
        membership=seat.membership,
    )
    return enter(visit, _successor_form(visit, seat), deed, to=address_of(visit.form["person"]), notice=notice)


def typed_label(visit: Visit) -> str:
    """The typed id with the first of the typed names."""
    names = (visit.form[name] for name in visit.form if name.startswith("name_") and visit.form[name])
    return label(visit.form["person"], next(names, ""))


# --- adding a person --------------------------------------------------------------------------------------------------


def _add_form(visit: Visit) -> RegisterForm:
    membership, person = next_ids(visit.context)
    return RegisterForm(
        title=visit.text("Add a person"),
        lede=visit.text("A person with a new membership. A second person is added on the membership’s own page."),
        button=visit.text("Add the person"),
        back="/register",
        names=names_in(visit, (*NEW_MEMBERSHIP_FIELDS, *NEW_PERSON_FIELDS)),
        values={"membership": membership, "person": person},
    )


def add_form(visit: Visit) -> Answer:
    """Show the form to add a person with a new membership."""
    return show_form(visit, _add_form(visit))


def add_person(visit: Visit) -> Answer:
    """Add a person with a new membership."""

    def deed(cells: dict[str, str], _version: str, accepted: str) -> object:
        return edit.add_person(visit.context, cells, accepted=accepted)

    notice = visit.text("{person} is in the register.", person=typed_label(visit))
    return enter(visit, _add_form(visit), deed, to=address_of(visit.form["person"]), notice=notice)


_PERSON = "/register/people/{person:path}"
ROUTES: tuple[AnyRoute, ...] = (
    Page("/register/add", add_form, Right.EDIT_REGISTER),
    Deed("/register/add", add_person, Right.EDIT_REGISTER),
    Page(f"{_PERSON}/edit", edit_form, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/edit", edit_person, Right.EDIT_REGISTER),
    Page(f"{_PERSON}/end", end_form, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/end", end_seat, Right.EDIT_REGISTER),
    Page(f"{_PERSON}/successor", successor_form, Right.EDIT_REGISTER),
    Deed(f"{_PERSON}/successor", hand_over, Right.EDIT_REGISTER),
    Page(_PERSON, person_page, Right.SEE_REGISTER),
)
