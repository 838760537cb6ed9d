"""Letters leave in order, are tried again, and are forgotten once they have left; nothing is lost."""

import asyncio
import email
import email.policy
import logging
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.domain.bounce import FailureReason
from mailer.domain.errors import TransportDown
from mailer.domain.hold import HoldReason
from mailer.pipeline.bounces import alarms, breaker
from mailer.pipeline.context import Context
from mailer.pipeline.letters import outbox as outbox_of_letters
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.register import erase
from mailer.store import holds, letters, mailings
from tests.club import (
    ISSUE,
    LETTER,
    Club,
    Member,
    begin,
    import_register,
    readable,
    says,
)
from tests.doubles import FrozenClock
from tests.pipeline.letters.post import (
    NOTIFY,
    OPERATOR,
    PEOPLE,
    SECRETARY,
    STOPPED,
    a_round,
    outbox,
    post,
    sent_out,
    the_mailing,
    transport_to,
)
from tests.scripted_relay import Misbehaviour, Phase, Sink


async def test_what_a_letter_told_is_forgotten_once_it_has_left(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        outbox_of_letters.write_digests(app.context)
        with app.store.reading() as connection:
            (waits,) = letters.waiting(connection, clock.now())
        assert waits.facts["issue"] == str(ISSUE)
        await outbox_of_letters.send(app.context, [transport_to(sink)])
        with app.store.reading() as connection:
            assert letters.waiting(connection, clock.now()) == []
            kept = connection.exec_driver_sql("SELECT facts FROM letters").scalars().all()
        assert [str(one) for one in kept] == ["{}"]


async def test_a_person_who_is_erased_is_in_no_letter(tmp_path: Path, clock: FrozenClock) -> None:
    gone, other = PEOPLE[1], PEOPLE[2]
    async with sent_out(tmp_path, clock, script=says(gone, "550 5.1.1 Unknown here")) as (app, sink):
        with app.store.transaction() as connection:
            for one in (gone, other):
                holds.set_hold(
                    connection, one.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now()
                )
        outbox_of_letters.write_digests(app.context)
        outbox_of_letters.write_daily_letter(app.context)
        erase.erase(app.context, gone.person)
        await outbox_of_letters.send(app.context, [transport_to(sink)])
        digest, daily = [readable(letter) for letter in post(sink)]
        assert not [word for word in gone.words if word in digest + daily]
        assert f"mailer hold lift {other.email}" in daily


async def test_a_letter_that_is_refused_waits_longer_each_time_and_goes_where_the_settings_say(
    tmp_path: Path, clock: FrozenClock
) -> None:
    nobody = Member(number=1, address=SECRETARY)
    async with sent_out(tmp_path, clock, script=says(nobody, "550 5.1.1 Unknown here")) as (app, sink):
        begun = clock.now()
        tries = []
        for _ in range(60):
            before = outbox(app).tries
            assert await a_round(app, sink) == []
            tries += [clock.now() - begun] if outbox(app).tries > before else []
            clock.advance(minutes=5)
        minutes = [one / timedelta(minutes=1) for one in tries]
        assert minutes == [0, 5, 15, 35, 75, 155]
        clock.advance(days=30)
        await a_round(app, sink)
        clock.advance(hours=4)
        assert outbox(app).failure == "550 Unknown here"
        assert await a_round(app, sink, secretary="new@club.example") == []
        assert [one.recipient for one in sink.received[len(PEOPLE) :]] == ["new@club.example"]
        assert outbox(app) == letters.Outbox(waiting=0, tries=0, failure="")


async def test_a_letter_whose_answer_was_lost_is_sent_again_and_can_be_recognised(
    tmp_path: Path, clock: FrozenClock
) -> None:
    silent = says(Member(number=1, address=SECRETARY), Misbehaviour.DROP, None, phase=Phase.END)
    async with sent_out(tmp_path, clock, script=silent) as (app, sink):
        assert len(await a_round(app, sink)) == 1  # it arrived, but nobody said so
        assert await a_round(app, sink) == []
        clock.advance(minutes=5)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=1)
        assert await a_round(app, sink) == []
        ids = {email.message_from_bytes(one)["Message-ID"] for one in post(sink)}
        assert len(ids) == 1


async def test_while_the_relay_is_down_letters_wait_and_none_is_blamed(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        outbox_of_letters.write_digests(app.context)
        with app.store.transaction() as connection:
            alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)
        dead = Sink()
        dead.port = 1
        with pytest.raises(TransportDown):
            await outbox_of_letters.send(app.context, [transport_to(dead)])
        assert (outbox(app).waiting, outbox(app).tries) == (2, 0)
        assert "connect" in outbox(app).failure.lower() or outbox(app).failure
        assert await outbox_of_letters.send(app.context, [transport_to(sink)]) == 2
        assert outbox(app).waiting == 0


async def test_letters_go_through_the_next_relay_where_one_is_down_or_refuses_us(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with (
        sent_out(tmp_path, clock) as (app, sink),
        Sink(script=lambda now, *_: "550 5.7.1 Your account is suspended" if now is Phase.RCPT else None) as refusing,
    ):
        outbox_of_letters.write_digests(app.context)
        with app.store.transaction() as connection:
            alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)
        dead = Sink()
        dead.port = 1
        relays = [transport_to(dead), transport_to(refusing), transport_to(sink)]
        assert await outbox_of_letters.send(app.context, relays) == 2
        assert (outbox(app).waiting, outbox(app).tries, refusing.received) == (0, 0, [])


async def test_a_stop_does_not_wait_for_a_relay_that_says_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    hung = asyncio.Event()

    def hang(phase: Phase, _sender: str, recipient: str, _nth: int) -> Misbehaviour | None:
        if phase is Phase.RCPT and recipient == SECRETARY:
            hung.set()
            return Misbehaviour.HANG
        return None

    async with sent_out(tmp_path, clock, script=hang) as (app, sink):
        outbox_of_letters.write_digests(app.context)
        with app.store.transaction() as connection:
            alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)
        stop = asyncio.Event()

        async def stopped() -> None:
            await stop.wait()

        sending = asyncio.create_task(outbox_of_letters.send(app.context, [transport_to(sink)], stopped))
        await hung.wait()
        stop.set()
        assert await sending == 0
        assert outbox(app).waiting == 2


async def test_a_template_that_is_wrong_keeps_no_other_letter_back(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        own = tmp_path / "own"
        shutil.copytree(app.context.templates, own)
        (own / "system" / "distribution-report" / "en.txt.j2").write_text("Subject: x\n{{ nothing }}\n")
        outbox_of_letters.write_digests(app.context)
        with app.store.transaction() as connection:
            (found,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
            alarms.failure(connection, app.context, found, FailureReason.BLOCKED, "554 on a list")
            alarms.failure(connection, app.context, found, FailureReason.BLOCKED, "554 on a list again")
        alone = replace(app.context, templates=own, shipped=None)
        assert await outbox_of_letters.send(alone, [transport_to(sink)]) == 1
        assert "line 2" in outbox(app).failure
        (told,) = [readable(one) for one in post(sink, OPERATOR)]
        assert f"Subject: ALARM: {ISSUE}: our mail server is on a block list" in told
        assert "554 on a list”" in told


async def test_an_alarm_that_an_older_template_does_not_know_leaves_by_the_shipped_one(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        own = tmp_path / "own"
        (own / "system" / "alarm").mkdir(parents=True)
        (own / "system" / "alarm" / "en.txt.j2").write_text("Subject: ALARM\n{{ said }}\n")
        with app.store.transaction() as connection:
            alarms.answers_lost(connection, app.context, str(ISSUE), relay="main", lost=3, copies=3)
        assert await outbox_of_letters.send(replace(app.context, templates=own), [transport_to(sink)]) == 1
        assert f"Subject: ALARM: {ISSUE} is paused" in readable(post(sink, OPERATOR)[0])


async def test_a_letter_leaves_in_the_shipped_look_where_the_clubs_own_fits_copies_alone(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        own = tmp_path / "own"
        shutil.copytree(app.context.templates, own)
        layout = own / "_base" / "layout.html.j2"
        layout.write_text(layout.read_text().replace("{{ banner }}", '{{ banner }}<b>Ours {{ slot("name") }}</b>'))
        outbox_of_letters.write_digests(app.context)
        assert await outbox_of_letters.send(replace(app.context, templates=own), [transport_to(sink)]) == 1
        html = readable(post(sink, SECRETARY)[0], "text/html")
        assert "Ours" not in html
        assert "This is its distribution report." in html


async def test_a_supplement_that_fails_for_the_same_reason_alarms_again(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "UNWANTED_AT_LEAST", 9)
    club = Club.found(tmp_path)
    late = Member(number=9)

    def blocked(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        bad = recipient in (PEOPLE[0].email, PEOPLE[1].email, late.email)
        return "554 5.7.1 Your host is on a block list" if phase is Phase.RCPT and bad else None

    async with Sink(script=blocked) as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            for number, people in enumerate((PEOPLE, [late]), 1):
                if number == 1:
                    begin(app, people)
                else:
                    import_register(app, people)
                    send_supplement(app.context, ISSUE)
                await sender.drain()
                await a_round(app, sink)
                assert len(post(sink, OPERATOR)) == number


async def test_without_an_operator_nobody_is_alarmed_but_the_log_says_so(
    tmp_path: Path, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with sent_out(tmp_path, clock) as (app, _sink):
        caplog.clear()
        with app.store.transaction() as connection:
            said = f"554 5.7.1 <{PEOPLE[0].email}>: blocked"
            alarms.failure(connection, replace(app.context, operator=""), the_mailing(app), FailureReason.BLOCKED, said)
        (line,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
        assert str(ISSUE) in line.getMessage()
        assert "blocked" in line.getMessage()
        assert PEOPLE[0].email not in line.getMessage()
        silent: Context = replace(app.context, operator="")
        with app.store.transaction() as connection:
            alarms.breaker(connection, silent, str(ISSUE), **STOPPED)
            (found,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
            assert letters.written_about(connection, "alarm", [found.issue]) == frozenset()
        assert outbox(app).waiting == 0
