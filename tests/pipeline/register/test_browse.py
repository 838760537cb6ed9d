"""The register a page at a time."""

from datetime import date

import pytest
from sqlalchemy import event

from mailer.domain.entitlement import EntitlementReason
from mailer.domain.membership import MembershipKind, Pause
from mailer.pipeline.bounces.preferences import pause_for
from mailer.pipeline.register import browse
from mailer.pipeline.register.browse import expiring, next_ids, people_page
from mailer.pipeline.register.erase import erase
from tests.club import Club, import_register, members


@pytest.fixture
def app(tmp_path):
    with Club.found(tmp_path).opened() as app:
        yield app


def everybody(app, **filters) -> list[str]:
    page = people_page(app.context, **filters)
    people = [standing.seat.person for standing in page.people]
    while page.next is not None:
        page = people_page(app.context, after=page.next, **filters)
        people += [standing.seat.person for standing in page.people]
    return people


def test_every_person_stands_on_one_page(app, monkeypatch):
    import_register(app, members(25))
    monkeypatch.setattr(browse, "PAGE", 7)
    monkeypatch.setattr(browse, "_CHUNK", 4)
    listed = everybody(app)
    assert len(listed) == 25 == len(set(listed))
    assert everybody(app, standing=EntitlementReason.PAID) == listed
    assert everybody(app, standing=EntitlementReason.UNPAID) == []


def test_the_id_of_an_erased_person_is_not_offered_again(app):
    import_register(app, members(3))
    assert next_ids(app.context)[1] == "P004"
    import_register(app, members(4))
    pause_for(app.context, "P004", Pause(first=date(2018, 7, 1), last=None))
    erase(app.context, "P004")
    assert next_ids(app.context)[1] == "P005"


def test_words_are_found_in_names_addresses_memberships_and_organisations(app):
    import_register(app, members(12))
    known = people_page(app.context).people[4]
    for typed in (known.seat.any_name.upper(), str(known.seat.address), known.membership.id.lower()):
        assert known.seat.person in everybody(app, typed=typed)
    assert everybody(app, typed=f"Somebody <{known.seat.address}>") == [known.seat.person]
    assert everybody(app, typed="100%") == []


def test_kind_and_circle_narrow_the_list(app):
    import_register(app, members(3))
    assert len(everybody(app, kind=MembershipKind.INDIVIDUAL, circle="club")) == 3
    assert everybody(app, kind=MembershipKind.HONORARY) == []
    assert everybody(app, circle="nowhere") == []


def test_a_rare_standing_is_looked_for_in_bounded_steps(app, monkeypatch):
    import_register(app, members(12))
    monkeypatch.setattr(browse, "_CHUNK", 2)
    monkeypatch.setattr(browse, "MOST_JUDGED", 4)
    page = people_page(app.context, standing=EntitlementReason.UNPAID)
    assert (page.people, page.looked_at) == ((), 4)
    assert page.next is not None


def test_statements_do_not_grow_with_the_people(app):
    counted = []
    event.listen(app.context.store._engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
    numbers = []
    for count in (3, 40):
        import_register(app, members(count))
        counted.clear()
        people_page(app.context)
        expiring(app.context, date(2100, 1, 1))
        numbers.append(len(counted))
    assert numbers[0] == numbers[1]


def test_who_is_paid_today_and_not_on_the_day(app):
    import_register(app, members(3))
    until = people_page(app.context).people[0].entitlement.paid_until
    assert until is not None
    assert expiring(app.context, until).people == ()
    later = date(until.year + 1, 1, 1)
    assert len(expiring(app.context, later).people) == 3
    first = expiring(app.context, later, size=2)
    assert len(first.people) == 2
    rest = expiring(app.context, later, after=first.next or "", size=2)
    assert (len(rest.people), rest.next) == (1, None)
