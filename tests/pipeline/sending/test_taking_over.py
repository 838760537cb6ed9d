"""Dead senders are taken over by several processes at once on PostgreSQL: no journal is given up while a copy needs it."""

from contextlib import suppress
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import JournalEntry, JournalState
from mailer.pipeline.mailings.pause import pause_mailing
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.recovery import DeadSender
from mailer.store import Connection, mailings
from mailer.store.ledger import leftovers, owners
from mailer.store.ledger.owners import Owner
from tests.club import ISSUE, LETTER, Club, begin, members, states
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.pipeline.relayed import OWNERS, claim, claim_within

together = pytest.mark.skipif(not POSTGRES, reason="one transaction writes at a time")
NOBODY = 0


class Frozen(Exception):
    """The server ends the transaction of a process that is frozen in it."""


def journal_of(copy: OutgoingCopy) -> leftovers.JournalEntries:
    return {(copy.claim.delivery, copy.claim.epoch): JournalEntry(state=JournalState.ACCEPTED, code=250)}


def taken_over(connection: Connection, app: App, copy: OutgoingCopy) -> list[int]:
    """The senders whose journals are needed no longer, once every sender has died."""

    def dead(owner: Owner) -> DeadSender:
        return DeadSender(owner=owner, journal=journal_of(copy))

    return [owner.id for owner in recovery.take_over(connection, app.context, NOBODY, dead)]


@together
def test_a_journal_stays_while_a_frozen_process_takes_its_copies_over(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        begin(app, members(1))
        [copy] = claim(app)
        owner = OWNERS[copy.claim.delivery]
        with suppress(Frozen), app.store.transaction() as frozen:
            leftovers.take_over(frozen, dead={owner: journal_of(copy)}, now=clock.now())
            with app.store.transaction() as connection:
                assert taken_over(connection, app, copy) == []
            raise Frozen
        assert states(app) == {"sending": 1}
        with app.store.transaction() as connection:
            assert taken_over(connection, app, copy) == [owner]
        assert states(app) == {"accepted": 1}


@together
def test_a_journal_stays_while_the_last_claim_of_a_killed_sender_is_committed(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        begin(app, members(2))
        [copy] = claim(app, 1)
        owner = OWNERS[copy.claim.delivery]
        with app.store.transaction() as last:
            claim_within(last, app, owner, 1)
            with app.store.transaction() as connection:
                assert taken_over(connection, app, copy) == []
        assert states(app) == {"sending": 2}
        with app.store.transaction() as connection:
            assert taken_over(connection, app, copy) == [owner]
        assert states(app) == {"accepted": 1, "pending": 1}
        with app.store.reading() as connection:
            assert owners.idle_owners(connection) == []


@together
def test_a_pause_does_not_wait_for_senders_that_claim(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        begin(app, members(3))
        with app.store.reading() as connection:
            [mailing] = mailings.mailings_of(connection, LETTER, ISSUE.serial)
        with app.store.transaction() as sender:
            mailings.lock_plan(sender, mailing.id)
            with app.store.transaction() as person:
                person.exec_driver_sql("SET LOCAL lock_timeout = 5000")
                pause_mailing(replace(app.context, store=app.store.within(person)), ISSUE)


def test_a_mailing_that_another_process_has_just_closed_is_not_opened_again(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with club.opened(clock) as app:
        begin(app, members(1))
        [copy] = claim(app)
        with app.store.transaction() as connection:
            leftovers.take_over(connection, dead={OWNERS[copy.claim.delivery]: journal_of(copy)}, now=clock.now())
            found = recovery.unfinished(connection)
            assert recovery.tidy(connection, app.context)
            monkeypatch.setattr(recovery, "unfinished", lambda _connection: found)  # as the slower of two has read it
            assert recovery.tidy(connection, app.context) == set()
            [mailing] = mailings.mailings_of(connection, LETTER, ISSUE.serial)
            assert mailing.state == "closed"
