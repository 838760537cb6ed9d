"""Several take in the same mails at the same time, each in its own order, while a sender is at work: each counts once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import DBAPIError

from mailer.app.installation import App
from mailer.domain.bounce import RawReport, Way
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.store import DatabaseError, is_deadlock
from tests.club import ISSUE, Club, copies, import_register, members, states
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.relayed import ACCEPTED, answer, claim
from tests.reported import DOMAIN, FULL, SPAM, bounce, complaint, letter, path_of, unsubscribe_path_of

PEOPLE = members(40)
BATCH = 7


def mails(app: App) -> list[RawReport]:
    """About every copy one mail: bounces that are the reader's trouble, complaints, unsubscribes."""
    made = []
    for number, copy in enumerate(copies(app).values()):
        path = path_of(app, copy)
        if number % 5 < 3:
            content = bounce(path, copy.address, FULL, message_id=copy.message_id)
        elif number % 5 == 3:
            content = complaint(path, copy.address)
        else:
            path = unsubscribe_path_of(app, copy)
            content = letter(path, "Please no more.")
        made.append(RawReport(content=content, recipient=path, way=Way.LISTENER))
    return made


def in_batches(app: App, given: Sequence[RawReport], together: Barrier) -> int:
    """Take them in, several in a transaction as the listener does; how many were new."""
    together.wait()
    new = 0
    for at in range(0, len(given), BATCH):
        new += sum(one.id is not None for one in ingest.ingest(app.context, given[at : at + BATCH]))
    return new


def repeated(job):
    """As the sender repeats what PostgreSQL has ended for another one's sake."""
    while True:
        try:
            return job()
        except DatabaseError as error:
            if not is_deadlock(error):
                raise


def test_each_is_kept_once_and_counts_once(app: App, club: Club, clock: FrozenClock) -> None:
    given = mails(app)
    orders = [given, given[::-1], given[20:] + given[:20], given[1::2] + given[::2]]
    together = Barrier(len(orders))
    with ThreadPoolExecutor(len(orders)) as pool, club.opened(clock) as other:
        work = [
            pool.submit(in_batches, one, order, together)
            for one, order in zip((app, other, app, other), orders, strict=True)
        ]
        assert sum(one.result() for one in work) == len(given)
    assert states(app) == {"accepted": 16, "bounced": 24}
    assert len(holds.listing(app.context)) == 8
    seen = photograph(app, without=())
    counted = {name: len(seen[name]) for name in ("raw_reports", "reports", "failures", "own_pauses")}
    assert counted == {"raw_reports": 40, "reports": 40, "failures": 24, "own_pauses": 8}


def test_a_sender_at_work_meanwhile_gets_no_copy_to_a_held_address(app: App, club: Club, clock: FrozenClock) -> None:
    given = mails(app)
    import_register(app, [*PEOPLE, *(members(1, first=41 + n, address=one.email)[0] for n, one in enumerate(PEOPLE))])
    send_supplement(app.context, ISSUE)
    together = Barrier(3)

    def send(one: App) -> int:
        together.wait()
        works = repeated(lambda: claim(one))
        for work in works:
            repeated(lambda: answer(one, work, ACCEPTED))  # noqa: B023  (it is called at once)
        return len(works)

    with ThreadPoolExecutor(3) as pool, club.opened(clock) as other:
        sent = pool.submit(send, other)
        work = [pool.submit(in_batches, app, order, together) for order in (given, given[::-1])]
        assert sum(one.result() for one in work) == len(given)
        gone = sent.result()
    found = states(app)
    assert found["bounced"] == 24
    assert gone == found["accepted"] - 16
    assert found.get("held", 0) + gone == 40


@pytest.mark.parametrize("why", [SPAM])
def test_the_operator_is_told_once(app: App, club: Club, clock: FrozenClock, why) -> None:
    club.settle(
        bounces={"return_path_domain": DOMAIN},
        notify={"operator": "operator@club.example"},
    )
    found = list(copies(app).values())[:8]
    given = [
        RawReport(content=bounce(path_of(app, one), one.address, why), recipient=path_of(app, one), way=Way.LISTENER)
        for one in found
    ]
    together = Barrier(2)
    with club.opened(clock) as one, club.opened(clock) as other, ThreadPoolExecutor(2) as pool:
        work = [pool.submit(in_batches, app, order, together) for app, order in ((one, given), (other, given[::-1]))]
        assert sum(each.result() for each in work) == 8
        letters = photograph(one)["letters"]
    assert sorted(row[2].split()[1] for row in letters) == ["breaker", "spam"]


class Deadlock(Exception):
    sqlstate = "40P01"


def test_what_the_database_ends_for_anothers_sake_is_repeated_but_not_for_ever(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, ends = mails(app)[0], [Deadlock(), Deadlock(), ValueError(), *[Deadlock()] * ingest.TRIES]

    def take_turns(_connection: object, _work: object) -> None:
        if ends:
            raise DBAPIError("SELECT", {}, ends.pop(0))

    monkeypatch.setattr(ingest, "take_turns", take_turns)
    for left in (ingest.TRIES, 0):  # the third says something else, the others say it too often
        with pytest.raises(DBAPIError):
            ingest.ingest(app.context, [one])
        assert len(ends) == left
    [done] = ingest.ingest(app.context, [one])
    assert done.id is not None
    assert states(app) == {"accepted": 39, "bounced": 1}
