"""What comes back finds its copy by what we have signed, and leads to what it must, once."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import FailureReason, Matter, NamedBy, RawReport, ReportKind, Way
from mailer.domain.delivery import State
from mailer.domain.errors import NotFound, Refused
from mailer.formats.token import Keyring
from mailer.pipeline.bounces import holds, ingest, interpret, match, preferences
from mailer.pipeline.mailings.deliveries import delivery_history
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.pipeline.register import erase
from mailer.store import failures, reports
from tests.club import ISSUE, Club, begin, copies, import_register, members, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import ACCEPTED, LOST, answer, claim, deliver, write
from tests.reported import (
    DOMAIN,
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


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock):
    """The installation with return paths and an issue that thirty people have got."""
    club.settle(database={"url": app.config.database.url}, bounces={"return_path_domain": DOMAIN})
    with club.opened(clock) as opened:
        begin(opened, PEOPLE)
        deliver(opened)
        yield opened


def matters(app: App) -> list[tuple[str, Matter | None]]:
    return [(one.person, one.matter) for one in ingest.listing(app.context, every=False)]


def everything(app: App) -> list[reports.Report]:
    return ingest.listing(app.context, every=True)


# --- finding the copy -------------------------------------------------------------------------------------------------


def test_a_bounce_to_the_return_path_finds_its_copy(app: App) -> None:
    done = come_back(app, "P001")
    copy = copies(app)["P001"]
    assert copy.state is State.BOUNCED
    [read] = done.readings
    assert (read.kind, read.reason, read.hard, read.status) == (
        ReportKind.BOUNCE,
        FailureReason.USER_UNKNOWN,
        True,
        "5.1.1",
    )
    assert (read.delivery, read.named_by, read.person, read.forwarded) == (copy.id, NamedBy.RETURN_PATH, "P001", False)
    assert matters(app) == [("P001", Matter.BOUNCED)]
    assert states(app) == {"accepted": 29, "bounced": 1}
    story = delivery_history(app.context, copy.id)
    assert [one.diagnostic for one in story.reports] == ["550 5.1.1 No such user here"]


def test_the_return_path_is_found_in_the_head_where_no_envelope_is_left(app: App) -> None:
    copy = copies(app)["P002"]
    come(app, bounce(path_of(app, copy).upper(), copy.address), way=Way.IMAP)
    assert copies(app)["P002"].state is State.BOUNCED


@pytest.mark.parametrize("by", ["message_id", "envelope_id"])
def test_our_signed_message_id_names_the_copy_too(app: App, by: str) -> None:
    copy = copies(app)["P003"]
    signed = copy.message_id if by == "message_id" else copy.message_id.strip("<>").partition("@")[0]
    done = come(app, bounce(failed=copy.address, **{by: signed}), way=Way.FILE)
    assert (copies(app)["P003"].state, done.readings[0].named_by) == (State.BOUNCED, NamedBy(by))


def test_without_our_signature_nothing_moves_and_the_likely_person_is_told(app: App) -> None:
    done = come(app, bounce(failed=PEOPLE[3].email.upper()))
    assert (done.readings[0].delivery, done.readings[0].person) == (None, "P004")
    come(app, bounce(failed="stranger@elsewhere.example"))
    assert states(app) == {"accepted": 30}
    assert matters(app) == [("P004", Matter.UNNAMED), ("", Matter.UNNAMED)]


def test_a_return_path_of_one_copy_with_the_message_id_of_another_names_none(app: App) -> None:
    one, other = copies(app)["P001"], copies(app)["P002"]
    path = path_of(app, one)
    come(app, bounce(path, one.address, message_id=other.message_id), path)
    assert states(app) == {"accepted": 30}
    assert matters(app) == [("P001", Matter.UNNAMED)]


def test_a_token_is_taken_for_two_weeks(app: App, clock: FrozenClock) -> None:
    path = path_of(app, copies(app)["P001"])
    clock.advance(days=14)
    assert match.admit(app.context, path)
    clock.advance(minutes=1)
    assert not match.admit(app.context, path)
    come(app, bounce(path), path)
    assert (states(app), matters(app)) == ({"accepted": 30}, [("P001", Matter.UNNAMED)])


def test_a_token_of_what_was_never_handed_over_is_refused(app: App) -> None:
    import_register(app, members(1, first=31))
    send_supplement(app.context, ISSUE)
    waiting = copies(app)["P031"]
    assert (waiting.state, match.admit(app.context, path_of(app, waiting))) == (State.PENDING, False)
    assert not match.admit(app.context, f"bounces@{DOMAIN}")
    assert not match.admit(app.context, path_of(app, waiting).replace(DOMAIN, "club.example"))


def test_a_fast_bounce_settles_an_uncertain_copy_and_one_in_hand(app: App) -> None:
    import_register(app, members(2, first=31))
    send_supplement(app.context, ISSUE)
    works = {work.claim.copy.person: work for work in claim(app)}
    answer(app, works["P031"], LOST)
    assert [copies(app)[one].state for one in ("P031", "P032")] == [State.UNCERTAIN, State.SENDING]
    for person in ("P031", "P032"):
        come_back(app, person)
    answer(app, works["P032"], ACCEPTED)  # the result comes after the bounce
    assert [copies(app)[one].state for one in ("P031", "P032")] == [State.BOUNCED, State.BOUNCED]
    assert copies(app)["P032"].attempts == 1
    with pytest.raises(Refused, match="bounced, not uncertain"):
        settle_delivery(app.context, copies(app)["P031"].id, accepted=True)


# --- once, and all of it ----------------------------------------------------------------------------------------------


def test_the_same_mail_twice_changes_nothing(app: App) -> None:
    first = come_back(app, "P001")
    assert first.id is not None
    assert come_back(app, "P001").id is None
    assert len(everything(app)) == 1
    copy = copies(app)["P001"]
    # To another recipient it is another mail, about the same copy.
    come(app, bounce(path_of(app, copy), copy.address, message_id=copy.message_id), way=Way.FILE)
    assert (len(everything(app)), matters(app)) == (2, [("P001", Matter.BOUNCED)])


def test_many_at_once_are_kept_together_or_not_at_all(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = [
        RawReport(content=bounce(), recipient="", way=Way.FILE),
        RawReport(content=b"\0", recipient="", way=Way.FILE),
    ]

    def full(*_given: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "write", full)
        with pytest.raises(OSError, match="no space"):
            ingest.ingest(app.context, mails)
    assert everything(app) == []
    assert [one.id is not None for one in ingest.ingest(app.context, [*mails, mails[0]])] == [True, True, False]


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"Subject: \xff\xfe\r\n\r\n\x00", b"Subject: =?utf-8?b?AAA=?=\n\n"]
)
def test_any_octets_are_kept(app: App, content: bytes) -> None:
    assert come(app, content).readings[0].kind is ReportKind.OTHER
    with app.store.reading() as connection:
        assert [one.raw.content for one in reports.kept(connection)] == [content]
    assert matters(app) == []


def test_what_is_kept_can_be_read_again_and_old_octets_are_let_go(app: App, clock: FrozenClock) -> None:
    come_back(app, "P001")
    reported = [one.id for one in everything(app)]
    ingest.settle(app.context, reported)
    assert ingest.read_again(app.context) == (1, 0)
    assert (matters(app), states(app)) == ([], {"accepted": 29, "bounced": 1})
    keep = timedelta(days=180)
    clock.advance(days=180)
    assert ingest.forget_old(app.context, keep) == 0
    clock.advance(seconds=1)
    assert ingest.forget_old(app.context, keep) == 1
    assert ingest.read_again(app.context) == (0, 0)
    assert [one.diagnostic for one in everything(app)] == ["550 5.1.1 No such user here"]
    assert come_back(app, "P001").id is None  # it is still known


def test_a_better_parser_moves_what_the_old_one_did_not_see(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    better = interpret.parse
    monkeypatch.setattr(interpret, "parse", lambda _raw: better(b"Subject: nothing\n\n"))
    come_back(app, "P001")
    assert states(app) == {"accepted": 30}
    monkeypatch.undo()
    assert ingest.read_again(app.context) == (1, 1)
    assert (states(app), matters(app)) == ({"accepted": 29, "bounced": 1}, [("P001", Matter.BOUNCED)])


# --- what follows -----------------------------------------------------------------------------------------------------


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
    with pytest.raises(NotFound, match="has not unsubscribed"):
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


# --- settling ---------------------------------------------------------------------------------------------------------


def test_a_person_settles_what_they_have_seen_to(app: App) -> None:
    come_back(app, "P001")
    come(app, letter("letter@club.example", "Hello there"))
    first, second = (one.id for one in everything(app))
    with pytest.raises(Refused, match=f"report {second} needs nobody"):
        ingest.settle(app.context, [first, second])
    assert len(matters(app)) == 1
    ingest.settle(app.context, [first])
    assert matters(app) == []
    with pytest.raises(Refused, match="there is no report 99"):
        ingest.settle(app.context, [99])
    assert everything(app)[0].settled_by == "secretary"
