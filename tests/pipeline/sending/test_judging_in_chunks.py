"""After a change of the register waiting copies are judged a chunk a turn: however large, the same are held and sent."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailer.app.installation import App
from mailer.domain.delivery import Accepted, Event, Reply
from mailer.domain.history import HistoryEntry
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.sending import record, turn
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.store import history
from mailer.store.ledger.results import Result
from tests.club import ISSUE, THURSDAY, Club, Member, begin, copies, import_register, members, reverse
from tests.doubles import FrozenClock, ScriptedTransport
from tests.leaping_loop import LeapingLoop
from tests.pipeline.relayed import LATER, OWNERS, RELAY, SETTINGS, answer, claim

READERS = members(8)
FATES = (None, "unpaid", "address_changed", "paused")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Club:
    """A club whose mailing has begun."""
    club = Club.found(tmp_path_factory.mktemp("begun") / "club")
    with club.opened() as app:
        begin(app, READERS)
    return club


def strike(app: App, member: Member, fate: str | None) -> None:
    """What happens to a reader in mid-mailing."""
    if fate == "unpaid":
        reverse(app, member)
    elif fate == "address_changed":
        import_register(app, [replace(member, address=f"new{member.number}@members.example")])
    elif fate == "paused":
        import_register(app, [replace(member, more={"pause_from": date(2018, 7, 1).isoformat()})])


def put_back(app: App, copy: OutgoingCopy) -> None:
    """The copy was claimed, and nothing of it was tried."""
    now = app.context.clock.now()
    unused = Result(claim=copy.claim, event=Event.UNUSED, outcome=None, begun=False, started_at=now, finished_at=now)
    with app.store.transaction() as connection:
        record.record(connection, app.context, SETTINGS, OWNERS[copy.claim.delivery], RELAY, [unused], now)


async def drained(club: Club, clock: FrozenClock) -> list[str]:
    """The addresses that a sender hands copies over to."""

    async def accept(_envelope: object, mark: Callable[[], object]) -> Accepted:
        await mark()
        return Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))

    transport = ScriptedTransport(accept)
    with club.sending(clock, transport) as (_app, sender):
        await sender.drain(ISSUE)
    return sorted(transport.left)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chunk=st.integers(1, 9),
    fates=st.lists(st.sampled_from(FATES), min_size=8, max_size=8),
    deferred=st.sets(st.integers(1, 8)),
)
@example(chunk=1, fates=["unpaid"] * 7 + [None], deferred=set())
@example(chunk=2, fates=[None, "paused"] * 4, deferred={1, 2, 7, 8})
def test_whatever_the_chunk_the_same_copies_are_held_and_sent(
    monkeypatch: pytest.MonkeyPatch, begun: Club, chunk: int, fates: list[str | None], deferred: set[int]
) -> None:
    monkeypatch.setattr(turn, "CHUNK", chunk)
    clock = FrozenClock(THURSDAY)
    with TemporaryDirectory() as folder:
        club = begun.copied(Path(folder) / "club")
        with club.opened(clock) as app:
            if deferred:
                for copy in claim(app):
                    if copy.claim.copy.copy_number in deferred:
                        answer(app, copy, LATER)
                    else:
                        put_back(app, copy)
            app.epoch.save(app.context.ledger_epoch())  # as a sender leaves it
            clock.advance(hours=1)
            for member, fate in zip(READERS, fates, strict=True):
                strike(app, member, fate)
            with asyncio.Runner(loop_factory=LeapingLoop) as runner:
                sent = runner.run(drained(club, clock))
            lost = {member.person: fate for member, fate in zip(READERS, fates, strict=True)}
            assert {person: copy.held_reason for person, copy in copies(app).items()} == lost
            assert sent == sorted(member.email for member in READERS if lost[member.person] is None)
            for person, copy in copies(app).items():
                with app.store.reading() as connection:
                    entries: list[HistoryEntry] = history.entries(connection, f"delivery {copy.id}")
                noted = [entry.detail for entry in entries if entry.verb == "hold"]
                assert noted == ([lost[person]] if lost[person] else [])
            with app.store.reading() as connection:
                assert first_mailing(connection, ISSUE).state == "closed"


def test_a_turn_judges_a_chunk_and_claims_no_copy_that_was_not_judged(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "CHUNK", 5)
    begin(app, READERS)
    import_register(app, members(1, first=20))
    assert [len(claim(app)) for _ in range(3)] == [5, 3, 0]


def test_copies_judged_already_leave_without_the_others(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(app, READERS)
    monkeypatch.setattr(turn, "recheck_entitlement", lambda *_args, **_named: pytest.fail("nothing is to be judged"))
    assert len(claim(app, room=8)) == 8
