"""Which copies need a person: status and report agree, and a later copy stands in the place of an earlier one."""

from collections.abc import Iterator, Mapping

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Outcome, State
from mailer.domain.open_items import may_need_a_person, needs_a_person
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.mailings.open_copies import list_open_copies
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.settle import release_delivery
from mailer.pipeline.mailings.supplement import send_supplement
from tests.brought import bring
from tests.club import ISSUE, Club, begin, copies, members, pay, reverse
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.reported import DOMAIN, FULL, come_back

PEOPLE = members(3)
ANNA, BORIS, CLARA = (member.email for member in PEOPLE)


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    app.store.close()
    bring(club, begin, PEOPLE, clock=clock)
    with club.opened(clock) as opened:
        yield opened


def send_again(app: App, clock: FrozenClock, address: str, answers: Mapping[str, Outcome] | None = None) -> None:
    clock.advance(hours=1)
    holds.lift(app.context, address)
    clock.advance(hours=1)
    send_supplement(app.context, ISSUE)
    deliver(app, answers)


def listed_everywhere(app: App) -> list[int]:
    """The copies that the report lists; status counts as many."""
    open_copies = [copy.id for copy in distribution_report(app.context, ISSUE).open_copies]
    assert issue_progress(app.context, ISSUE).open_copies == len(open_copies)
    return open_copies


def test_a_copy_and_its_supplement_that_both_bounce_are_one_item_everywhere(app: App, clock: FrozenClock) -> None:
    deliver(app)
    come_back(app, "P001", FULL)
    assert listed_everywhere(app) == [copies(app)["P001"].id]
    send_again(app, clock, ANNA)
    assert listed_everywhere(app) == []
    clock.advance(hours=1)
    come_back(app, "P001", FULL)
    # The later copy stands in the place of the earlier one: the reader needs attention once.
    later = copies(app)["P001"].id
    assert listed_everywhere(app) == [later]
    assert [report.delivery for report in ingest.listing(app.context, every=False)] == [later]


def test_a_refused_copy_and_its_refused_supplement_are_one_item_everywhere(app: App, clock: FrozenClock) -> None:
    deliver(app, {ANNA: NEVER})
    send_again(app, clock, ANNA, {ANNA: NEVER})
    later = copies(app)["P001"].id
    assert listed_everywhere(app) == [later]
    with app.store.reading() as connection:
        assert [failed.copy.id for failed in list_open_copies(connection, app.context).failed] == [later]


def test_copies_in_doubt_and_refused_ones_are_open_and_accepted_ones_are_not(app: App) -> None:
    deliver(app, {ANNA: LOST, BORIS: NEVER})
    both = [copies(app)[person].id for person in ("P001", "P002")]
    assert listed_everywhere(app) == both
    with app.store.reading() as connection:
        found = list_open_copies(connection, app.context)
    assert [(issue, copy.id) for issue, copy in found.uncertain] == [(str(ISSUE), both[0])]
    assert [failed.copy.id for failed in found.failed] == both[1:]


def test_what_needs_a_person_is_told_for_every_state() -> None:
    alone = {state for state in State if may_need_a_person(state, done=False)}
    assert alone == {State.UNCERTAIN, State.HELD, State.REJECTED, State.BOUNCED}
    assert {state for state in alone if may_need_a_person(state, done=True)} == {State.UNCERTAIN, State.HELD}
    for lost in (None, "address_changed", "address_held"):
        assert {state for state in alone if needs_a_person(state, lost=lost, reported=False)} == alone
    assert {state for state in alone if needs_a_person(state, lost="ended", reported=False)} == {State.UNCERTAIN}
    assert {state for state in alone if needs_a_person(state, lost="ended", reported=True)} == alone


def test_a_copy_whose_reader_is_not_entitled_any_more_needs_no_person_until_they_are(app: App) -> None:
    app.context.clock.advance(hours=1)
    reverse(app, PEOPLE[0])
    deliver(app, {BORIS: NEVER})
    reverse(app, PEOPLE[1])
    held, refused = (copies(app)[person].id for person in ("P001", "P002"))

    def open_everywhere() -> list[int]:
        with app.store.reading() as connection:
            found = list_open_copies(connection, app.context)
        listed = [copy.id for copy in (*(one.copy for one in found.held), *(one.copy for one in found.failed))]
        assert issue_progress(app.context, ISSUE).open_copies == len(listed)
        assert distribution_report(app.context, ISSUE).needing_a_person == len(listed)
        return listed

    assert open_everywhere() == []
    assert held in [copy.id for copy in distribution_report(app.context, ISSUE).open_copies]  # the report names it
    for member in PEOPLE[:2]:
        pay(app, member)
    assert open_everywhere() == [held, refused]
    release_delivery(app.context, held)
    deliver(app)
    assert open_everywhere() == [refused]
    app.context.clock.advance(days=31)
    assert open_everywhere() == []


def test_a_settled_report_ends_it_everywhere(app: App) -> None:
    deliver(app)
    come_back(app, "P001", FULL)
    assert listed_everywhere(app) == [copies(app)["P001"].id]
    ingest.settle(app.context, [report.id for report in ingest.listing(app.context, every=False)])
    assert listed_everywhere(app) == []
