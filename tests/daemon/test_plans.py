"""The daemon keeps plans in step with the register, and names those that it must not change."""

from dataclasses import replace

import pytest

from mailer.daemon import Daemon
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings import watch
from mailer.pipeline.mailings.approve import approve_mailing
from tests.club import ISSUE, Club, import_register, members, readable, reverse
from tests.daemon.running import FRIDAY_AT_TEN, a_daemon, standing, work
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


async def test_an_unapproved_plan_follows_the_register(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(2))
        await work(daemon)
        assert standing(daemon).copies == 2
        import_register(daemon.app, members(1, first=9))
        await work(daemon)
        assert (standing(daemon).copies, standing(daemon).state) == (3, MailingState.PLANNED)


async def test_an_approved_plan_goes_as_approved_and_the_secretary_learns_of_each_difference_once(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    people = members(3)

    async def changed_plan_letters(daemon: Daemon) -> list[str]:
        before = len(sink.received)
        await work(daemon)
        await daemon.send_letters()
        letters = [readable(mail.message) for mail in sink.received[before:]]
        return [letter for letter in letters if "the register has changed since it was planned" in letter]

    notify = {"secretary": "secretary@club.example"}
    with a_daemon(club, clock, sink, notify=notify) as daemon:
        import_register(daemon.app, people)
        await work(daemon)
        approve_mailing(daemon.app.context, ISSUE)
        assert await changed_plan_letters(daemon) == []
        reverse(daemon.app, people[0])
        import_register(daemon.app, members(1, first=9))
        [letter] = await changed_plan_letters(daemon)
        said = " ".join(letter.split())
        assert "leaves by itself on Friday, July 13, 2018, 10:00 London time (Europe/London)" in said
        assert "- P001 Reader001: nothing is paid for the issue’s date." in said
        assert "- P009 Reader009: the fee is paid." in said
        assert await changed_plan_letters(daemon) == []
    with a_daemon(club, clock, sink, notify=notify) as daemon:  # a restart does not repeat it
        assert await changed_plan_letters(daemon) == []
        import_register(daemon.app, [replace(people[1], more={"name_en": "Boris"})])
        assert await changed_plan_letters(daemon) == []  # a name goes out as it was planned: no letter
        clock.advance(seconds=(FRIDAY_AT_TEN - clock.now()).total_seconds())
        await work(daemon)
        counts = standing(daemon).counts
        assert (counts["accepted"], counts["held"]) == (2, 1)


async def test_a_register_that_stays_costs_no_comparison(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    real = watch.circulation_change
    monkeypatch.setattr(watch, "circulation_change", lambda *given: compared.append(1) or real(*given))
    with a_daemon(club, clock, sink) as daemon:
        import_register(daemon.app, members(2))
        await work(daemon)
        approve_mailing(daemon.app.context, ISSUE)
        import_register(daemon.app, members(1, first=9))
        for _ in range(3):
            await work(daemon)
        assert len(compared) == 2  # once when it was planned, once when the register had changed
