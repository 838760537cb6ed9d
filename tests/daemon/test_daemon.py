"""The daemon pulls, plans and tests what arrives, begins what is due exactly once, and asks about what came too late."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.app.scheduler import daemon_runs
from mailer.daemon import Daemon, Pace
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.mailing import MailingState
from mailer.domain.newsletter import Schedule
from mailer.formats.cron import next_time
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.report import was_tested
from mailer.pipeline.mailings.send import send_mailing
from tests.club import (
    FEES,
    ISSUE,
    LETTER,
    THURSDAY,
    Club,
    begin,
    import_register,
    members,
    pull_issues,
    readable,
    says,
    states,
)
from tests.daemon.running import FRIDAY_AT_TEN, LONDON, NO_APPROVAL, a_daemon, standing, work
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("month", "changes"), [(3, date(2027, 3, 28)), (10, date(2027, 10, 31))])
def test_a_daily_time_in_the_night_the_clocks_change_is_neither_lost_nor_doubled(month: int, changes: date) -> None:
    schedule = Schedule(cron="30 1 * * *", timezone="Europe/London", between=None, not_after_hours=72, undo_minutes=0)
    at = datetime(2027, month, 20, tzinfo=LONDON)
    days = []
    for _ in range(20):
        at = next_time(schedule, at)
        assert at.tzinfo is UTC
        days.append(at.astimezone(LONDON).date())
    assert days == [date(2027, month, 20) + timedelta(days=day) for day in range(20)]
    assert changes in days


def test_weekdays_are_those_of_the_newsletters_own_time_zone() -> None:
    schedule = Schedule(cron="0 1 * * fri", timezone="Asia/Tokyo", between=None, not_after_hours=72, undo_minutes=0)
    # One in the morning of Friday in Tokyo is Thursday in UTC.
    assert next_time(schedule, THURSDAY) == datetime(2018, 7, 12, 16, 0, tzinfo=UTC)


def test_a_cron_line_that_names_no_time_is_bad_input() -> None:
    schedule = Schedule(cron="0 0 30 2 *", timezone="UTC", between=None, not_after_hours=72, undo_minutes=0)
    with pytest.raises(BadInput, match="names no time"):
        next_time(schedule, THURSDAY)


async def test_an_issue_goes_out_at_the_first_time_after_it_was_approved_and_once(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await work(daemon)  # pulled and planned on Thursday
        clock.set(FRIDAY_AT_TEN + timedelta(minutes=5))
        await work(daemon)
        approve_mailing(daemon.app.context, ISSUE)
        await work(daemon)
        assert standing(daemon).due_at == datetime(2018, 7, 16, 10, 0, tzinfo=LONDON)
        clock.set(datetime(2018, 7, 16, 9, 59, 59, tzinfo=LONDON))
        await work(daemon)
        assert sink.received == []
        clock.advance(seconds=1)
        for _ in range(3):
            await work(daemon)
            clock.advance(days=1)
        assert (len(sink.received), standing(daemon).state) == (3, MailingState.CLOSED)


async def test_without_approval_it_is_planned_again_just_before_it_goes_out(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    club.reschedule(NO_APPROVAL)

    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await work(daemon)
        assert states(daemon.app) == {"pending": 3}
        import_register(daemon.app, members(5))  # two pay before the hour
        clock.set(FRIDAY_AT_TEN)
        await work(daemon)
        assert {received.recipient for received in sink.received} == {member.email for member in members(5)}


async def test_what_missed_its_time_while_nobody_was_there_is_held_and_sent_when_a_person_says_so(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await work(daemon)
        approve_mailing(daemon.app.context, ISSUE)
        await work(daemon)
    clock.set(FRIDAY_AT_TEN + timedelta(hours=72, seconds=1))
    with a_daemon(club, clock, sink) as daemon:
        for _ in range(2):
            await work(daemon)
        assert (standing(daemon).state, standing(daemon).held_reason) == (MailingState.HELD, "missed_window")
        assert sink.received == []
        send_mailing(daemon.app.context, ISSUE)
        await work(daemon)
        assert (len(sink.received), standing(daemon).state) == (3, MailingState.CLOSED)


async def test_what_is_only_a_little_late_goes_out(club: Club, clock: FrozenClock, sink: Sink) -> None:
    club.reschedule(NO_APPROVAL)

    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await work(daemon)
    clock.set(FRIDAY_AT_TEN + timedelta(hours=71))
    with a_daemon(club, clock, sink) as daemon:
        await work(daemon)
        assert len(sink.received) == 3


async def test_what_is_not_approved_never_goes_out_by_itself(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        for _ in range(5):
            await work(daemon)
            clock.advance(days=1)
        assert (sink.received, standing(daemon).state) == ([], MailingState.PLANNED)


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_the_secretary_is_told_once_what_became_of_a_mailing(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink, notify={"secretary": "secretary@club.example"}) as daemon:
        begin(daemon.app, members(3))
        await work(daemon)
        for _ in range(3):
            await daemon.send_letters()
            clock.advance(minutes=6)
        (letter,) = [readable(one.message) for one in sink.received if one.recipient == "secretary@club.example"]
        assert f"Subject: {ISSUE}: sent, 3 of 3" in letter


async def test_while_the_relay_is_down_the_letters_wait_for_a_while(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink, notify={"secretary": "secretary@club.example"}) as daemon:
        begin(daemon.app, members(3))
        await work(daemon)
        up = daemon.app
        relay = up.config.smtp.model_copy(update={"port": 1})
        daemon.app = replace(up, config=up.config.model_copy(update={"smtp": relay}))
        await daemon.send_letters()
        daemon.app = up
        await daemon.send_letters()
        assert len(sink.received) == 3
        clock.advance(minutes=6)
        await daemon.send_letters()
        assert len(sink.received) == 4


async def test_a_daemon_that_does_not_lead_tells_nobody(club: Club, clock: FrozenClock, sink: Sink) -> None:
    secretary = {"secretary": "secretary@club.example"}
    with a_daemon(club, clock, sink, notify=secretary) as one, a_daemon(club, clock, sink, notify=secretary) as two:
        begin(one.app, members(3))
        await work(one)
        await two.send_letters()
        assert len(sink.received) == 3
        await one.send_letters()
        assert len(sink.received) == 4


# --- what arrives -----------------------------------------------------------------------------------------------------


async def test_an_issue_that_arrives_is_planned_and_tested_once_and_again_when_it_was_edited(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    club.reschedule({"approval": {"editors": ["editor@club.example"]}})

    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        for _ in range(3):
            await work(daemon)
        assert [received.recipient for received in sink.received] == ["editor@club.example"]
        test = readable(sink.received[0].message)
        assert "[TEST]" in test
        assert not [word for member in members(3) for word in member.words if word in test]
        club.write_issue(more="A word more.")
        clock.advance(minutes=1)
        for _ in range(3):
            await work(daemon)
        assert len(sink.received) == 2
        assert "A word more." in readable(sink.received[1].message)
        assert was_tested(daemon.app.context, ISSUE)


async def test_a_plan_that_fails_stops_no_other_and_is_tried_again_once_it_is_mended(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    club.write_issue(serial=40, number=12, day="2017-12-14")
    older = IssueName(newsletter=LETTER, serial=40)

    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        await work(daemon)
        assert standing(daemon).copies == 3
        with pytest.raises(MailerError, match="no plan"):
            standing(daemon, older)
        assert "plan harbour-letter/40 failed" in caplog.text
        assert "no season 2017" in caplog.text
        caplog.clear()
        await work(daemon)  # not again and again
        assert "failed" not in caplog.text
        (club.folder / "schedules" / "fees.toml").write_text(FEES + FEES.replace("2018", "2017"))
        daemon.reload()
        await work(daemon)
        assert standing(daemon, older).state is MailingState.PLANNED


async def test_a_source_that_is_gone_stops_nothing(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        pull_issues(daemon.app)
        (club.folder / "issues").rename(club.folder / "elsewhere")
        await work(daemon)
        assert f"pull {LETTER} failed" in caplog.text
        assert standing(daemon).state is MailingState.PLANNED


async def test_a_relay_that_refuses_the_editor_stops_nothing(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    club.reschedule({"approval": {"editors": ["desk900@members.example"]}})

    async with Sink(script=says(members(1, 900)[0], "550 5.1.1 Nobody")) as sink:
        with a_daemon(club, clock, sink) as daemon:
            import_register(daemon.app, members(3))
            await work(daemon)
            assert "550 Nobody" in caplog.text
            assert not was_tested(daemon.app.context, ISSUE)
            approve_mailing(daemon.app.context, ISSUE)
            clock.set(FRIDAY_AT_TEN)
            for _ in range(2):
                await work(daemon)
            assert len(sink.received) == 3


# --- SIGHUP -----------------------------------------------------------------------------------------------------------


async def test_a_bad_schedule_is_named_and_the_old_ones_are_kept(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(3))
        club.reschedule({"send": {"cron": "0 10 * * 1-5"}})
        daemon.reload()
        assert f"{LETTER}.toml" in caplog.text
        assert "cron" in caplog.text
        assert daemon.app.schedules.newsletters[LETTER].schedule.cron == "0 10 * * mon-fri"
        await work(daemon)
        assert standing(daemon).state is MailingState.PLANNED
        club.reschedule({"send": {"cron": "0 12 * * sat"}})
        daemon.reload()
        approve_mailing(daemon.app.context, ISSUE)
        await work(daemon)
        assert standing(daemon).due_at == datetime(2018, 7, 14, 12, 0, tzinfo=LONDON)


# --- two of them ------------------------------------------------------------------------------------------------------


async def test_a_second_daemon_only_sends_until_the_first_is_gone(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink) as second:
        with a_daemon(club, clock, sink) as first:
            import_register(first.app, members(3))
            await first.tick()
            assert daemon_runs(first.app)
            club.write_issue(serial=42, number=8)
            await second.tick()
            with pytest.raises(MailerError):
                standing(second, IssueName(newsletter=LETTER, serial=42))
            approve_mailing(first.app.context, ISSUE)
            send_mailing(first.app.context, ISSUE)
            await second.sender.drain()
            assert len(sink.received) == 3
        await second.tick()
        assert standing(second, IssueName(newsletter=LETTER, serial=42)).state is MailingState.PLANNED


async def test_work_is_looked_for_again_after_a_failure_and_after_the_clock_was_set_until_it_stops(
    club: Club, clock: FrozenClock, sink: Sink, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    async def fails(daemon: Daemon) -> None:
        nonlocal rounds
        rounds += 1
        clock.jump(days=-400 if rounds == 1 else 800)
        if rounds == 3:
            daemon.sender.stop()
        raise MailerError("the disk is away")

    monkeypatch.setattr(Daemon, "tick", fails)
    with a_daemon(club, clock, sink) as daemon:
        daemon.pace = Pace(tick=0.01, idle=0.01)
        await asyncio.wait_for(daemon.run(), 60)
    assert rounds == 3
    assert caplog.text.count("looking for work failed: the disk is away") == 3
