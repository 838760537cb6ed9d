"""The scheduler's lease, as the threads of a daemon take it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from mailer.app.scheduler import daemon_runs, hold_scheduler
from mailer.app.sender import open_sender
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock

JOBS = 3  # a daemon looks for work, renews the lease and writes letters, each in a thread of its own


def test_the_threads_of_a_daemon_that_starts_again_all_lead(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        for _start in range(4):
            with open_sender(app) as (_sender, owner), ThreadPoolExecutor(JOBS) as threads:
                together = Barrier(JOBS)

                def leads(owner: int = owner, together: Barrier = together) -> bool:
                    together.wait()
                    return hold_scheduler(app, owner)

                assert [job.result() for job in [threads.submit(leads) for _ in range(JOBS)]] == [True] * JOBS
                assert daemon_runs(app)
            assert not daemon_runs(app)
