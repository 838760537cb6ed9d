"""The mark of a backup, and the ids that a resumed ledger never gives out twice; on both databases."""

from datetime import UTC, datetime

import pytest

from mailer.store import Store
from mailer.store.ledger import backups, claims
from tests.store.rows import a_copy, a_mailing, a_mailing_of, write

AT = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
LATER = datetime(2018, 8, 1, 13, 0, tzinfo=UTC)


def test_a_live_ledger_has_no_mark_and_an_older_mark_stays(store: Store) -> None:
    with store.transaction() as connection:
        assert backups.backup_at(connection) is None
        backups.mark_as_backup(connection, AT)
        backups.mark_as_backup(connection, LATER)
        assert backups.backup_at(connection) == AT


@pytest.mark.parametrize(("saved", "reached"), [(0, 4), (3, 4), (90, 91)])
def test_a_resumed_ledger_is_ahead_of_itself_and_of_what_was_saved(store: Store, saved: int, reached: int) -> None:
    with store.transaction() as connection:
        for _ in range(3):
            claims.advance_epoch(connection)
        backups.mark_as_backup(connection, AT)
        assert backups.resume_ledger(connection, epoch=saved) == reached
        assert backups.backup_at(connection) is None
        assert claims.ledger_epoch(connection) == reached


def test_the_next_copy_has_an_id_that_the_lost_ledger_cannot_have_given(store: Store) -> None:
    with store.transaction() as connection:
        _, ids = a_mailing_of(connection, 3)
        backups.resume_ledger(connection, epoch=0)
        other = a_mailing(connection, serial=42, content_hash="other")
        [next_id] = write(connection, other, [a_copy(1)], serial=42)
        assert next_id == max(ids) + backups.SKIPPED_IDS + 1


@pytest.mark.parametrize("filled", [True, False])
def test_the_log_may_know_of_a_higher_one(store: Store, filled: bool) -> None:
    with store.transaction() as connection:
        if filled:
            a_mailing_of(connection, 3)
        backups.resume_ledger(connection, epoch=0, delivery=5_000_000)
        [next_id] = write(connection, a_mailing(connection, serial=42, content_hash="other"), [a_copy(1)], serial=42)
        assert next_id == 5_000_000 + backups.SKIPPED_IDS + 1
