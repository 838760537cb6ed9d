"""Each mail is stored once, with all that follows from it or nothing; and a person settles reports."""

from datetime import timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import BounceReport, RawReport, ReportKind, Way
from mailer.domain.errors import Refused
from mailer.domain.matter import Matter
from mailer.pipeline.bounces import ingest, interpret
from mailer.store import reports
from tests.club import copies, members, states
from tests.doubles import FrozenClock
from tests.pipeline.bounces.listed import everything, matters
from tests.reported import (
    bounce,
    come,
    come_back,
    letter,
    path_of,
)

PEOPLE = members(30)


# --- once, and all of it ----------------------------------------------------------------------------------------------


def test_the_same_mail_twice_changes_nothing(app: App) -> None:
    first = come_back(app, "P001")
    assert first.id is not None
    assert come_back(app, "P001").id is None
    assert len(everything(app)) == 1
    copy = copies(app)["P001"]
    # To another recipient it is another mail, about the same copy.
    come(app, bounce(path_of(app, copy), copy.address, message_id=copy.message_id), way=Way.FILE)
    assert (len(everything(app)), matters(app)) == (2, [("P001", Matter.BOUNCED)])


def test_many_at_once_are_kept_together_or_not_at_all(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = [
        RawReport(content=bounce(), recipient="", way=Way.FILE),
        RawReport(content=b"\0", recipient="", way=Way.FILE),
    ]

    def full(*_given: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "write", full)
        with pytest.raises(OSError, match="no space"):
            ingest.ingest(app.context, mails)
    assert everything(app) == []
    assert [one.id is not None for one in ingest.ingest(app.context, [*mails, mails[0]])] == [True, True, False]


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"Subject: \xff\xfe\r\n\r\n\x00", b"Subject: =?utf-8?b?AAA=?=\n\n"]
)
def test_any_octets_are_kept(app: App, content: bytes) -> None:
    assert come(app, content).readings[0].kind is ReportKind.OTHER
    with app.store.reading() as connection:
        assert [one.raw.content for one in reports.kept(connection)] == [content]
    assert matters(app) == []


def test_what_is_kept_can_be_read_again_and_old_octets_are_let_go(app: App, clock: FrozenClock) -> None:
    come_back(app, "P001")
    reported = [one.id for one in everything(app)]
    ingest.settle(app.context, reported)
    assert ingest.read_again(app.context) == (1, 0)
    assert (matters(app), states(app)) == ([], {"accepted": 29, "bounced": 1})
    keep = timedelta(days=180)
    clock.advance(days=180, seconds=1)
    assert ingest.forget_old(app.context, keep) == 0  # the clock may be wrong: another look must see the same
    clock.advance(hours=23)
    assert ingest.forget_old(app.context, keep) == 0
    clock.advance(hours=1)
    assert ingest.forget_old(app.context, keep) == 1
    assert ingest.read_again(app.context) == (0, 0)
    assert [one.diagnostic for one in everything(app)] == ["550 5.1.1 No such user here"]
    assert come_back(app, "P001").id is None  # it is still known


def test_a_clock_that_jumps_deletes_nothing(app: App, clock: FrozenClock) -> None:
    come_back(app, "P001")
    keep = timedelta(days=180)
    for days in (0, 200, -200, 365, 1, -366, 0):
        clock.jump(days=days)
        clock.advance(minutes=5)
        assert ingest.forget_old(app.context, keep) == 0
    for _ in range(180):
        clock.advance(days=1)
        assert ingest.forget_old(app.context, keep) == 0
    clock.advance(days=1)
    assert ingest.forget_old(app.context, keep) == 1


def test_a_better_parser_moves_what_the_old_one_did_not_see(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpret, "read_reports", lambda _mail: [BounceReport(kind=ReportKind.OTHER)])
    come_back(app, "P001")
    assert states(app) == {"accepted": 30}
    monkeypatch.undo()
    assert ingest.read_again(app.context) == (1, 1)
    assert (states(app), matters(app)) == ({"accepted": 29, "bounced": 1}, [("P001", Matter.BOUNCED)])


# --- settling ---------------------------------------------------------------------------------------------------------


def test_a_person_settles_what_they_have_seen_to(app: App) -> None:
    come_back(app, "P001")
    come(app, letter("letter@club.example", "Hello there"))
    first, second = (one.id for one in everything(app))
    with pytest.raises(Refused, match=f"report {second} leaves nothing to settle"):
        ingest.settle(app.context, [first, second])
    assert len(matters(app)) == 1
    ingest.settle(app.context, [first])
    assert matters(app) == []
    with pytest.raises(Refused, match="there is no report 99"):
        ingest.settle(app.context, [99])
    assert everything(app)[0].settled_by == "secretary"
