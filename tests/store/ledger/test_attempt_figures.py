"""Attempts are counted by relay, outcome, newsletter and duration, on both kinds of database alike."""

from datetime import timedelta

from mailer.domain.delivery import Deferred, Event, Reply
from mailer.store import Store
from mailer.store.ledger.attempt_figures import BOUNDS, attempt_figures, last_attempt, last_before
from tests.store.rows import NOW, RELAY, SECOND, a_mailing_of, an_owner, came, take, write_down


def test_attempts_that_are_alike_are_counted_together(store: Store) -> None:
    later = Deferred(reply=Reply(code=451))
    with store.transaction() as connection:
        assert (last_attempt(connection), last_before(connection, NOW)) == (0, 0)
        mailing, _ = a_mailing_of(connection, 4)
        owner = an_owner(connection)
        first, second, third, _ = take(connection, mailing, owner, limit=4)
        write_down(connection, owner, came(first, started_at=NOW - 3 * SECOND))
        write_down(connection, owner, came(second, started_at=NOW - 3 * SECOND))
        write_down(connection, owner, came(third, Event.DEFERRED, later, started_at=NOW - timedelta(hours=1)))
        last = last_attempt(connection)
        figures = {each.outcome: each for each in attempt_figures(connection, 0, last)}
        assert {outcome: each.number for outcome, each in figures.items()} == {"accepted": 2, "deferred": 1}
        assert {each.relay for each in figures.values()} == {RELAY}
        assert figures["accepted"].last.tzinfo is not None
        took = figures["accepted"].last - (NOW - 3 * SECOND)
        assert abs(figures["accepted"].parts / 10_000 - 2 * took.total_seconds()) < 0.001
        assert figures["accepted"].place == sum(bound < took.total_seconds() for bound in BOUNDS)
        [newest] = attempt_figures(connection, last - 1, last)
        assert (newest.outcome, newest.place) == ("deferred", len(BOUNDS))
        assert attempt_figures(connection, last, last) == []
        assert last_before(connection, figures["accepted"].last + SECOND) == last
        assert last_before(connection, NOW - timedelta(days=1)) == 0
