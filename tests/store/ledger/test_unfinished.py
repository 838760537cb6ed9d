"""The mailings that a sender must act on: in `sending`, or ended and with a copy that came back."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, update

from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.store import Store
from mailer.store.ledger.unfinished import Unfinished, any_due, any_sending, unfinished
from mailer.store.schema import deliveries, mailings
from tests.store.rows import NOW, SECOND, a_copy, a_mailing, a_mailing_of, an_owner, take, write


def settle(connection: Connection, identities: list[int], state: State, **values: object) -> None:
    connection.execute(update(deliveries).where(deliveries.c.id.in_(identities)).values(state=state, **values))


def put_mailing(connection: Connection, identity: int, state: MailingState) -> None:
    connection.execute(update(mailings).where(mailings.c.id == identity).values(state=state))


def test_a_mailing_that_is_sending_is_named_with_and_without_open_copies(store: Store) -> None:
    with store.transaction() as connection:
        mailing, copies = a_mailing_of(connection, 3)
        assert unfinished(connection) == [Unfinished(mailing, MailingState.SENDING, True)]
        settle(connection, copies[:2], State.ACCEPTED)
        assert unfinished(connection) == [Unfinished(mailing, MailingState.SENDING, True)]
        settle(connection, copies, State.ACCEPTED)
        assert unfinished(connection) == [Unfinished(mailing, MailingState.SENDING, False)]


def test_a_copy_in_a_senders_hands_is_open(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        assert not any_sending(connection)
        take(connection, mailing, an_owner(connection))
        assert any_sending(connection)
        assert unfinished(connection) == [Unfinished(mailing, MailingState.SENDING, True)]


@pytest.mark.parametrize("state", [MailingState.CLOSED, MailingState.CANCELLED])
def test_an_ended_mailing_is_named_only_when_a_copy_came_back(store: Store, state: MailingState) -> None:
    with store.transaction() as connection:
        mailing, copies = a_mailing_of(connection, 2)
        settle(connection, copies, State.ACCEPTED)
        put_mailing(connection, mailing, state)
        assert unfinished(connection) == []
        settle(connection, copies[1:], State.PENDING)
        assert unfinished(connection) == [Unfinished(mailing, state, True)]


@pytest.mark.parametrize("state", [MailingState.PLANNED, MailingState.APPROVED, MailingState.PAUSED])
def test_a_mailing_that_waits_for_a_person_is_not_named(store: Store, state: MailingState) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        put_mailing(connection, mailing, state)
        assert unfinished(connection) == []


def test_a_copy_is_due_when_it_waits_for_nothing(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [copy] = a_mailing_of(connection, 1)
        assert any_due(connection, mailing, NOW)
        settle(connection, [copy], State.PENDING, next_attempt_at=NOW + timedelta(hours=1))
        assert not any_due(connection, mailing, NOW + timedelta(hours=1) - SECOND)
        assert any_due(connection, mailing, NOW + timedelta(hours=1))
        settle(connection, [copy], State.ACCEPTED, next_attempt_at=None)
        assert not any_due(connection, mailing, NOW)


def test_it_is_one_statement_however_many_mailings_there_are(store: Store) -> None:
    with store.transaction() as connection:
        for serial in range(253, 258):
            mailing = a_mailing(connection, serial=serial, content_hash=f"hash {serial}")
            copies = write(connection, mailing, [a_copy()], serial=serial)
            settle(connection, copies, State.ACCEPTED)
            put_mailing(connection, mailing, MailingState.CLOSED)
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
        assert unfinished(connection) == []
        assert len(statements) == 1
