"""A membership: its people, what it is, and a further person on it."""

from urllib.parse import quote

from mailer.domain.access import Right
from mailer.domain.register_entry import fingerprint
from mailer.pipeline.register import edit
from mailer.pipeline.register.browse import next_ids, standings_on
from mailer.pipeline.register.people import history_of, payments_of
from mailer.web.answers import Answer, show
from mailer.web.console.people import MOST_ENTRIES, address_of, typed_label
from mailer.web.register_form import (
    MEMBERSHIP_FIELDS,
    NEW_PERSON_FIELDS,
    RegisterForm,
    enter,
    names_in,
    show_form,
    texts_of,
)
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def membership_page(visit: Visit) -> Answer:
    """Show the membership."""
    identity = membership_of(visit)
    people = standings_on(visit.context, identity)
    account = payments_of(visit.context, identity)
    kind = account.membership.kind
    return show(
        "register/membership.html",
        account=account,
        people=people,
        full=kind.seats is not None and sum(each.seat.ended_on is None for each in people) >= kind.seats,
        history=history_of(visit.context, identity)[:MOST_ENTRIES],
        may_edit=visit.may(Right.EDIT_REGISTER),
    )


def membership_of(visit: Visit) -> str:
    """The id of the membership that the address names."""
    return str(visit.params["membership"])


def page_of(membership: str) -> str:
    """The address of a membership's page."""
    return f"/register/memberships/{quote(membership)}"


def _edit_form(visit: Visit) -> RegisterForm:
    membership = payments_of(visit.context, membership_of(visit)).membership
    return RegisterForm(
        title=visit.text("Edit {membership}", membership=membership.id),
        lede=visit.text("This is true for all people on the membership."),
        button=visit.text("Save"),
        back=page_of(membership.id),
        names=MEMBERSHIP_FIELDS,
        values=texts_of(membership),
        version=fingerprint(membership),
        was=texts_of(membership),
    )


def edit_form(visit: Visit) -> Answer:
    """Show the form to edit the membership."""
    standings_on(visit.context, membership_of(visit))
    return show_form(visit, _edit_form(visit))


def edit_membership(visit: Visit) -> Answer:
    """Edit the membership."""
    identity = membership_of(visit)
    standings_on(visit.context, identity)

    def deed(cells: dict[str, str], version: str, accepted: str) -> object:
        return edit.edit_membership(visit.context, identity, cells, version=version, accepted=accepted)

    notice = visit.text("{membership} is changed.", membership=identity)
    return enter(visit, _edit_form(visit), deed, to=page_of(identity), notice=notice)


def _add_form(visit: Visit) -> RegisterForm:
    identity = membership_of(visit)
    standings_on(visit.context, identity)
    return RegisterForm(
        title=visit.text("Add a person to {membership}", membership=identity),
        lede="",
        button=visit.text("Add the person"),
        back=page_of(identity),
        names=names_in(visit, NEW_PERSON_FIELDS),
        values={"person": next_ids(visit.context)[1]},
    )


def add_form(visit: Visit) -> Answer:
    """Show the form to add a person to the membership."""
    return show_form(visit, _add_form(visit))


def add_person(visit: Visit) -> Answer:
    """Add a person to the membership."""
    identity = membership_of(visit)

    def deed(cells: dict[str, str], _version: str, accepted: str) -> object:
        return edit.add_person(visit.context, {**cells, "membership": identity}, accepted=accepted)

    notice = visit.text("{person} is in the register.", person=typed_label(visit))
    return enter(visit, _add_form(visit), deed, to=address_of(visit.form["person"]), notice=notice)


_MEMBERSHIP = "/register/memberships/{membership:path}"
ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{_MEMBERSHIP}/edit", edit_form, Right.EDIT_REGISTER),
    Deed(f"{_MEMBERSHIP}/edit", edit_membership, Right.EDIT_REGISTER),
    Page(f"{_MEMBERSHIP}/add", add_form, Right.EDIT_REGISTER),
    Deed(f"{_MEMBERSHIP}/add", add_person, Right.EDIT_REGISTER),
    Page(_MEMBERSHIP, membership_page, Right.SEE_REGISTER),
)
