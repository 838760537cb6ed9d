"""While anything is open the secretary gets one letter a day that names it, and none when nothing is."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from mailer.app.installation import App
from mailer.domain.bounce import Way
from mailer.domain.hold import HoldReason
from mailer.domain.matter import Matter
from mailer.pipeline.letters import outbox as outbox_of_letters
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.store import failures, holds, letters, mailings, reports
from tests.club import (
    ISSUE,
    Club,
    begin,
    copies,
    import_register,
    members,
    reverse,
    says,
)
from tests.doubles import FrozenClock
from tests.pipeline.letters.post import (
    NOBODY,
    NOTIFY,
    PEOPLE,
    SECRETARY,
    a_round,
    come_back,
    outbox,
    sent_out,
    settle,
    the_mailing,
)
from tests.reported import come
from tests.scripted_relay import Misbehaviour, Phase, Sink


async def test_one_letter_a_day_while_something_is_open_and_none_after(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        assert len(await a_round(app, sink)) == 1  # the digest
        report = come_back(app, PEOPLE[0])
        for _ in range(3):
            (daily,) = await a_round(app, sink)
            assert "Subject: 1 item waits for you" in daily
            assert f"Report {report}, July 12, 2018: Reader001 <{PEOPLE[0].email}>" in " ".join(daily.split())
            assert f"mailer bounce settle {report}" in daily
            for _ in range(23):
                clock.advance(hours=1)
                assert await a_round(app, sink) == []
            clock.advance(hours=1)
        settle(app, report)
        clock.advance(days=2)
        assert await a_round(app, sink) == []


async def test_a_digest_and_the_daily_letter_come_beside_each_other(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        come_back(app, PEOPLE[0])
        digest, daily = await a_round(app, sink)
        assert f"Subject: {ISSUE}: sent" in digest
        assert "Subject: 1 item waits for you" in daily
        clock.advance(hours=1)
        come_back(app, PEOPLE[1])
        assert await a_round(app, sink) == []
        clock.advance(hours=23)
        (daily,) = await a_round(app, sink)
        assert "Subject: 2 items wait for you" in daily


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_copy_that_came_back_from_a_held_address_is_one_item_with_the_hold(
    tmp_path: Path, clock: FrozenClock, language: str
) -> None:
    dead = PEOPLE[0]
    async with sent_out(tmp_path, clock, language=language) as (app, sink):
        report = come_back(app, dead)
        with app.store.transaction() as connection:
            failed = failures.of_address(connection, dead.email)
            holds.set_hold(
                connection, dead.email, HoldReason.ADDRESS, failed, delivery=None, by="ingest", now=clock.now()
            )
        _digest, daily = await a_round(app, sink)
        assert daily.count(f"{dead.email} (") == 1
        assert "mailer register import" not in daily  # the advice for a copy that came back by itself
        assert f"mailer bounce settle {report}" in daily
        assert {"en": "1 item waits for you", "ru": "1 дело ждёт"}[language] in daily.replace("\u00a0", " ")


async def test_the_digest_counts_what_the_daily_letter_names(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        come_back(app, PEOPLE[0], Matter.UNNAMED)
        digest, daily = await a_round(app, sink)
        assert "1 item waits for your decision" in digest.replace("\u00a0", " ")
        assert "Subject: 1 item waits for you" in daily


async def test_a_letter_of_an_earlier_version_leaves_as_it_was_written(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        await a_round(app, sink)
        uncertain = {"id": 7, "person": "P001", "name": "Reader001", "address": PEOPLE[0].email, "number": 1}
        kinds = ("matters", "failed", "held", "owed", "holds", "uncertain")
        facts = {"number": 1, **{kind: [] for kind in kinds}, **{f"{kind}_more": 0 for kind in kinds}}
        facts["uncertain"] = [{**uncertain, "issue": str(ISSUE)}]
        with app.store.transaction() as connection:
            letters.add(
                connection, kind="daily-letter", about="2018-07-11", recipient=SECRETARY, facts=facts, now=clock.now()
            )
        (daily,) = await a_round(app, sink)
        assert "mailer delivery settle 7 --as resend" in daily


@pytest.mark.parametrize(
    ("language", "failed", "owed"),
    [("en", "COPIES THAT DID NOT ARRIVE", "OWED AGAIN"), ("ru", "НЕ ДОШЕДШИЕ ЭКЗЕМПЛЯРЫ", "НУЖНО ОТПРАВИТЬ ЕЩЁ РАЗ")],
)
async def test_a_refused_copy_is_told_until_it_is_made_up_for(
    tmp_path: Path, clock: FrozenClock, language: str, failed: str, owed: str
) -> None:
    gone = PEOPLE[1]

    async def next_day(app: App, sink: Sink) -> str:
        clock.advance(days=1)
        return " ".join(" ".join(letter.split()) for letter in await a_round(app, sink))

    async with sent_out(tmp_path, clock, script=says(gone, "550 5.1.1 Unknown here"), language=language) as (app, sink):
        assert len(await a_round(app, sink)) == 2
        for _ in range(2):
            daily = await next_day(app, sink)
            assert failed in daily
            assert f"<{gone.email}>, {ISSUE}" in daily
            assert "550 5.1.1 Unknown here" in daily
            assert owed not in daily
        import_register(app, [replace(gone, address="new@members.example")])
        daily = await next_day(app, sink)
        assert owed in daily
        assert failed not in daily
        assert f"mailer unsent {ISSUE} --send" in daily
        import_register(app, [gone])
        assert failed in await next_day(app, sink)
        with app.store.transaction() as connection:
            holds.set_hold(connection, gone.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now())
        daily = await next_day(app, sink)  # the hold is what waits now
        assert failed not in daily
        assert f"mailer hold lift {gone.email}" in daily
        with app.store.transaction() as connection:
            holds.lift(connection, gone.email, by="secretary", now=clock.now())
        assert owed in await next_day(app, sink)
        send_supplement(app.context, ISSUE)
        assert await next_day(app, sink) == ""


async def test_a_refused_copy_is_forgotten_in_time_or_when_its_reader_is_owed_nothing(
    tmp_path: Path, clock: FrozenClock
) -> None:
    gone = PEOPLE[1]
    async with sent_out(tmp_path, clock, script=says(gone, "550 5.1.1 Unknown here")) as (app, sink):
        await a_round(app, sink)
        clock.advance(days=30)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=1)
        assert await a_round(app, sink) == []
        clock.jump(days=-25)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=2)
        assert outbox_of_letters.write_daily_letter(replace(app.context, newsletters={})) is False
        reverse(app, gone)
        assert await a_round(app, sink) == []


async def test_what_came_back_with_a_report_is_told_once_and_ends_with_it(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        report = come_back(app, PEOPLE[0])
        await a_round(app, sink)
        clock.advance(days=1)
        (daily,) = await a_round(app, sink)
        assert "Subject: 1 item waits for you" in daily
        assert "DID NOT ARRIVE" not in daily
        settle(app, report)
        clock.advance(days=1)
        assert await a_round(app, sink) == []


async def test_what_failed_for_our_sake_is_owed_again_once_the_mailing_goes_on(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock, script=says(PEOPLE[1], "554 5.7.1 Your host is on a block list")) as (
        app,
        sink,
    ):
        await a_round(app, sink)
        clock.advance(days=1)
        (daily,) = await a_round(app, sink)
        assert "DID NOT ARRIVE" in daily
        assert "tell the operator" in daily
        with app.store.transaction() as connection:
            mailings.change(connection, the_mailing(app).id, broken_at=clock.now())
        clock.advance(days=1)
        (daily,) = await a_round(app, sink)
        assert "OWED AGAIN" in daily
        assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == [PEOPLE[1].person]


async def test_who_failed_at_two_addresses_is_owed_nothing_at_either(tmp_path: Path, clock: FrozenClock) -> None:
    club, first = Club.found(tmp_path), PEOPLE[0]
    second = replace(first, address="new@members.example")

    def nobody(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "550 5.1.1 Unknown" if phase is Phase.RCPT and recipient in (first.email, second.email) else None

    async with Sink(script=nobody) as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            import_register(app, [second])
            send_supplement(app.context, ISSUE)
            await sender.drain()
            import_register(app, [first])
            await a_round(app, sink)
            clock.advance(days=1)
            (letter,) = await a_round(app, sink)
            assert "Subject: 1 item waits for you" in letter
            assert f"<{second.email}>" in letter  # the copy that failed last
            assert "OWED AGAIN" not in letter
            assert not find_missing_copies(app.context, ISSUE).people


async def test_a_copy_held_for_its_address_is_told_until_it_is_released(tmp_path: Path, clock: FrozenClock) -> None:
    club, moved, lapsed = Club.found(tmp_path), PEOPLE[0], PEOPLE[1]

    async with Sink() as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            reverse(app, lapsed)
            import_register(app, [replace(moved, address="new@members.example")])
            await sender.drain()
            assert len(await a_round(app, sink)) == 2
            clock.advance(days=1)
            (letter,) = await a_round(app, sink)
            assert "Subject: 1 item waits for you" in letter
            assert "COPIES HELD BACK" in letter
            assert "the register has another address now" in " ".join(letter.split())
            held = copies(app)[moved.person].id
            assert f"mailer delivery release {held}" in letter
            release_delivery(app.context, held)
            await sender.drain()
            clock.advance(days=1)
            assert await a_round(app, sink) == []


async def test_of_many_things_each_kind_is_cut_and_counted(tmp_path: Path, clock: FrozenClock) -> None:
    people = members(60)
    async with sent_out(tmp_path, clock, people=people) as (app, sink):
        await a_round(app, sink)
        with app.store.transaction() as connection:
            for one in people:
                holds.set_hold(
                    connection, one.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now()
                )
        clock.advance(days=1)
        asked: list[str] = []
        event.listen(app.store._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        (daily,) = await a_round(app, sink)
        assert len(asked) < 40, "so many things must not be asked for one by one"
        assert "Subject: 60 items wait for you" in daily
        assert "- and 20 more; all of them:" in daily
        assert daily.count(": the address does not exist.") == 40


async def test_a_reminder_comes_at_once_where_nothing_was_told_yet(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        clock.advance(days=12)
        come_back(app, PEOPLE[0])
        (daily,) = await a_round(app, sink)
        assert "Subject: 1 item waits for you" in daily
        clock.jump(days=-3)  # somebody has set the clock back
        assert len(await a_round(app, sink)) == 1


@pytest.mark.parametrize(("language", "waits"), [("en", "3 items wait for you"), ("ru", "3 дела ждут вашего решения")])
async def test_a_reminder_names_holds_and_uncertain_copies(
    tmp_path: Path, clock: FrozenClock, language: str, waits: str
) -> None:
    doubted, held = PEOPLE[0], PEOPLE[2]
    async with sent_out(
        tmp_path, clock, script=says(doubted, Misbehaviour.DROP, phase=Phase.END), language=language
    ) as (app, sink):
        await a_round(app, sink)
        with app.store.transaction() as connection:
            # Who has no address any more is not asked about it.
            holds.set_hold(
                connection,
                "nobody@members.example",
                HoldReason.COMPLAINT,
                [],
                delivery=None,
                by="daemon",
                now=clock.now(),
            )
        come_back(app, held, Matter.COMPLAINED)
        clock.advance(days=1)
        (daily,) = await a_round(app, sink)
        assert f"Subject: {waits}" in daily
        assert f"mailer hold lift {held.email}" in daily
        assert "nobody@members.example" not in daily
        assert f"mailer delivery settle {copies(app)[doubted.person].id} --as accepted" in daily
        with app.store.transaction() as connection:
            holds.lift(connection, held.email, by="secretary", now=clock.now())
            reports.settle(connection, [one.id for one in reports.listing(connection)], by="s", now=clock.now())
        settle_delivery(app.context, copies(app)[doubted.person].id, accepted=True)
        clock.advance(days=1)
        assert await a_round(app, sink) == []


async def test_a_copy_that_was_sent_once_more_is_no_open_matter(tmp_path: Path, clock: FrozenClock) -> None:
    club = Club.found(tmp_path)

    async with Sink() as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            await a_round(app, sink)
            come_back(app, PEOPLE[0])
            import_register(app, [replace(PEOPLE[0], address="new@members.example"), *PEOPLE[1:]])
            clock.advance(days=1)
            assert len(await a_round(app, sink)) == 1
            send_supplement(app.context, ISSUE)
            clock.advance(days=1)
            assert await a_round(app, sink) == []
            await sender.drain()
            clock.advance(days=1)
            assert ["as a supplement" in " ".join(letter.split()) for letter in await a_round(app, sink)] == [True]


async def test_reminders_do_not_pile_up_while_none_can_leave(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        outbox_of_letters.write_digests(app.context)
        for member in PEOPLE:
            come_back(app, member)
            clock.advance(days=1)
            assert outbox_of_letters.write_daily_letter(app.context)
            assert not outbox_of_letters.write_daily_letter(app.context)
            assert outbox(app).waiting == 2
        daily = await a_round(app, sink)
        assert ["Subject: 4 items wait for you" in one for one in daily] == [False, True]


async def test_a_report_about_nobodys_copy_names_the_likely_person(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        await a_round(app, sink)
        come_back(app, PEOPLE[0], Matter.UNNAMED)
        come(app, NOBODY, way=Way.FILE)
        clock.advance(days=1)
        (daily,) = await a_round(app, sink)
        said = " ".join(daily.split())
        assert f"Reader001 <{PEOPLE[0].email}> (probably): the address does not exist" in said
        assert "July 12, 2018: an unknown reader: the address does not exist" in said
