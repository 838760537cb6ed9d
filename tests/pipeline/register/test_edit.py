"""A row typed in a form is judged as a row of a file, and nothing of another person's work is overwritten."""

from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.errors import NotFound, Refused
from mailer.domain.membership import MembershipKind, Seat
from mailer.domain.register_entry import Doubtful, Outdated, RowsRefused, fingerprint
from mailer.pipeline.register import edit
from mailer.pipeline.register.people import find_person
from mailer.store import history
from mailer.store.members import load_register
from tests.club import Club, import_register, members

NEW = {"membership": "M900", "kind": "individual", "circulation": "club", "person": "P900", "name_en": "Ada Moor"}


@pytest.fixture
def app(tmp_path):
    with Club.found(tmp_path).opened() as app:
        import_register(app, members(3))
        yield app


def seat_of(app: App, person: str) -> Seat:
    return find_person(app.context, person).entries[0].seat


def told(app: App, subject: str) -> list[tuple[str, str]]:
    with app.context.store.reading() as connection:
        return [(entry.verb, entry.detail) for entry in history.entries(connection, subject)]


def test_a_person_is_added_with_a_new_membership(app):
    edit.add_person(app.context, NEW | {"email": "ada@example.org", "phone": "+44 20 7946 0000"})
    entry = find_person(app.context, "P900").entries[0]
    assert (entry.membership.id, entry.seat.phone) == ("M900", "+44 20 7946 0000")
    assert told(app, "P900") == [("add", "on M900")]
    assert told(app, "M900") == [("add", "")]


def test_an_edit_is_entered_with_the_names_of_the_columns_in_the_history(app):
    seat = seat_of(app, "P001")
    typed = {"email": "new@example.org", "phone": "555"}
    edit.edit_person(app.context, seat.membership, "P001", typed, version=fingerprint(seat))
    assert seat_of(app, "P001") == replace(seat_of(app, "P001"), phone="555", names=seat.names)
    assert str(seat_of(app, "P001").address) == "new@example.org"
    assert told(app, "P001") == [("edit", f"on {seat.membership}: email, phone")]


def test_the_second_of_two_is_told_and_nothing_is_overwritten(app):
    seat = seat_of(app, "P001")
    version = fingerprint(seat)
    edit.edit_person(app.context, seat.membership, "P001", {"phone": "first"}, version=version)
    with pytest.raises(Outdated) as refused:
        edit.edit_person(app.context, seat.membership, "P001", {"phone": "second"}, version=version)
    assert refused.value.current == seat_of(app, "P001")
    assert seat_of(app, "P001").phone == "first"


def test_a_person_who_is_there_already_is_not_added_over(app):
    seat = seat_of(app, "P001")
    with pytest.raises(Outdated, match=r"P001 is on .* already"):
        edit.add_person(app.context, {"membership": seat.membership, "person": "P001", "name_en": "Somebody Else"})
    assert seat_of(app, "P001") == seat


def test_who_has_no_id_is_no_version_of_the_membership(app):
    seat = seat_of(app, "P001")
    successor = {"person": "", "name_en": "Ada Moor"}
    verbs = (
        lambda: edit.add_person(app.context, {"membership": seat.membership, **successor}),
        lambda: edit.hand_over(
            app.context, seat.membership, "P001", "2018-07-01", successor, version=fingerprint(seat)
        ),
    )
    for verb in verbs:
        with pytest.raises(RowsRefused) as refused:
            verb()
        assert "person" in {fault.column for fault in refused.value.bad}


def test_the_rules_of_an_import_name_the_field(app):
    cases = {
        "email": NEW | {"email": "nobody"},
        "pause_until": NEW | {"pause_from": "2026-02-01", "pause_until": "2026-01-01"},
        "person": NEW | {"person": ""},
        "kind": NEW | {"kind": "friend"},
        "name_en": NEW | {"name_en": "Ada\u202eMoor"},
    }
    for column, typed in cases.items():
        with pytest.raises(RowsRefused) as refused:
            edit.add_person(app.context, typed)
        assert [fault.column for fault in refused.value.bad] == [column]


def test_a_slip_is_entered_only_once_it_was_seen(app):
    typed = NEW | {"email": "ada@gmail.con"}
    with pytest.raises(Doubtful, match=r"gmail\.com") as doubtful:
        edit.add_person(app.context, typed)
    with pytest.raises(NotFound):
        find_person(app.context, "P900")
    edit.add_person(app.context, typed, accepted=doubtful.value.digest)
    assert find_person(app.context, "P900").name == "Ada Moor"


def test_an_id_that_looks_like_a_known_one_is_refused(app):
    with pytest.raises(RowsRefused, match="which is known"):
        edit.add_person(app.context, NEW | {"person": "P1"})


def test_a_seat_ends(app):
    seat = seat_of(app, "P002")
    edit.end_seat(app.context, seat.membership, "P002", "2018-06-01", version=fingerprint(seat))
    assert str(seat_of(app, "P002").ended_on) == "2018-06-01"
    assert told(app, "P002") == [("end", f"on {seat.membership}: ended_on")]


def test_a_seat_ends_on_no_unnamed_day(app):
    seat = seat_of(app, "P002")
    version = fingerprint(seat)
    for day in ("", " "):
        with pytest.raises(RowsRefused, match="ended_on: the day is missing"):
            edit.end_seat(app.context, seat.membership, "P002", day, version=version)
        with pytest.raises(RowsRefused, match="ended_on: the day is missing"):
            edit.hand_over(app.context, seat.membership, "P002", day, NEW, version=version)
    assert seat_of(app, "P002") == seat


def test_a_corporate_seat_is_handed_to_a_successor(app):
    firm = {"membership": "M800", "kind": "corporate", "organisation": "Northern Bank", "circulation": "club"}
    edit.add_person(app.context, firm | {"person": "P801", "name_en": "Ivan Orlov"})
    edit.add_person(app.context, {"membership": "M800", "person": "P802", "name_en": "Maria Bell"})
    with pytest.raises(RowsRefused, match="two seats"):
        edit.add_person(app.context, {"membership": "M800", "person": "P803", "name_en": "Too Many"})
    leaving = seat_of(app, "P801")
    successor = {"person": "P804", "name_en": "Carl Berg", "email": "carl@example.org"}
    edit.hand_over(app.context, "M800", "P801", "2018-07-01", successor, version=fingerprint(leaving))
    assert seat_of(app, "P804").number == leaving.number
    assert seat_of(app, "P801").ended_on is not None
    assert [verb for verb, _ in told(app, "P801")] == ["add", "end"]


def test_a_membership_changes_for_all_its_people(app):
    seat = seat_of(app, "P003")
    before = find_person(app.context, "P003").entries[0].membership
    typed = {"kind": "complimentary", "free_until": "2030-12-31", "person": "P001", "email": "ignored@example.org"}
    edit.edit_membership(app.context, seat.membership, typed, version=fingerprint(before))
    with app.context.store.reading() as connection:
        after = load_register(connection).memberships[seat.membership]
    assert (after.kind, str(after.free_until)) == (MembershipKind.COMPLIMENTARY, "2030-12-31")
    assert told(app, seat.membership) == [("edit", "kind, free_until")]
    with pytest.raises(Outdated):
        edit.edit_membership(app.context, seat.membership, typed, version=fingerprint(before))


def test_a_membership_without_people_is_not_changed(app):
    with pytest.raises(Refused, match="M777"):
        edit.edit_membership(app.context, "M777", {"organisation": "X"}, version=fingerprint(None))


@pytest.mark.parametrize("names", [{"name_en": "", "name_ru": ""}, {"name_en": "  "}])
def test_a_person_without_a_name_is_not_entered(app, names):
    with pytest.raises(RowsRefused) as refused:
        edit.add_person(app.context, NEW | {"email": "ada@example.org"} | names)
    (fault,) = refused.value.bad
    assert (fault.column, fault.reason) == ("name_en", "the name is missing; write it in at least one language")
    seat = seat_of(app, "P001")
    with pytest.raises(RowsRefused):
        edit.edit_person(app.context, seat.membership, "P001", names, version=fingerprint(seat))
    with pytest.raises(NotFound):
        find_person(app.context, "P900")
