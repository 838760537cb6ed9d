"""The secretary gets one digest after a mailing, one reminder a day while something is open, and nothing is lost."""

import asyncio
import email
import email.policy
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from mailer.app.installation import App
from mailer.domain.bounce import FailureReason, Matter, Way
from mailer.domain.delivery import State
from mailer.domain.errors import TransportDown
from mailer.domain.hold import Failure, HoldReason
from mailer.domain.mailing import Mailing, MailingState
from mailer.pipeline.bounces import alarms, breaker
from mailer.pipeline.context import Context
from mailer.pipeline.letters import outbox as telling
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.register import erase
from mailer.store import holds, letters, mailings, reports
from tests.club import (
    ISSUE,
    LETTER,
    THURSDAY,
    WORDS,
    Club,
    Member,
    begin,
    copies,
    import_register,
    members,
    readable,
    reverse,
    says,
)
from tests.doubles import FrozenClock
from tests.reported import UNKNOWN, Refusal, bounce, come, complaint
from tests.scripted_relay import Misbehaviour, Phase, Sink
from tests.store.rows import an_owner, put

SECRETARY, OPERATOR = "secretary@club.example", "operator@club.example"
NOTIFY = {"secretary": SECRETARY, "operator": OPERATOR}
PEOPLE = members(4)
STOPPED = {"cause": "dead", "failed": 5, "copies": 9, "paused": True}
NOBODY = (
    b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n"
    b"Your message could not be delivered: 550 5.1.1 user unknown\n"
)
Story = Callable[[App, Sink], Awaitable[None]]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


async def tell(
    tmp_path: Path,
    clock: FrozenClock,
    story: Story,
    *,
    script=None,
    people: Sequence[Member] = PEOPLE,
    delivery=None,
    **notify,
):
    """The issue goes out to these people, and then the story happens."""
    club = Club.found(tmp_path)

    async with Sink(**({"script": script} if script else {})) as sink:
        with club.sending(clock, sink, notify={**NOTIFY, **notify}, delivery=delivery or {}) as (app, sender):
            begin(app, people)
            await sender.drain()
            await story(app, sink)
            for one in post(sink):
                assert WORDS["en"][0] not in readable(one)
                assert "Norland" not in readable(one)
                assert email.message_from_bytes(one)["Auto-Submitted"] == "auto-generated"


def post(sink: Sink, to: str = "") -> list[bytes]:
    """The letters that arrived, of one person or both."""
    return [one.message for one in sink.received if one.recipient in ((to,) if to else (SECRETARY, OPERATOR))]


async def a_round(app: App, sink: Sink, **context: object) -> list[str]:
    """What the daemon does in a round; returns the letters that this brought, as they are read."""
    before = len(post(sink))
    working = replace(app.context, **context)
    telling.digests(working)
    telling.reminder(working)
    await telling.send(working, transport_to(sink))
    return [readable(one) for one in post(sink)[before:]]


def transport_to(sink: Sink):
    from mailer.gateways.smtp.settings import Security, SmtpSettings
    from mailer.gateways.smtp.transport import SmtpTransport

    return SmtpTransport(
        SmtpSettings(
            host="127.0.0.1",
            port=sink.port,
            security=Security.NONE,
            username="",
            password="",
            ca_file="",
            timeout_seconds=5,
            window=1,
            messages_per_connection=0,
            section="[smtp]",
        )
    )


def outbox(app: App) -> letters.Outbox:
    with app.store.reading() as connection:
        return letters.outbox(connection)


def come_back(app: App, member: Member, matter: Matter = Matter.BOUNCED, why: Refusal = UNKNOWN) -> int:
    """A report about a member's copy comes in; returns its id."""
    copy = copies(app)[member.person]
    signed = {} if matter is Matter.UNNAMED else {"message_id": copy.message_id}
    made = complaint if matter is Matter.COMPLAINED else partial(bounce, why=why)
    come(app, made("letter@club.example", copy.address, **signed), way=Way.FILE)
    with app.store.reading() as connection:
        found = reports.listing(connection)[-1]
    assert found.matter is matter
    return found.id


def the_mailing(app: App) -> Mailing:
    with app.store.reading() as connection:
        (found,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
        return found


def settle(app: App, *reports_: int) -> None:
    with app.store.transaction() as connection:
        assert reports.settle(connection, reports_, by="secretary", now=app.context.clock.now())


# --- the digest -------------------------------------------------------------------------------------------------------


async def test_a_mailing_that_went_well_has_one_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        (told,) = await a_round(app, sink)
        assert f"Subject: {ISSUE}: sent, nothing is left to do" in told
        assert "accepted by our mail server: 4" in told
        for _ in range(5):
            assert await a_round(app, sink) == []
            clock.advance(days=1)

    await tell(tmp_path, clock, story)


@pytest.mark.parametrize(("language", "words"), [("en", "the address does not exist"), ("ru", "такого адреса нет")])
async def test_a_digest_names_who_has_no_copy_and_why(
    tmp_path: Path, clock: FrozenClock, language: str, words: str
) -> None:
    gone, back = PEOPLE[1], PEOPLE[2]

    async def story(app: App, sink: Sink) -> None:
        come_back(app, back, why=Refusal(552, "5.2.2", "Mailbox full to the brim"))
        (told,) = await a_round(app, sink)
        said = " ".join(told.split())
        assert f"Reader002 <{gone.email}>" in said
        assert "550 5.1.1 Unknown here" in said
        assert words in said
        assert f"mailer hold lift {back.email}" in said
        assert "552 5.2.2 Mailbox full to the brim" in said
        assert f"mailer unsent {ISSUE} --send" in said
        assert not [one for one in (PEOPLE[0], PEOPLE[3]) if one.email in said]

    await tell(tmp_path, clock, story, script=says(gone, "550 5.1.1 Unknown here"), language=language)


async def test_a_digest_names_holds_pauses_what_is_uncertain_held_and_owed(tmp_path: Path, clock: FrozenClock) -> None:
    doubted, lapsed, late = PEOPLE[0], PEOPLE[1], Member(number=9)

    async def story(app: App, sink: Sink) -> None:
        reverse(app, lapsed)
        failure = Failure(
            issue=str(ISSUE),
            reason=FailureReason.USER_UNKNOWN,
            hard=True,
            refused=True,
            forwarded=False,
            at=clock.now(),
        )
        with app.store.transaction() as connection:
            holds.set_hold(
                connection, PEOPLE[2].email, HoldReason.ADDRESS, [failure], delivery=None, by="ingest", now=clock.now()
            )
            copy = copies(app)[PEOPLE[3].person]
            holds.set_pause(connection, PEOPLE[3].person, clock.now().date(), delivery=copy.id, now=clock.now())
        import_register(app, [*PEOPLE, late])
        (told,) = await a_round(app, sink)
        said = " ".join(told.split())
        assert f"Reader001 <{doubted.email}>" in said
        assert f"mailer delivery settle {copies(app)[doubted.person].id} --as resend" in said
        assert f"- {PEOPLE[2].email} (Reader003): the address does not exist. Issue {ISSUE}, July 12, 2018" in said
        assert f"mailer person resume {PEOPLE[3].person}" in said
        assert "1\u00a0copy of this issue is owed to: - Reader009 (P009)".replace("\u00a0", " ") in said

    lost = says(doubted, Misbehaviour.DROP, phase=Phase.END)
    await tell(tmp_path, clock, story, script=lost)


async def test_a_held_copy_is_told_with_its_reason(tmp_path: Path, clock: FrozenClock) -> None:
    club = Club.found(tmp_path)

    async with Sink() as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            reverse(app, PEOPLE[1])
            await sender.drain()
            (letter,) = await a_round(app, sink)
            assert f"mailer delivery release {copies(app)['P002'].id}" in letter
            assert "nothing is paid for the issue" in " ".join(letter.split())


async def test_a_supplement_has_a_digest_of_its_own(tmp_path: Path, clock: FrozenClock) -> None:
    club = Club.found(tmp_path)

    async with Sink() as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert len(await a_round(app, sink)) == 1
            import_register(app, members(6))
            send_supplement(app.context, ISSUE)
            await sender.drain()
            (letter,) = await a_round(app, sink)
            assert "as a supplement" in " ".join(letter.split())
            assert "accepted by our mail server: 2" in letter


async def test_a_mailing_that_lay_paused_for_long_has_its_digest_when_it_is_closed(
    tmp_path: Path, clock: FrozenClock
) -> None:
    club = Club.found(tmp_path)

    script = says(PEOPLE[0], "450 4.2.0 Come back later", None)
    async with Sink(script=script) as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            pause_mailing(app.context, ISSUE)
            clock.advance(days=8)
            assert await a_round(app, sink) == []
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            (letter,) = await a_round(app, sink)
            assert f"Subject: {ISSUE}: sent" in letter


async def test_a_mailing_that_is_closed_once_more_has_no_second_digest(tmp_path: Path, clock: FrozenClock) -> None:
    club = Club.found(tmp_path)

    script = says(PEOPLE[0], Misbehaviour.DROP, None, phase=Phase.END)
    async with Sink(script=script) as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert len(await a_round(app, sink)) == 1
            before = the_mailing(app)
            clock.advance(hours=1)
            settle_delivery(app.context, copies(app)[PEOPLE[0].person].id, accepted=False)
            await sender.drain()
            after = the_mailing(app)
            assert after.state is before.state is MailingState.CLOSED
            assert after.closed_at == clock.now() > before.closed_at
            assert await a_round(app, sink) == []


async def test_a_mailing_that_was_closed_before_that_was_kept_has_no_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        with app.store.transaction() as connection:
            mailings.change(connection, the_mailing(app).id, closed_at=None)
        assert await a_round(app, sink) == []

    await tell(tmp_path, clock, story, script=says(PEOPLE[1], "550 5.1.1 Unknown here"))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "was cancelled when some of its copies had left"), ("ru", "рассылка отменена")]
)
async def test_a_mailing_that_is_cancelled_on_its_way_has_a_digest(
    tmp_path: Path, clock: FrozenClock, language: str, words: str
) -> None:
    club = Club.found(tmp_path)
    late = PEOPLE[0]

    async with Sink(script=says(late, "450 4.2.0 Come back later")) as sink:
        with club.sending(clock, sink, notify={**NOTIFY, "language": language}) as (app, sender):
            begin(app, PEOPLE)
            cancel_mailing(app.context, ISSUE)
            assert await a_round(app, sink) == []  # nothing had left, nobody has missed anything
            plan_mailing(app.context, ISSUE)
            begin(app)
            await sender.drain()
            assert await a_round(app, sink) == []
            cancel_mailing(app.context, ISSUE)
            (found,) = [one for one in copies(app).values() if one.state is State.CANCELLED]
            with app.store.transaction() as connection:
                put(connection, found.id, state=State.SENDING, owner=an_owner(connection), lease_until=clock.now())
            assert await a_round(app, sink) == []  # it is in hand: nobody knows yet what comes of it
            with app.store.transaction() as connection:
                put(connection, found.id, state=State.CANCELLED, owner=None, lease_until=None)
            (letter,) = await a_round(app, sink)
            said = " ".join(letter.split())
            assert words in said
            assert f"({late.person})" in said
            assert f"mailer unsent {ISSUE} --send" in said
            assert await a_round(app, sink) == []


async def test_what_was_sent_long_ago_or_is_nobodys_to_hear_has_no_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        assert telling.digests(replace(app.context, secretary="")) == 0
        assert not telling.reminder(replace(app.context, secretary=""))
        clock.advance(days=8)
        assert telling.digests(app.context) == 0

    await tell(tmp_path, clock, story)


async def test_a_newsletter_that_is_gone_still_has_its_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        other = replace(app.context.newsletters[LETTER], id="other")
        (told,) = await a_round(app, sink, newsletters={"other": other})
        assert f"of {LETTER} has been sent" in told
        come_back(app, PEOPLE[0])
        clock.advance(days=1)
        assert await a_round(app, sink, newsletters={}) == []
        assert "there is no newsletter" in outbox(app).failure

    await tell(tmp_path, clock, story)


async def test_a_mailing_of_many_failures_makes_no_endless_letter(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "DEAD_AT_LEAST", 100)

    def nobody(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "550 5.1.1 Unknown here" if phase is Phase.RCPT and "desk" in recipient else None

    async def story(app: App, sink: Sink) -> None:
        (told,) = await a_round(app, sink)
        assert told.count("Unknown here") == 40
        assert "- and 20 more; all of them:" in told
        assert f"mailer report {ISSUE}" in told

    await tell(tmp_path, clock, story, script=nobody, people=members(60))


# --- the reminder -----------------------------------------------------------------------------------------------------


async def test_one_reminder_a_day_while_something_is_open_and_none_after(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        assert len(await a_round(app, sink)) == 1  # the digest
        report = come_back(app, PEOPLE[0])
        clock.advance(hours=23)
        assert await a_round(app, sink) == []
        for _ in range(3):
            clock.advance(hours=1)
            (told,) = await a_round(app, sink)
            assert "Subject: 1 thing waits for you" in told
            assert f"Report {report}, July 12, 2018: Reader001 <{PEOPLE[0].email}>" in " ".join(told.split())
            assert f"mailer bounce settle {report}" in told
            for _ in range(23):
                clock.advance(hours=1)
                assert await a_round(app, sink) == []
        settle(app, report)
        clock.advance(days=2)
        assert await a_round(app, sink) == []

    await tell(tmp_path, clock, story)


async def test_a_digest_keeps_back_only_what_it_tells(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        come_back(app, PEOPLE[0])
        assert len(await a_round(app, sink)) == 1  # the digest tells it
        clock.advance(hours=1)
        come_back(app, PEOPLE[1])
        (told,) = await a_round(app, sink)
        assert "Subject: 2 things wait for you" in told
        for number in range(3):  # other newsletters have their digests, every day
            clock.advance(hours=23)
            with app.store.transaction() as connection:
                about = f"other/{number}#0"
                letters.add(connection, kind="digest", about=about, recipient="", facts={}, now=clock.now())
                letters.sent(connection, letters.waiting(connection, clock.now())[0].id, clock.now())
            assert await a_round(app, sink) == []
            clock.advance(hours=1)
            (told,) = await a_round(app, sink)
            assert "Subject: 2 things wait for you" in told

    await tell(tmp_path, clock, story)


async def test_what_no_digest_tells_is_told_at_once(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        come_back(app, PEOPLE[0], Matter.UNNAMED)
        digest, reminder = await a_round(app, sink)
        assert "nothing is left to do" in digest
        assert "Subject: 1 thing waits for you" in reminder

    await tell(tmp_path, clock, story)


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
        return " ".join(" ".join(one.split()) for one in await a_round(app, sink))

    async def story(app: App, sink: Sink) -> None:
        assert len(await a_round(app, sink)) == 1
        for _ in range(2):
            told = await next_day(app, sink)
            assert failed in told
            assert f"<{gone.email}>, {ISSUE}" in told
            assert "550 5.1.1 Unknown here" in told
            assert owed not in told
        import_register(app, [replace(gone, address="new@members.example")])
        told = await next_day(app, sink)
        assert owed in told
        assert failed not in told
        assert f"mailer unsent {ISSUE} --send" in told
        import_register(app, [gone])
        assert failed in await next_day(app, sink)
        with app.store.transaction() as connection:
            holds.set_hold(connection, gone.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now())
        told = await next_day(app, sink)  # the hold is what waits now
        assert failed not in told
        assert f"mailer hold lift {gone.email}" in told
        with app.store.transaction() as connection:
            holds.lift(connection, gone.email, by="secretary", now=clock.now())
        assert owed in await next_day(app, sink)
        send_supplement(app.context, ISSUE)
        assert await next_day(app, sink) == ""

    await tell(tmp_path, clock, story, script=says(gone, "550 5.1.1 Unknown here"), language=language)


async def test_a_refused_copy_is_forgotten_in_time_or_when_its_reader_is_owed_nothing(
    tmp_path: Path, clock: FrozenClock
) -> None:
    gone = PEOPLE[1]

    async def story(app: App, sink: Sink) -> None:
        await a_round(app, sink)
        clock.advance(days=30)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=1)
        assert await a_round(app, sink) == []
        clock.jump(days=-25)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=2)
        assert telling.reminder(replace(app.context, newsletters={})) is False
        reverse(app, gone)
        assert await a_round(app, sink) == []

    await tell(tmp_path, clock, story, script=says(gone, "550 5.1.1 Unknown here"))


async def test_what_came_back_with_a_report_is_told_once_and_ends_with_it(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        report = come_back(app, PEOPLE[0])
        await a_round(app, sink)
        clock.advance(days=1)
        (told,) = await a_round(app, sink)
        assert "Subject: 1 thing waits for you" in told
        assert "DID NOT ARRIVE" not in told
        settle(app, report)
        clock.advance(days=1)
        assert await a_round(app, sink) == []

    await tell(tmp_path, clock, story)


async def test_what_failed_for_our_sake_is_owed_again_once_the_mailing_goes_on(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async def story(app: App, sink: Sink) -> None:
        await a_round(app, sink)
        clock.advance(days=1)
        (told,) = await a_round(app, sink)
        assert "DID NOT ARRIVE" in told
        assert "tell the operator" in told
        with app.store.transaction() as connection:
            mailings.change(connection, the_mailing(app).id, broken_at=clock.now())
        clock.advance(days=1)
        (told,) = await a_round(app, sink)
        assert "OWED AGAIN" in told
        assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == [PEOPLE[1].person]

    await tell(tmp_path, clock, story, script=says(PEOPLE[1], "554 5.7.1 Your host is on a block list"))


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
            assert "Subject: 1 thing waits for you" in letter
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
            assert len(await a_round(app, sink)) == 1
            clock.advance(days=1)
            (letter,) = await a_round(app, sink)
            assert "Subject: 1 thing waits for you" in letter
            assert "COPIES HELD BACK" in letter
            assert "the register has another address now" in " ".join(letter.split())
            held = copies(app)[moved.person].id
            assert f"mailer delivery release {held}" in letter
            release_delivery(app.context, held)
            await sender.drain()
            clock.advance(days=1)
            assert await a_round(app, sink) == []


async def test_of_many_things_each_kind_is_cut_and_counted(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        await a_round(app, sink)
        with app.store.transaction() as connection:
            for one in people:
                holds.set_hold(
                    connection, one.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now()
                )
        clock.advance(days=1)
        asked: list[str] = []
        event.listen(app.store._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        (told,) = await a_round(app, sink)
        assert len(asked) < 40, "so many things must not be asked for one by one"
        assert "Subject: 60 things wait for you" in told
        assert "- and 20 more; all of them:" in told
        assert told.count(": the address does not exist.") == 40

    people = members(60)
    await tell(tmp_path, clock, story, people=people)


async def test_a_reminder_comes_at_once_where_nothing_was_told_yet(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        clock.advance(days=12)
        come_back(app, PEOPLE[0])
        (told,) = await a_round(app, sink)
        assert "Subject: 1 thing waits for you" in told
        clock.jump(days=-3)  # somebody has set the clock back
        assert len(await a_round(app, sink)) == 1

    await tell(tmp_path, clock, story)


@pytest.mark.parametrize(("language", "waits"), [("en", "3 things wait for you"), ("ru", "3 дела ждут вашего решения")])
async def test_a_reminder_names_holds_and_uncertain_copies(
    tmp_path: Path, clock: FrozenClock, language: str, waits: str
) -> None:
    doubted, held = PEOPLE[0], PEOPLE[2]

    async def story(app: App, sink: Sink) -> None:
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
        (told,) = await a_round(app, sink)
        assert f"Subject: {waits}" in told
        assert f"mailer hold lift {held.email}" in told
        assert "nobody@members.example" not in told
        assert f"mailer delivery settle {copies(app)[doubted.person].id} --as accepted" in told
        with app.store.transaction() as connection:
            holds.lift(connection, held.email, by="secretary", now=clock.now())
            reports.settle(connection, [one.id for one in reports.listing(connection)], by="s", now=clock.now())
        settle_delivery(app.context, copies(app)[doubted.person].id, accepted=True)
        clock.advance(days=1)
        assert await a_round(app, sink) == []

    await tell(tmp_path, clock, story, script=says(doubted, Misbehaviour.DROP, phase=Phase.END), language=language)


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
            assert ["as a supplement" in " ".join(one.split()) for one in await a_round(app, sink)] == [True]


async def test_reminders_do_not_pile_up_while_none_can_leave(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        telling.digests(app.context)
        for member in PEOPLE:
            come_back(app, member)
            clock.advance(days=1)
            assert telling.reminder(app.context)
            assert not telling.reminder(app.context)
            assert outbox(app).waiting == 2
        told = await a_round(app, sink)
        assert ["Subject: 4 things wait for you" in one for one in told] == [False, True]

    await tell(tmp_path, clock, story)


async def test_a_report_about_nobodys_copy_names_the_likely_person(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        await a_round(app, sink)
        come_back(app, PEOPLE[0], Matter.UNNAMED)
        come(app, NOBODY, way=Way.FILE)
        clock.advance(days=1)
        (told,) = await a_round(app, sink)
        said = " ".join(told.split())
        assert f"Reader001 <{PEOPLE[0].email}> (probably): the address does not exist" in said
        assert "July 12, 2018: somebody: the address does not exist" in said

    await tell(tmp_path, clock, story)


# --- on the way -------------------------------------------------------------------------------------------------------


async def test_what_a_letter_told_is_forgotten_once_it_has_left(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        telling.digests(app.context)
        with app.store.reading() as connection:
            (waits,) = letters.waiting(connection, clock.now())
        assert waits.facts["issue"] == str(ISSUE)
        await telling.send(app.context, transport_to(sink))
        with app.store.reading() as connection:
            assert letters.waiting(connection, clock.now()) == []
            kept = connection.exec_driver_sql("SELECT facts FROM letters").scalars().all()
        assert [str(one) for one in kept] == ["{}"]

    await tell(tmp_path, clock, story)


async def test_a_person_who_is_erased_is_in_no_letter(tmp_path: Path, clock: FrozenClock) -> None:
    gone, other = PEOPLE[1], PEOPLE[2]

    async def story(app: App, sink: Sink) -> None:
        with app.store.transaction() as connection:
            for one in (gone, other):
                holds.set_hold(
                    connection, one.email, HoldReason.ADDRESS, [], delivery=None, by="ingest", now=clock.now()
                )
        telling.digests(app.context)
        erase.erase(app.context, gone.person)
        await telling.send(app.context, transport_to(sink))
        (told,) = [readable(one) for one in post(sink)]
        assert not [word for word in gone.words if word in told]
        assert f"mailer hold lift {other.email}" in told

    await tell(tmp_path, clock, story, script=says(gone, "550 5.1.1 Unknown here"))


async def test_a_letter_that_is_refused_waits_longer_each_time_and_goes_where_the_settings_say(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async def story(app: App, sink: Sink) -> None:
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

    nobody = Member(number=1, address=SECRETARY)
    await tell(tmp_path, clock, story, script=says(nobody, "550 5.1.1 Unknown here"))


async def test_a_letter_whose_answer_was_lost_is_sent_again_and_can_be_recognised(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async def story(app: App, sink: Sink) -> None:
        assert len(await a_round(app, sink)) == 1  # it arrived, but nobody said so
        assert await a_round(app, sink) == []
        clock.advance(minutes=5)
        assert len(await a_round(app, sink)) == 1
        clock.advance(days=1)
        assert await a_round(app, sink) == []
        ids = {email.message_from_bytes(one)["Message-ID"] for one in post(sink)}
        assert len(ids) == 1

    silent = says(Member(number=1, address=SECRETARY), Misbehaviour.DROP, None, phase=Phase.END)
    await tell(tmp_path, clock, story, script=silent)


async def test_while_the_relay_is_down_letters_wait_and_none_is_blamed(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        telling.digests(app.context)
        with app.store.transaction() as connection:
            alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)
        dead = Sink()
        dead.port = 1
        with pytest.raises(TransportDown):
            await telling.send(app.context, transport_to(dead))
        assert (outbox(app).waiting, outbox(app).tries) == (2, 0)
        assert "connect" in outbox(app).failure.lower() or outbox(app).failure
        assert await telling.send(app.context, transport_to(sink)) == 2
        assert outbox(app).waiting == 0

    await tell(tmp_path, clock, story)


async def test_a_stop_does_not_wait_for_a_relay_that_says_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        telling.digests(app.context)
        with app.store.transaction() as connection:
            alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)
        stop = asyncio.Event()

        async def stopped() -> None:
            await stop.wait()

        sending = asyncio.create_task(telling.send(app.context, transport_to(sink), stopped))
        await hung.wait()
        stop.set()
        assert await sending == 0
        assert outbox(app).waiting == 2

    hung = asyncio.Event()

    def hang(phase: Phase, _sender: str, recipient: str, _nth: int) -> Misbehaviour | None:
        if phase is Phase.RCPT and recipient == SECRETARY:
            hung.set()
            return Misbehaviour.HANG
        return None

    await tell(tmp_path, clock, story, script=hang)


async def test_a_template_that_is_wrong_keeps_no_other_letter_back(tmp_path: Path, clock: FrozenClock) -> None:
    async def story(app: App, sink: Sink) -> None:
        own = tmp_path / "own"
        (own / "system" / "digest").mkdir(parents=True)
        (own / "system" / "digest" / "en.txt.j2").write_text("Subject: x\n{{ nothing }}\n")
        telling.digests(app.context)
        with app.store.transaction() as connection:
            (found,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
            alarms.failure(connection, app.context, found, FailureReason.BLOCKED, "554 on a list")
            alarms.failure(connection, app.context, found, FailureReason.BLOCKED, "554 on a list again")
        assert await telling.send(replace(app.context, templates=own), transport_to(sink)) == 1
        assert "line 2" in outbox(app).failure
        (told,) = [readable(one) for one in post(sink, OPERATOR)]
        assert f"Subject: ALARM: {ISSUE}: our mail server is on a block list" in told
        assert "554 on a list”" in told

    await tell(tmp_path, clock, story)


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
    async def story(app: App, sink: Sink) -> None:
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
            assert letters.told(connection, "alarm", [found.issue]) == frozenset()
        assert outbox(app).waiting == 0

    await tell(tmp_path, clock, story)
