"""The secretary decides about one copy: it arrived, it is sent again, or it is released."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from mailer.app.installation import App
from mailer.domain.delivery import Delivery, State
from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.store.schema import history
from tests.club import ISSUE, Member, begin, copies, import_register, members, reverse, states
from tests.pipeline.relayed import LOST, NEVER, deliver, the_mailings

PEOPLE = members(3)
ANNA = PEOPLE[0]


def hers(app: App) -> Delivery:
    return copies(app)[ANNA.person]


def uncertain(app: App) -> Delivery:
    begin(app, PEOPLE)
    deliver(app, {ANNA.email: LOST})
    assert states(app) == {"accepted": 2, "uncertain": 1}
    assert the_mailings(app)[0].state is MailingState.CLOSED
    return hers(app)


def told(app: App) -> list[tuple[str, str, str]]:
    with app.store.transaction() as connection:
        rows = connection.execute(select(history).where(history.c.verb.in_(["settle", "release"]))).all()
    return [(row.verb, row.subject, row.detail) for row in rows]


# --- settle -----------------------------------------------------------------------------------------------------------


def test_it_arrived(app: App) -> None:
    copy = uncertain(app)
    settle_delivery(app.context, copy.id, accepted=True)
    assert states(app) == {"accepted": 3}
    assert told(app) == [("settle", f"delivery {copy.id}", "accepted")]
    assert the_mailings(app)[0].state is MailingState.CLOSED
    assert deliver(app) == []


def test_it_goes_once_more_under_the_same_message_id(app: App) -> None:
    copy = uncertain(app)
    settle_delivery(app.context, copy.id, accepted=False)
    assert the_mailings(app)[0].state is MailingState.SENDING
    assert deliver(app) == [ANNA.email]
    assert (hers(app).state, hers(app).message_id, hers(app).attempts) == (State.ACCEPTED, copy.message_id, 2)
    assert the_mailings(app)[0].state is MailingState.CLOSED
    assert told(app) == [("settle", f"delivery {copy.id}", "resend")]


def test_it_goes_once_more_only_to_somebody_who_is_still_entitled(app: App) -> None:
    copy = uncertain(app)
    settle_delivery(app.context, copy.id, accepted=False)
    reverse(app, ANNA)
    assert deliver(app) == []
    assert hers(app).held_reason == "unpaid"


def test_only_what_is_uncertain_is_settled(app: App) -> None:
    begin(app, PEOPLE)
    with pytest.raises(Refused, match=r"delivery \d+ is pending, not uncertain: there is nothing to settle"):
        settle_delivery(app.context, hers(app).id, accepted=True)
    deliver(app)
    for accepted in (True, False):
        with pytest.raises(Refused, match="is accepted, not uncertain"):
            settle_delivery(app.context, hers(app).id, accepted=accepted)
    with pytest.raises(NotFound, match="there is no delivery 99") as refused:
        settle_delivery(app.context, 99, accepted=True)
    assert refused.value.remedies == (Action.LIST_COPIES.of("ISSUE"),)


def test_a_cancelled_mailing_sends_nothing_once_more_but_its_reader_is_owed_a_copy(app: App) -> None:
    uncertain(app)
    begin_again_and_cancel(app)
    assert ANNA.person not in owed(app)
    assert settle_delivery(app.context, hers(app).id, accepted=False) == (str(ISSUE), State.CANCELLED)
    assert hers(app).state is State.CANCELLED
    assert ANNA.person in owed(app)


def test_a_copy_of_a_cancelled_mailing_that_arrived_is_settled_as_accepted(app: App) -> None:
    uncertain(app)
    begin_again_and_cancel(app)
    assert settle_delivery(app.context, hers(app).id, accepted=True) == (str(ISSUE), State.ACCEPTED)
    assert ANNA.person not in owed(app)


def owed(app: App) -> set[str]:
    return {person.person for person in find_missing_copies(app.context, ISSUE).people}


def begin_again_and_cancel(app: App) -> None:
    # Reopened by another copy, then cancelled.
    boris = copies(app)[PEOPLE[1].person]
    with app.store.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE deliveries SET state = 'uncertain' WHERE id = {boris.id}")
    settle_delivery(app.context, boris.id, accepted=False)
    cancel_mailing(app.context, ISSUE)


# --- release ----------------------------------------------------------------------------------------------------------


def held(app: App, change: Member) -> Delivery:
    begin(app, PEOPLE)
    import_register(app, [change])
    deliver(app)
    assert states(app) == {"accepted": 2, "held": 1}
    assert the_mailings(app)[0].state is MailingState.CLOSED
    return hers(app)


PAUSED = replace(ANNA, more={"pause_from": "2018-07-01"})
MOVED = replace(ANNA, address="new@members.example")


def test_who_is_not_entitled_is_not_released(app: App) -> None:
    copy = held(app, PAUSED)
    with pytest.raises(Refused, match=r"P001 Reader001 is not entitled now \(paused\)") as refused:
        release_delivery(app.context, copy.id)
    assert refused.value.remedies == (Action.EXPLAIN.of("P001", ISSUE),)
    assert the_mailings(app)[0].state is MailingState.CLOSED
    import_register(app, [replace(ANNA, languages="ru")])
    with pytest.raises(Refused, match="not entitled now"):
        release_delivery(app.context, copy.id)
    import_register(app, [replace(ANNA, more={"email": ""})])
    with pytest.raises(Refused, match="no_address"):
        release_delivery(app.context, copy.id)


def test_who_is_entitled_again_is_released(app: App) -> None:
    copy = held(app, PAUSED)
    import_register(app, [ANNA])
    assert release_delivery(app.context, copy.id) == ANNA.email
    assert the_mailings(app)[0].state is MailingState.SENDING
    assert (hers(app).state, hers(app).held_reason) == (State.PENDING, None)
    assert deliver(app) == [ANNA.email]
    assert told(app) == [("release", f"delivery {copy.id}", "paused")]


def test_a_changed_address_is_released_to_the_new_one(app: App) -> None:
    copy = held(app, MOVED)
    assert (copy.held_reason, copy.address) == ("address_changed", ANNA.email)
    assert release_delivery(app.context, copy.id) == MOVED.email
    assert deliver(app) == [MOVED.email]
    assert (hers(app).address, hers(app).copy_number, hers(app).message_id) == (
        MOVED.email,
        copy.copy_number,
        copy.message_id,
    )
    assert told(app) == [("release", f"delivery {copy.id}", "address_changed")]


def test_what_is_released_is_judged_again_before_it_leaves(app: App) -> None:
    copy = held(app, MOVED)
    release_delivery(app.context, copy.id)
    import_register(app, [replace(MOVED, more={"pause_from": "2018-07-01"})])
    assert deliver(app) == []
    assert hers(app).held_reason == "paused"


def test_only_what_is_held_is_released(app: App) -> None:
    begin(app, PEOPLE)
    with pytest.raises(Refused, match=r"delivery \d+ is pending, not held: there is nothing to release"):
        release_delivery(app.context, hers(app).id)
    deliver(app, {ANNA.email: NEVER})
    with pytest.raises(Refused, match="is rejected, not held"):
        release_delivery(app.context, hers(app).id)
    with pytest.raises(NotFound):
        release_delivery(app.context, 99)


def test_a_release_while_paused_waits_for_the_resume(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [MOVED])
    pause_mailing(app.context, ISSUE)
    resume_mailing(app.context, ISSUE)
    deliver(app, {PEOPLE[1].email: NEVER})
    copy = hers(app)
    release_delivery(app.context, copy.id)
    pause_mailing(app.context, ISSUE)
    assert deliver(app) == []
    resume_mailing(app.context, ISSUE)
    assert deliver(app) == [MOVED.email]


def test_a_cancelled_mailing_has_nothing_held(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [MOVED])
    deliver(app)
    release_delivery(app.context, hers(app).id)
    cancel_mailing(app.context, ISSUE)
    assert states(app) == {"accepted": 2, "cancelled": 1}
    with pytest.raises(Refused, match="is cancelled, not held"):
        release_delivery(app.context, hers(app).id)
