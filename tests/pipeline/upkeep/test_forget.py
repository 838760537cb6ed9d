"""What is old is forgotten at night, when two nights have seen it as old; what the accounts need stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from mailer.app.installation import App
from mailer.domain.delivery import Rejected, Reply
from mailer.domain.night import DATABASE
from mailer.domain.retention import Retention
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.upkeep.forget import forget_old
from mailer.store import history
from mailer.store.forgetting import OldRows
from mailer.store.ledger.instants import note_work
from mailer.store.schema import attempts, failures, letters, sessions, users, wishes
from tests.club import ISSUE, begin, members
from tests.doubles import FrozenClock
from tests.pipeline.relayed import deliver

DAYS = Retention(letters=40, attempts=50, sessions=10, wishes=60)


def fill(app: App, clock: FrozenClock) -> None:
    """A letter, a session and two wishes, of which one waits for a person; and copies, one of them refused."""
    begin(app, members(3))
    deliver(
        app, {"desk001@members.example": Rejected(reply=Reply(code=550, status="5.1.1", text="<desk001@…> unknown"))}
    )
    now = clock.now()
    user = {"name": "Vera", "role": "editor", "login": "vera", "address": "", "language": "en", "password_hash": ""}
    letter = {"kind": "alarm", "about": "x", "recipient": "o@club.example", "facts": {}, "made_at": now, "sent_at": now}
    wish = {"person": "P001", "newsletter": "harbour-letter", "language": "en", "kind": "pause", "at": now}
    wish |= {"before": {}, "after": {}}
    with app.store.transaction() as connection:
        identity = connection.execute(insert(users).values(user).returning(users.c.id)).scalar_one()
        session = {"token": "t", "user": identity, "began_at": now, "seen_at": now, "notice": ""}
        connection.execute(insert(sessions).values(session))
        connection.execute(insert(letters).values(letter))
        connection.execute(insert(letters).values({**letter, "about": "y", "sent_at": None}))
        connection.execute(insert(wishes).values({**wish, "done_at": now}))
        connection.execute(insert(wishes).values({**wish, "done_at": None}))


def night(app: App, clock: FrozenClock, days: int = 1) -> None:
    clock.advance(days=days)
    with app.store.transaction() as connection:
        note_work(connection, clock.now())
    forget_old(app.context, DAYS, lambda: False)
    forget_old(app.context, DAYS, lambda: False)


def kept(app: App) -> dict[str, list[object]]:
    with app.store.reading() as connection:
        return {
            "attempts": connection.execute(select(attempts.c.text).order_by(attempts.c.id)).scalars().all(),
            "failures": connection.execute(select(failures.c.said)).scalars().all(),
            "letters": connection.execute(select(letters.c.recipient).order_by(letters.c.id)).scalars().all(),
            "sessions": connection.execute(select(sessions.c.token)).scalars().all(),
            "wishes": connection.execute(select(wishes.c.done_at.is_not(None)).order_by(wishes.c.id)).scalars().all(),
        }


def noted(app: App) -> list[str]:
    with app.store.reading() as connection:
        return [entry.detail for entry in history.entries(connection, DATABASE) if entry.verb == "forget"]


def test_each_is_forgotten_after_its_own_time(app: App, clock: FrozenClock) -> None:
    fill(app, clock)
    whole = kept(app)
    night(app, clock)
    assert kept(app) == whole
    assert noted(app) == ["nothing was old"]

    night(app, clock, 12)
    night(app, clock)
    assert kept(app) == whole | {"sessions": []}
    assert noted(app)[-1] == "1 sessions older than 10 days"

    night(app, clock, 50)
    night(app, clock)
    left = kept(app)
    assert left["letters"] == ["", "o@club.example"]  # one has not left yet
    assert not any(left["attempts"] + left["failures"])
    assert len(left["attempts"]) == len(whole["attempts"]) == 3
    assert left["wishes"] == [False]  # which waits for a person
    assert distribution_report(app.context, ISSUE).balance.balanced
    assert "1 letters older than 40 days" in ", ".join(noted(app))


def test_one_look_by_a_clock_that_is_wrong_forgets_nothing(app: App, clock: FrozenClock) -> None:
    fill(app, clock)
    whole, now = kept(app), clock.now()
    night(app, clock, 1000)
    assert kept(app) == whole
    clock.set(now + timedelta(days=1))
    with app.store.transaction() as connection:
        note_work(connection, clock.now())
    app.context.believe_clock("it was ahead")
    for _ in range(3):
        night(app, clock)
    assert kept(app) == whole


def test_no_writer_waits_while_it_is_looked_for_what_is_old(
    app: App, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(app, members(3))
    deliver(app)
    night(app, clock, 100)
    looked = OldRows.next

    def looks(step: OldRows, connection: Connection, before: datetime, beyond: object) -> Sequence[object]:
        with app.store.transaction(waits=False) as writer:  # of another process
            note_work(writer, clock.now())
        return looked(step, connection, before, beyond)

    monkeypatch.setattr(OldRows, "next", looks)
    night(app, clock, 2)
    assert not any(kept(app)["attempts"])


@pytest.mark.parametrize("people", [1200])
def test_many_are_forgotten_in_short_steps(app: App, clock: FrozenClock, people: int) -> None:
    begin(app, members(3))
    deliver(app)
    with app.store.transaction() as connection:
        row = dict(connection.execute(select(attempts).limit(1)).mappings().one())
        del row["id"]
        connection.execute(insert(attempts), [{**row, "number": number, "text": "x"} for number in range(10, people)])
    night(app, clock, 100)
    night(app, clock, 2)
    assert not any(kept(app)["attempts"])
    assert len(kept(app)["attempts"]) == people - 10 + 3
