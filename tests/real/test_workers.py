"""Workers on machines of their own, one PostgreSQL: every copy once, whatever dies, freezes, restarts or is cut off."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.pause import pause_mailing, resume_mailing
from tests.club import ISSUE, begin, members
from tests.real.cluster import Cluster, Machine, a_cluster, absent, until

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(absent()), reason=absent())]

CONNECTIONS, WINDOW, MARKED = 4, 2, 64
TAKEOVER, PAUSE = 10.0, 2.0  # seconds


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Three machines; a relay takes a tenth of a second for a message."""
    with a_cluster(tmp_path, 3, delay_ms=100, connections=CONNECTIONS, window=WINDOW) as made:
        yield made


def in_hand(cluster: Cluster, machine: Machine) -> int:
    """How many copies the last worker of a machine has marked."""
    boot = (machine.folder / "boot_id").read_text().strip()
    query = f"SELECT count(*) FROM deliveries JOIN owners ON owners.id = owner WHERE state = 'sending' AND boot_id = '{boot}'"
    return int(str(cluster.database.rows(query)[0][0]))


def sends(cluster: Cluster, people: int) -> None:
    """Begin a mailing to so many people, and wait until each worker has copies in hand."""
    with cluster.club.opened(SystemClock()) as app:
        begin(app, members(people))
    for machine in cluster.machines:
        machine.start()
    until(lambda: all(in_hand(cluster, machine) for machine in cluster.machines))


def ends(cluster: Cluster, people: int, uncertain: int) -> None:
    """Every copy comes to its end: none twice, none missed, and no more in doubt than so many."""
    until(lambda: not {"pending", "sending"} & cluster.states().keys(), 180)
    states, received = cluster.states(), cluster.received()
    assert set(received.values()) == {1}
    assert states["accepted"] + states.get("uncertain", 0) == people
    assert states.get("uncertain", 0) <= uncertain, states
    assert states["accepted"] <= len(received) <= people
    for machine in cluster.machines:
        if machine.worker.poll() is None:
            machine.signal(signal.SIGTERM)
            assert machine.worker.wait(60) == 0


def test_a_machine_that_is_lost_is_taken_over_and_its_journal_settles_when_it_is_back(cluster: Cluster) -> None:
    people = 900
    sends(cluster, people)
    lost, *_ = cluster.machines
    lost.signal(signal.SIGKILL)
    lost.worker.wait(60)
    marked = in_hand(cluster, lost)
    assert 0 < marked <= MARKED
    assert until(lambda: not in_hand(cluster, lost)) <= TAKEOVER
    # No other machine can tell how far it had come: all are in doubt.
    assert cluster.states()["uncertain"] == marked
    lost.start()
    until(lambda: cluster.states().get("uncertain", 0) <= CONNECTIONS * WINDOW)
    ends(cluster, people, CONNECTIONS * WINDOW)


def test_everything_at_once_doubles_and_misses_no_copy(cluster: Cluster) -> None:
    people = 2_000
    sends(cluster, people)
    dies, freezes, is_cut_off = cluster.machines
    dies.signal(signal.SIGKILL)
    freezes.signal(signal.SIGSTOP)
    is_cut_off.cut()
    cluster.database.restart_at_once()
    dies.worker.wait(60)
    dies.start()
    never = cluster.waits
    never(15)
    is_cut_off.join_again()
    never(5)
    freezes.signal(signal.SIGCONT)
    ends(cluster, people, 3 * CONNECTIONS * WINDOW)


def test_a_pause_reaches_every_worker_in_two_seconds(cluster: Cluster) -> None:
    people = 900
    sends(cluster, people)
    with cluster.club.opened(SystemClock()) as app:
        pause_mailing(app.context, ISSUE)
        assert until(lambda: "sending" not in cluster.states()) <= PAUSE
        gone = len(cluster.received())
        cluster.waits(3)
        assert len(cluster.received()) == gone < people
        resume_mailing(app.context, ISSUE)
    ends(cluster, people, 0)
