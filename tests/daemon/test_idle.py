"""What an idle daemon does does not grow with the issues that have ended, and it writes nothing but its lease."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update

from mailer.app import installation as composition
from mailer.app.sender import open_sender
from mailer.daemon import Daemon
from mailer.domain.mailing import MailingState
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.send import send_mailing
from mailer.store import Store
from mailer.store.schema import deliveries, mailings
from tests.club import LETTER, THURSDAY, Club, import_register, members, pull_issues
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as relay:
        yield relay


@pytest.fixture
def a_daemon(
    tmp_path: Path, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], Iterator[Daemon]]:
    """A daemon whose issues, so many, were all sent and closed, and that has looked at everything once."""
    monkeypatch.setattr(composition, "STILL", 0.0)  # nobody writes into the folder meanwhile

    @contextmanager
    def opened(issues: int) -> Iterator[Daemon]:
        folder = tmp_path / f"of {issues}"
        club = Club.found(folder, {"approval": {"editors": ["editor@club.example"]}, "source": {"every": "1 h"}})
        club.settle(smtp={"port": sink.port}, notify={"secretary": "secretary@club.example"})
        with club.opened(clock, who="daemon") as app, open_sender(app) as (sender, owner):
            import_register(app, members(3))
            for number in range(1, issues):
                club.write_issue(serial=41 + number, number=7 + number)
            pull_issues(app)
            yield Daemon(app=app, sender=sender, owner=owner)

    return opened


async def send_all(daemon: Daemon, issues: int) -> None:
    for serial in range(41, 41 + issues):
        name = IssueName(newsletter=LETTER, serial=serial)
        plan_mailing(daemon.app.context, name)
        approve_mailing(daemon.app.context, name)
        send_mailing(daemon.app.context, name)
    await daemon.sender.drain()
    assert issue_progress(daemon.app.context, name).state is MailingState.CLOSED


async def one_round(daemon: Daemon) -> None:
    """All that a daemon does in its two seconds."""
    await daemon.tick()
    await daemon.sender.drain()
    await daemon.send_letters()


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Every statement that is executed inside."""
    executed: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        executed.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    yield executed
    event.remove(store._engine, "before_cursor_execute", note)


def writes(executed: Sequence[str]) -> bool:
    """Whether one of the statements writes, or waits until it may."""
    return any(statement.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")) for statement in executed)


async def test_an_idle_round_executes_as_many_statements_beside_seven_closed_issues_as_beside_one(a_daemon) -> None:
    counts = {}
    for issues in (1, 7):
        with a_daemon(issues) as daemon:
            await send_all(daemon, issues)
            await one_round(daemon)
            await one_round(daemon)
            with statements(daemon.app.store) as executed:
                await one_round(daemon)
            counts[issues] = len(executed)
    assert counts[1] == counts[7] > 0


async def test_an_idle_round_only_reads(a_daemon) -> None:
    with a_daemon(2) as daemon:
        await send_all(daemon, 2)
        await one_round(daemon)
        with statements(daemon.app.store) as executed:
            await one_round(daemon)
        assert executed
        assert not writes(executed)


async def test_in_a_minute_an_idle_daemon_writes_only_its_lease_and_seldom(a_daemon, clock: FrozenClock) -> None:
    with a_daemon(2) as daemon:
        await send_all(daemon, 2)
        await one_round(daemon)
        written = 0
        for _ in range(30):
            clock.advance(seconds=2)
            with statements(daemon.app.store) as executed:
                await one_round(daemon)
            written += writes(executed)
        assert 1 <= written <= 6


async def test_a_round_while_a_copy_waits_for_its_next_attempt_only_reads(a_daemon, clock: FrozenClock) -> None:
    with a_daemon(1) as daemon:
        await send_all(daemon, 1)
        with daemon.app.store.transaction() as connection:
            later = clock.now() + timedelta(hours=1)
            connection.execute(update(mailings).values(state="sending"))
            connection.execute(update(deliveries).values(state="pending", next_attempt_at=later))
        await one_round(daemon)
        with statements(daemon.app.store) as executed:
            await one_round(daemon)
        assert not writes(executed)
        clock.advance(hours=1)
        assert (await daemon.sender.drain()).handed_over == 3
