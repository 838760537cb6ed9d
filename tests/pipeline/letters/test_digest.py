"""After a mailing the secretary gets its distribution report, once: who has no copy and why, and how much waits."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from mailer.domain.bounce import FailureReason
from mailer.domain.delivery import State
from mailer.domain.hold import Failure, HoldReason
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import breaker
from mailer.pipeline.letters import outbox as outbox_of_letters
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.store import holds, letters, mailings
from mailer.store.schema import recipients
from tests.club import (
    ISSUE,
    LETTER,
    Club,
    Member,
    begin,
    copies,
    import_register,
    members,
    reverse,
    says,
)
from tests.doubles import FrozenClock
from tests.pipeline.letters.post import NOTIFY, PEOPLE, SECRETARY, a_round, come_back, outbox, sent_out, the_mailing
from tests.reported import Refusal, come, unsubscribe_path_of
from tests.reported import letter as letter_of
from tests.scripted_relay import Misbehaviour, Phase, Sink
from tests.store.rows import an_owner, put


async def test_a_mailing_that_went_well_has_one_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        (digest,) = await a_round(app, sink)
        assert f"Subject: {ISSUE}: sent, 4 of 4 copies accepted" in digest
        assert "Nothing waits for your decision" in digest
        for _ in range(5):
            assert await a_round(app, sink) == []
            clock.advance(days=1)


@pytest.mark.parametrize(("language", "words"), [("en", "the address does not exist"), ("ru", "такого адреса нет")])
async def test_a_digest_names_who_has_no_copy_and_why(
    tmp_path: Path, clock: FrozenClock, language: str, words: str
) -> None:
    dead, full = PEOPLE[1], PEOPLE[2]
    async with sent_out(tmp_path, clock, script=says(dead, "550 5.1.1 Unknown here"), language=language) as (app, sink):
        come_back(app, full, why=Refusal(552, "5.2.2", "Mailbox full to the brim"))
        digest, _daily = await a_round(app, sink)
        letter = " ".join(digest.split())
        assert f"Reader002 <{dead.email}>" in letter
        assert "550 5.1.1 Unknown here" in letter
        assert words in letter
        assert "552 5.2.2 Mailbox full to the brim" in letter
        assert f"Reader003 <{full.email}>" in letter
        assert not [member for member in (PEOPLE[0], PEOPLE[3]) if member.email in letter]


async def test_a_digest_is_the_distribution_report(tmp_path: Path, clock: FrozenClock) -> None:
    people = [*PEOPLE, Member(number=5, paid=0), Member(number=6, more={"circulation": "archive"})]
    async with sent_out(tmp_path, clock, people=people, script=says(PEOPLE[1], "550 5.1.1 Unknown")) as (app, sink):
        digest, _daily = await a_round(app, sink)
        letter = digest.replace("\u00a0", " ")
        assert f"Subject: {ISSUE}: sent, 3 of 4 copies accepted" in letter
        for line in (
            "6 people were considered:",
            "recipients: 4",
            "excluded (nothing is paid for the issue’s date): 1",
            "excluded (the membership’s circle does not get this newsletter): 1",
            "4 copies were made:",
            "accepted by our mail server: 3",
            "did not arrive: 1",
            "1 item waits for your decision.",
        ):
            assert line in letter
        assert "mailer hold lift" not in letter
        assert "--send" not in letter


async def test_what_a_digest_told_before_is_now_in_the_digest_or_in_the_daily_letter(
    tmp_path: Path, clock: FrozenClock
) -> None:
    doubted, held, left, late = PEOPLE[0], PEOPLE[2], PEOPLE[3], Member(number=9)
    script = says(doubted, Misbehaviour.DROP, phase=Phase.END)
    async with sent_out(tmp_path, clock, script=script) as (app, sink):
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
                connection, held.email, HoldReason.ADDRESS, [failure], delivery=None, by="ingest", now=clock.now()
            )
        path = unsubscribe_path_of(app, copies(app)[left.person])
        come(app, letter_of(path, "stop"), path)
        import_register(app, [*PEOPLE, late])
        digest, daily = [" ".join(letter.replace("\u00a0", " ").split()) for letter in await a_round(app, sink)]
        assert f"Reader001 <{doubted.email}>, copy No. 1: it left, but the reply was lost" in digest
        assert "ENTITLED NOW, WITHOUT A COPY - P009 Reader009" in digest
        assert "3 items wait for your decision" in digest
        assert f"mailer delivery settle {copies(app)[doubted.person].id} --as resend" in daily
        assert f"- {held.email} (Reader003): the address does not exist. Issue {ISSUE}, July 12, 2018" in daily
        assert f"mailer person resume {left.person}" in daily


async def test_a_held_copy_is_in_the_digest_with_its_reason(tmp_path: Path, clock: FrozenClock) -> None:
    club = Club.found(tmp_path)
    async with Sink() as sink:
        with club.sending(clock, sink, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            reverse(app, PEOPLE[1])
            await sender.drain()
            (digest,) = await a_round(app, sink)
            assert "Reader002" in digest
            assert "held back (nothing is paid for the issue" in " ".join(digest.split())
            assert issue_progress(app.context, ISSUE).open_copies == 0
            assert "Nothing waits" in digest


async def test_a_report_that_does_not_balance_is_told_loudly(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        with app.store.transaction() as connection:
            connection.execute(delete(recipients).where(recipients.c.person == PEOPLE[0].person))
        (digest,) = await a_round(app, sink)
        assert f"Subject: {ISSUE}: the distribution report DOES NOT BALANCE" in digest
        assert f"{PEOPLE[0].person} Reader001 has a copy in en without a decision" in " ".join(digest.split())


async def test_a_digest_that_an_earlier_version_wrote_down_leaves_in_todays_form(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        with app.store.transaction() as connection:
            facts = {"issue": str(ISSUE), "newsletter": LETTER, "counts": {"accepted": 4}, "total": 4, "failed": []}
            letters.add(
                connection,
                kind="distribution-report",
                about=f"{ISSUE}#0",
                recipient=SECRETARY,
                facts=facts,
                now=clock.now(),
            )
        (digest,) = await a_round(app, sink)
        assert "accepted by our mail server: 4" in digest
        assert await a_round(app, sink) == []


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
            assert "accepted by our mail server: 6" in letter  # of the issue, over all its mailings


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
            assert len(await a_round(app, sink)) == 2
            before = the_mailing(app)
            clock.advance(hours=1)
            settle_delivery(app.context, copies(app)[PEOPLE[0].person].id, accepted=False)
            await sender.drain()
            after = the_mailing(app)
            assert after.state is before.state is MailingState.CLOSED
            assert after.closed_at == clock.now() > before.closed_at
            assert await a_round(app, sink) == []


async def test_a_mailing_that_was_closed_before_that_was_kept_has_no_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock, script=says(PEOPLE[1], "550 5.1.1 Unknown here")) as (app, sink):
        with app.store.transaction() as connection:
            mailings.change(connection, the_mailing(app).id, closed_at=None)
        assert await a_round(app, sink) == []


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
            assert f"- {late.person} " in said
            assert f"mailer unsent {ISSUE}" in said
            assert await a_round(app, sink) == []


@pytest.mark.parametrize(("language", "head"), [("en", "WITHOUT AN ADDRESS"), ("ru", "НО АДРЕСА НЕТ")])
async def test_a_paid_member_without_an_address_is_named(
    tmp_path: Path, clock: FrozenClock, language: str, head: str
) -> None:
    paid = Member(number=8, more={"email": ""})
    lapsed = Member(number=9, paid=0, more={"email": ""})
    async with sent_out(tmp_path, clock, people=[*PEOPLE, paid, lapsed], language=language) as (app, sink):
        (letter,) = await a_round(app, sink)
        assert head in letter
        assert "- P008 Reader008\n" in letter.replace("\r", "")
        assert "P009" not in letter
        assert "Nothing waits" not in letter


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "20 000 roubles for January 1, 2018 to December 31, 2018; 30 000 roubles missing"),
        ("ru", "20 000 рублей за период с 1 января 2018 г. по 31 декабря 2018 г.; не хватает 30 000 рублей"),
    ],
)
async def test_who_has_paid_in_part_is_named_with_what_is_missing(
    tmp_path: Path, clock: FrozenClock, language: str, words: str
) -> None:
    async with sent_out(tmp_path, clock, people=[*PEOPLE, Member(number=8, paid=20000)], language=language) as (
        app,
        sink,
    ):
        (letter,) = await a_round(app, sink)
        assert f"P008 Reader008: {words}." in " ".join(letter.replace("\u00a0", " ").split())


async def test_of_what_was_cancelled_before_a_copy_left_there_is_no_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with Club.found(tmp_path).sending(clock, sink, notify=NOTIFY) as (app, _sender):
            begin(app, PEOPLE)
            cancel_mailing(app.context, ISSUE)
            assert await a_round(app, sink) == []


async def test_what_was_sent_long_ago_or_is_nobodys_to_hear_has_no_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, _sink):
        assert outbox_of_letters.write_digests(replace(app.context, secretary="")) == 0
        assert not outbox_of_letters.write_daily_letter(replace(app.context, secretary=""))
        clock.advance(days=8)
        assert outbox_of_letters.write_digests(app.context) == 0


async def test_a_newsletter_that_is_gone_still_has_its_digest(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        other = replace(app.context.newsletters[LETTER], id="other")
        (told,) = await a_round(app, sink, newsletters={"other": other})
        assert f"of {LETTER} has been sent" in told
        come_back(app, PEOPLE[0])
        clock.advance(days=1)
        assert await a_round(app, sink, newsletters={}) == []
        assert "there is no newsletter" in outbox(app).failure


async def test_a_mailing_of_many_failures_makes_no_endless_letter(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "DEAD_AT_LEAST", 100)

    def nobody(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "550 5.1.1 Unknown here" if phase is Phase.RCPT and "desk" in recipient else None

    async with sent_out(tmp_path, clock, script=nobody, people=members(60)) as (app, sink):
        for letter, command in zip(await a_round(app, sink), ("report", "delivery list"), strict=True):
            assert letter.count("Unknown here") == 40
            assert "- and 20 more; all of them:" in letter
            assert f"mailer {command} {ISSUE}" in letter
