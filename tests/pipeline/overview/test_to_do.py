"""What waits for a person: one list over all issues, with what can be done about each."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.remedy import Action
from mailer.domain.to_do import ToDoKind, count_kinds
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.mailings.departure import waiting_for_approval
from mailer.pipeline.mailings.open_items import gather
from mailer.pipeline.mailings.pause import pause_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.pipeline.overview.to_do import to_do
from mailer.store import letters
from mailer.store.ledger import backups, outages
from mailer.views.to_do import to_do_document, to_do_lines, to_do_sentence
from tests.club import ISSUE, Club, begin, copies, import_register, members, pull_issues
from tests.counted import statements
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.reported import DOMAIN, FULL, come_back

PEOPLE = members(4)
ANNA, BORIS, *_ = (member.email for member in PEOPLE)


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened(clock) as opened:
        yield opened


def kinds(app: App) -> dict[ToDoKind, int]:
    return count_kinds(to_do(app.context))


def test_where_nothing_waits_the_list_is_empty_and_says_so(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    assert to_do(app.context) == ()
    assert to_do_lines(()) == ["Nothing waits for you."]


def test_a_plan_waits_for_its_approval_and_names_its_copies(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    [item] = to_do(app.context)
    assert (item.kind, item.issue, item.number) == (ToDoKind.APPROVAL, str(ISSUE), 4)
    assert item.remedies == (Action.APPROVE.of(ISSUE),)
    with app.store.reading() as connection:
        assert [mailing.issue for mailing in waiting_for_approval(connection, app.context)] == [str(ISSUE)]


def test_doubtful_returned_and_refused_copies_wait_each_with_its_remedy(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app, {ANNA: LOST, BORIS: NEVER})
    come_back(app, "P003", FULL)
    doubt, report, failed = to_do(app.context)
    assert (doubt.kind, report.kind, failed.kind) == (ToDoKind.UNCERTAIN, ToDoKind.REPORT, ToDoKind.FAILED)
    assert doubt.remedies == (Action.SETTLE_COPY.of(copies(app)["P001"].id),)
    assert Action.SETTLE_REPORT.of(report.report) in report.remedies
    assert failed.words == "550 5.1.1 No such user"
    assert issue_progress(app.context, ISSUE).open_copies == 3
    ingest.settle(app.context, [report.report or 0])
    assert kinds(app) == {ToDoKind.UNCERTAIN: 1, ToDoKind.FAILED: 1}
    holds.lift(app.context, BORIS)
    assert kinds(app) == {ToDoKind.UNCERTAIN: 1, ToDoKind.OWED: 1}
    assert len(find_missing_copies(app.context, ISSUE).people) == 1


def test_a_held_address_is_one_item_with_its_reports_and_counts_as_its_copy_elsewhere(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    come_back(app, "P001")
    holds.hold_by_hand(app.context, ANNA, "she left the embassy")
    [item] = to_do(app.context)
    assert (item.kind, item.address, item.number, item.words) == (ToDoKind.HOLD, ANNA, 1, "she left the embassy")
    with app.store.reading() as connection:
        assert gather(connection, app.context).copies.ids == {copies(app)["P001"].id}
    assert issue_progress(app.context, ISSUE).open_copies == 1


def test_people_who_lack_only_an_address_or_a_language_wait(app: App) -> None:
    import_register(app, [replace(PEOPLE[0], more={"email": ""}), replace(PEOPLE[1], languages="ru"), *PEOPLE[2:]])
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    waiting = {item.kind: item for item in to_do(app.context)}
    assert set(waiting) == {ToDoKind.APPROVAL, ToDoKind.NO_ADDRESS, ToDoKind.NO_EDITION}
    assert waiting[ToDoKind.NO_ADDRESS].person == "P001"
    assert waiting[ToDoKind.NO_EDITION].person == "P002"
    import_register(app, PEOPLE)
    assert kinds(app) == {ToDoKind.APPROVAL: 1}


def test_what_stops_everything_stands_first(app: App) -> None:
    begin(app, PEOPLE)
    pause_mailing(app.context, ISSUE)
    now = app.context.clock.now()
    with app.store.transaction() as connection:
        outages.begin(connection, now, "connection refused")
        backups.mark_as_backup(connection, now)
        letters.add(connection, kind="alarm", about="x", recipient="op@club.example", facts={}, now=now)
        for _ in range(2):
            [letter] = letters.waiting(connection, now)
            letters.failed(connection, letter, "550 no such user", now)
    items = to_do(app.context, ["mails that were taken in by imap cannot be moved"])
    assert [item.kind for item in items] == [
        ToDoKind.RESTORED,
        ToDoKind.RELAY_DOWN,
        ToDoKind.INBOX,
        ToDoKind.LETTERS,
        ToDoKind.PAUSED,
    ]
    assert items[-1].remedies[0] == Action.RESUME.of(ISSUE)


def test_a_database_that_was_copied_elsewhere_is_called_no_backup(app: App) -> None:
    with app.store.transaction() as connection:
        backups.mark_as_moved(connection, "postgresql://db/club", app.context.clock.now())
    [item] = to_do(app.context)
    assert item.kind is ToDoKind.MOVED
    assert "was copied to postgresql://db/club" in to_do_sentence(item, "en")
    assert "скопирована в postgresql://db/club" in to_do_sentence(item, "ru")


def test_a_disk_without_room_to_send_is_named_until_there_is_some(app: App) -> None:
    room = [False]
    context = replace(app.context, has_room=lambda: room[0])
    [item] = to_do(context)
    assert item.kind is ToDoKind.NO_ROOM
    assert "no copy leaves until there is room" in to_do_sentence(item, "en")
    room[0] = True
    assert to_do(context) == ()


def test_every_sentence_is_there_in_both_languages(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app, {ANNA: LOST, BORIS: NEVER})
    come_back(app, "P003", FULL)
    for item in to_do(app.context):
        english, russian = (to_do_sentence(item, language) for language in ("en", "ru"))
        assert "{" not in english + russian
        assert english != russian
        assert to_do_document(item)["sentence"] == english


def test_the_statements_do_not_grow_with_what_waits(app: App) -> None:
    def asked(number: int) -> int:
        for copy in list(copies(app).values())[:number]:
            come_back(app, copy.person, FULL)
        with statements(app.store) as counted:
            assert kinds(app)
        return len(counted)

    people = members(30)
    begin(app, people)
    deliver(app, {member.email: NEVER for member in people[20:]})
    assert asked(2) == asked(15)
