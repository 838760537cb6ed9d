"""One process leads at a time; whichever threads and processes take the lease at once, none collides."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection

from mailer.store import Store
from mailer.store.ledger import leases, owners
from tests.store.rows import NOW, an_owner

MINUTE = timedelta(minutes=1)
LEADS = "scheduler"
THREADS = 4


def take(connection: Connection, owner: int, *, now=NOW, dead: int | None = None) -> int | None:
    return leases.take_lease(connection, LEADS, owner, now=now, lasting=MINUTE, dead=dead)


def test_a_process_holds_the_lease_until_it_runs_out_or_ends(store: Store) -> None:
    with store.transaction() as connection:
        first, second = an_owner(connection, 1), an_owner(connection, 2)
        assert leases.lease(connection, LEADS, NOW, MINUTE) is None
        assert take(connection, first) == 1
        assert take(connection, second) is None
        assert take(connection, first, now=NOW + MINUTE / 2) == 1
        held = leases.lease(connection, LEADS, NOW + MINUTE, MINUTE)
        assert held is not None
        assert (held.holder.id, held.epoch, held.until) == (first, 1, NOW + MINUTE * 3 / 2)
        assert leases.lease(connection, "another", NOW, MINUTE) is None
        end = NOW + MINUTE * 3 / 2
        assert leases.lease(connection, LEADS, end, MINUTE) is None
        assert take(connection, second, now=end) == 2
        owners.end_owner(connection, first, end)
        assert leases.lease(connection, LEADS, end, MINUTE).holder.id == second
        owners.end_owner(connection, second, end)
        assert leases.lease(connection, LEADS, end, MINUTE) is None


def test_the_epoch_grows_with_each_new_holder_also_over_ends(store: Store) -> None:
    epochs = []
    with store.transaction() as connection:
        for number in range(1, 5):
            owner = an_owner(connection, number)
            epochs += [take(connection, owner), take(connection, owner)]
            owners.end_owner(connection, owner, NOW)
    assert epochs == [1, 1, 2, 2, 3, 3, 4, 4]


def test_a_lease_that_was_taken_while_the_clock_was_ahead_is_none(store: Store) -> None:
    with store.transaction() as connection:
        first, second = an_owner(connection, 1), an_owner(connection, 2)
        assert take(connection, first, now=NOW + timedelta(days=365))
        assert leases.lease(connection, LEADS, NOW, MINUTE) is None
        assert take(connection, second)
        behind = NOW - timedelta(minutes=4)  # the clock of another machine
        assert leases.lease(connection, LEADS, behind, MINUTE).holder.id == second
        assert take(connection, first, now=behind) is None


def test_a_process_leaves_a_lease_only_while_it_is_its_own(store: Store) -> None:
    with store.transaction() as connection:
        first, second = an_owner(connection, 1), an_owner(connection, 2)
        assert take(connection, first)
        later = NOW + MINUTE  # it has run out, and another one has it
        assert take(connection, second, now=later) == 2
        assert not leases.leave_lease(connection, LEADS, first, later)
        assert leases.lease(connection, LEADS, later, MINUTE).holder.id == second
        assert leases.leave_lease(connection, LEADS, second, later)
        assert leases.lease(connection, LEADS, later, MINUTE) is None
        assert take(connection, first, now=later) == 3


def test_the_lease_of_a_dead_owner_goes_to_the_first_who_takes_it(store: Store) -> None:
    with store.transaction() as connection:
        dead, second, third = (an_owner(connection, number) for number in (1, 2, 3))
        assert take(connection, dead)
        assert take(connection, second, dead=dead) == 2
        assert take(connection, third, dead=dead) is None


def at_once(store: Store, jobs: list[Callable[[Connection], int | None]]) -> list[int | None]:
    """What the jobs return, each in a thread and a transaction of its own, begun together."""
    together = Barrier(len(jobs))

    def run(job: Callable[[Connection], int | None]) -> int | None:
        together.wait()
        with store.transaction() as connection:
            return job(connection)

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


@pytest.mark.parametrize("restart", ["after an end", "after a death"])
def test_threads_of_a_daemon_that_starts_again_take_the_lease_together(store: Store, restart: str) -> None:
    before: int | None = None
    for number in range(1, 11):
        with store.transaction() as connection:
            owner = an_owner(connection, number)
            if before is not None and restart == "after an end":
                owners.end_owner(connection, before, NOW)
        dead = before

        def job(connection: Connection, owner: int = owner, dead: int | None = dead) -> int | None:
            return take(connection, owner, dead=dead)

        assert at_once(store, [job] * THREADS) == [number] * THREADS
        before = owner


def test_of_several_processes_that_take_a_free_lease_at_once_exactly_one_has_it(store: Store) -> None:
    for turn in range(1, 6):
        now = NOW + turn * 2 * MINUTE  # each time it has run out
        with store.transaction() as connection:
            rivals = [an_owner(connection, turn * 10 + number) for number in range(THREADS)]

        def job(connection: Connection, owner: int, now=now) -> int | None:
            return take(connection, owner, now=now)

        epochs = at_once(store, [lambda connection, owner=owner: job(connection, owner) for owner in rivals])
        assert sorted(epochs, key=str) == [turn] + [None] * (THREADS - 1)
