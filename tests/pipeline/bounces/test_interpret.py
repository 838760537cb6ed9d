"""What a report leads to for its copy: a bounce, a hold, a pause, or an item for the secretary."""

from dataclasses import replace
from threading import Thread

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import State
from mailer.domain.errors import NotFound
from mailer.domain.matter import Matter, NamedBy
from mailer.formats.token import Keyring
from mailer.pipeline.bounces import holds, ingest, match, preferences
from mailer.pipeline.mailings.deliveries import delivery_history
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.pipeline.register import erase
from mailer.store import failures, reports
from tests.club import ISSUE, copies, import_register, members, states
from tests.doubles import FrozenClock
from tests.pipeline.bounces.listed import everything, matters
from tests.pipeline.relayed import ACCEPTED, LOST, answer, claim, deliver, write
from tests.reported import (
    FULL,
    SPAM,
    bounce,
    come,
    come_back,
    complaint,
    letter,
    path_of,
    unsubscribe_path_of,
)

PEOPLE = members(30)


def test_a_complaint_holds_the_address_at_once_and_leaves_the_copy(app: App) -> None:
    copy = copies(app)["P001"]
    path = path_of(app, copy)
    come(app, complaint(path, copy.address), path)
    [(hold, [seat])] = holds.listing(app.context)
    assert (hold.address, hold.reason, seat.person) == (copy.address, "complaint", "P001")
    assert (states(app), matters(app)) == ({"accepted": 30}, [("P001", Matter.COMPLAINED)])
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "address_held"


@pytest.mark.parametrize("kind", ["auth-failure", "not-spam", "opt-out"])
def test_other_feedback_holds_nobody(app: App, kind: str) -> None:
    copy = copies(app)["P001"]
    come(app, complaint(path_of(app, copy), copy.address, kind), path_of(app, copy))
    assert holds.listing(app.context) == []


def test_a_complaint_that_was_seen_to_holds_no_more_when_it_is_read_again(app: App, clock: FrozenClock) -> None:
    copy = copies(app)["P001"]
    come(app, complaint(path_of(app, copy), copy.address), path_of(app, copy))
    clock.advance(minutes=1)
    assert holds.lift(app.context, copy.address)
    assert [one.verb for one in delivery_history(app.context, copy.id).decisions] == ["hold", "lift"]
    assert ingest.read_again(app.context) == (1, 0)
    assert holds.listing(app.context) == []
    clock.advance(minutes=1)
    come(app, complaint(path_of(app, copy), copy.address, message_id=copy.message_id), path_of(app, copy))
    assert len(holds.listing(app.context)) == 1


def test_what_nobody_can_read_at_a_return_path_is_told(app: App) -> None:
    path = path_of(app, copies(app)["P001"])
    come(app, letter(path, "Dear club, thank you for the issue.", subject="Re: The Harbour Letter"), path)
    assert (matters(app), states(app)) == ([("P001", Matter.UNREAD)], {"accepted": 30})


def test_each_letter_to_a_return_path_is_told(app: App) -> None:
    path = path_of(app, copies(app)["P001"])
    for words in ("Dinner?", "My address changes next week."):
        come(app, letter(path, words), path)
        [one] = ingest.listing(app.context, every=False)
        ingest.settle(app.context, [one.id])
    path = unsubscribe_path_of(app, copies(app)["P001"])
    come(app, letter(path, "No more, please."), path)
    come(app, letter(path, "Sorry, I did not mean it."), path)
    assert matters(app) == [("P001", Matter.UNSUBSCRIBED), ("P001", Matter.UNREAD)]


def test_a_complaint_about_a_copy_that_was_passed_on_takes_nothing_from_the_member(app: App) -> None:
    copy = copies(app)["P001"]
    come(
        app,
        complaint("", "bob@freemail.example", message_id=copy.message_id).replace(
            b"Version: 1", b"Version: 1\nOriginal-Rcpt-To: bob@freemail.example"
        ),
    )
    assert (holds.listing(app.context), matters(app)) == ([], [("P001", Matter.COMPLAINED)])


def test_a_bounce_of_a_copy_that_goes_on_counts_for_nothing(app: App) -> None:
    import_register(app, members(1, first=31))
    send_supplement(app.context, ISSUE)
    [work] = claim(app)
    answer(app, work, LOST)
    settle_delivery(app.context, work.claim.delivery, accepted=False)  # it goes once more
    come_back(app, "P031")
    assert (copies(app)["P031"].state, matters(app)) == (State.PENDING, [])
    with app.store.reading() as connection:
        assert failures.of_mailings(connection, [copies(app)["P031"].mailing]) == {}


def test_what_comes_back_about_the_erased_tells_nothing_of_them(app: App) -> None:
    copy = copies(app)["P001"]
    path = path_of(app, copy)
    erase.erase(app.context, "P001")
    come(app, bounce(path, copy.address, message_id=copy.message_id), path)
    come(app, complaint(path, copy.address), path)
    assert (states(app), matters(app), holds.listing(app.context)) == ({"accepted": 29, "bounced": 1}, [], [])
    assert {(one.recipient, one.diagnostic, one.sender, one.forwarded) for one in everything(app)} == {
        (None, "", "", False)
    }
    with app.store.reading() as connection:
        assert reports.kept(connection) == []


def test_a_key_that_is_gone_takes_no_name_away(app: App) -> None:
    come_back(app, "P001")
    reported = [one.id for one in everything(app)]
    ingest.settle(app.context, reported)
    other = replace(app.context, keys=Keyring(keys=(b"another key" * 3,)))
    assert ingest.read_again(other) == (1, 0)
    assert [(one.id, one.named_by, one.settled_by) for one in everything(app)] == [
        (reported[0], NamedBy.RETURN_PATH, "secretary")
    ]


def test_a_bounce_that_comes_while_the_result_is_written_is_not_lost(app: App) -> None:
    import_register(app, members(1, first=31))
    send_supplement(app.context, ISSUE)
    [work] = claim(app)
    with app.store.transaction() as connection:
        write(connection, app, work, ACCEPTED)
        coming = Thread(target=come_back, args=(app, "P031"))
        coming.start()
        coming.join(0.3)  # it waits for us, whichever the database
    coming.join()
    assert copies(app)["P031"].state is State.BOUNCED


def test_a_forged_complaint_holds_nobody(app: App) -> None:
    come(app, complaint("letter@club.example", PEOPLE[0].email))
    assert (holds.listing(app.context), matters(app)) == ([], [("P001", Matter.UNNAMED)])


def test_an_unsubscribe_pauses_the_copies_and_never_the_membership(app: App, clock: FrozenClock) -> None:
    clock.advance(days=399)
    path = unsubscribe_path_of(app, copies(app)["P001"])
    assert match.admit(app.context, path)
    come(app, letter(path, "Please no more."), path)
    answer = explain_entitlement(app.context, "P001", ISSUE).now.entitlement
    assert (answer.reason, answer.evidence[0]) == ("paused", "paused by the reader, from 2018-07-12")
    assert matters(app) == [("P001", Matter.UNSUBSCRIBED)]
    import_register(app, PEOPLE)  # no import lifts it
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paused"
    clock.advance(minutes=1)
    preferences.resume(app.context, "P001")
    assert ingest.read_again(app.context) == (1, 0)  # what was said before that is over
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paid"
    with pytest.raises(NotFound, match="has not unsubscribed or paused"):
        preferences.resume(app.context, "P001")
    clock.advance(days=2)
    assert not match.admit(app.context, path)
    come(app, letter(path, "Really no more."), path)
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paid"


def test_one_purpose_is_not_taken_for_another(app: App) -> None:
    copy = copies(app)["P001"]
    come(app, letter(path_of(app, copy), "unsubscribe", subject="unsubscribe"), path_of(app, copy))
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paid"
    assert matters(app) == [("P001", Matter.WANTS_NO_MORE)]
    path = unsubscribe_path_of(app, copies(app)["P002"])
    come(app, bounce(path, PEOPLE[1].email), path)
    assert states(app) == {"accepted": 30}
    assert explain_entitlement(app.context, "P002", ISSUE).now.entitlement.reason == "paid"


def test_what_waits_for_a_person_who_unsubscribes_is_held(app: App) -> None:
    import_register(app, [*PEOPLE, *members(1, first=31)])
    send_supplement(app.context, ISSUE)
    with app.store.transaction() as connection:
        preferences.pause_by_reader(connection, app.context, copies(app)["P031"], app.context.clock.now())
    assert (copies(app)["P031"].state, copies(app)["P031"].held_reason) == (State.HELD, "paused")


@pytest.mark.parametrize(("why", "scope"), [(FULL, "mailbox_full"), (SPAM, "spam")])
def test_one_soft_bounce_is_owed_and_told_and_holds_nobody(app: App, why, scope) -> None:
    come_back(app, "P001", why)
    assert (holds.listing(app.context), matters(app)) == ([], [("P001", Matter.BOUNCED)])
    assert everything(app)[0].reason == scope
    assert find_missing_copies(app.context, ISSUE).people == ()


def test_a_bounce_is_seen_to_when_a_further_copy_is_under_way(app: App) -> None:
    come_back(app, "P001")
    import_register(app, [*members(1, address="new@members.example"), *PEOPLE[1:]])
    assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == ["P001"]
    assert matters(app) == [("P001", Matter.BOUNCED)]
    send_supplement(app.context, ISSUE)
    assert matters(app) == []
    assert deliver(app) == ["new@members.example"]


def test_a_bounce_at_another_place_is_recorded_as_forwarded(app: App) -> None:
    copy = copies(app)["P001"]
    path = path_of(app, copy)
    come(app, bounce(path, "anna@freemail.example"), path)
    [found] = everything(app)
    assert (found.forwarded, found.recipient, found.address) == (True, "anna@freemail.example", copy.address)
    assert copies(app)["P001"].state is State.BOUNCED


def test_a_mail_about_two_recipients_of_one_copy_is_one_matter(app: App) -> None:
    copy = copies(app)["P001"]
    path = path_of(app, copy)
    blocks = bounce(path, copy.address).replace(
        b"Final-Recipient",
        b"Final-Recipient: rfc822; other@members.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient",
    )
    done = come(app, blocks, path)
    assert [one.recipient for one in done.readings] == ["other@members.example", copy.address]
    assert matters(app) == [("P001", Matter.BOUNCED)]
