"""Waiting copies are read a chunk at a time, whole, once each, and know by which register they were judged."""

import pytest

from mailer.domain.delivery import State
from mailer.store import Store, mailings
from mailer.store.copies import waiting
from tests.store.rows import RULES, a_copy, a_mailing, a_mailing_of, put, write


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 500])
def test_waiting_copies_come_once_each_in_the_order_of_their_numbers(store: Store, limit: int) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 6)
        other = a_mailing(connection, supplement=1)
        write(connection, other, [a_copy(7)])
        put(connection, ids[1], state=State.ACCEPTED)
        found = mailings.mailing(connection, mailing)
        read: list[waiting.PendingCopy] = []
        while chunk := waiting.waiting(connection, found, after=read[-1].copy.copy_number if read else 0, limit=limit):
            assert len(chunk) <= limit
            read += chunk
        assert [one.copy for one in read] == [a_copy(number) for number in (1, 3, 4, 5, 6)]
        assert [one.id for one in read] == [ids[0], *ids[2:]]
        assert read[0].message_id == f"<{ids[0]}@club.example>"
        assert list(waiting.all_waiting(connection, found)) == read
        assert [
            one.copy.copy_number for one in waiting.all_waiting(connection, mailings.mailing(connection, other))
        ] == [7]


def test_only_pending_copies_are_judged_again(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 3)

        def otherwise(judged_by: str) -> list[int]:
            listed = sorted(one.id for one in waiting.judged_otherwise(connection, mailing, judged_by, 5))
            assert waiting.all_judged(connection, mailing, judged_by) == (not listed)
            return listed

        put(connection, ids[0], state=State.ACCEPTED)
        put(connection, ids[1], judged_by="2:rules")
        assert otherwise(RULES) == [ids[1]]
        assert otherwise("2:rules") == [ids[2]]
        assert otherwise("0:rules") == ids[1:]
        waiting.set_judged(connection, ids, "2:rules")
        assert otherwise("2:rules") == []
        # The accepted one is none of its business.
        put(connection, ids[0], state=State.PENDING)
        assert otherwise("2:rules") == [ids[0]]
        waiting.set_judged(connection, ids[1:], "3:rules")
        assert otherwise("3:rules") == [ids[0]]
