"""A relay that refuses or loses everything, whatever it says of the readers: the mailing stops, nobody is held, all are owed."""

import pytest

from mailer.app.installation import App
from mailer.domain.mailing import Mailing, MailingState
from mailer.pipeline.bounces import holds
from mailer.pipeline.letters.distribution import digest_facts
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress, unaccepted_copies
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.store import letters, mailings
from mailer.views.fate import fate_sentence
from mailer.views.report import report_lines
from tests.brought import bring
from tests.club import ISSUE, THURSDAY, Club, Member, begin, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, come_back
from tests.scripted_relay import Misbehaviour, Phase, Sink

PEOPLE = [Member(number=number, address=f"desk{number:03}@club{number:03}.example") for number in range(1, 121)]
# Lost before the stop at most: those that fail until the ledger is asked, twice, on four connections.
FEW = 30
NOTIFY = {"operator": "operator@club.example"}
# What relays say of an account whose money, rights or quota are gone, as if it were the reader's mailbox.
SAID = [
    "554 5.2.1 The mailbox is disabled",
    "552 5.2.2 Quota exceeded",
    "550 5.1.1 {0}: Recipient address rejected: undeliverable",
    "550 Mailbox unavailable",
    "554 5.2.0 STOREDRV.Submission.Exception: Failed to process message {1}",
    "550 Почтовый ящик отключён".encode().decode("latin-1"),
]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


class Trouble:
    """A relay that is well for some copies, then says this, or loses its answers, until it is mended."""

    def __init__(self, answer: str | Misbehaviour, *, well_for: int = 0, phase: Phase = Phase.RCPT) -> None:
        self.answer, self.left, self.phase, self.mended = answer, well_for, phase, False

    def __call__(self, now: Phase, _sender: str, recipient: str, _nth: int) -> str | Misbehaviour | None:
        if now is not self.phase or self.mended:
            return None
        if self.left:
            self.left -= 1
            return None
        return self.answer.format(recipient, hash(recipient)) if isinstance(self.answer, str) else self.answer


def alarms(app: App) -> list[object]:
    with app.store.reading() as connection:
        return [
            each.facts["cause"] for each in letters.waiting(connection, app.context.clock.now()) if each.kind == "alarm"
        ]


def every_mailing(app: App) -> list[Mailing]:
    with app.store.reading() as connection:
        return mailings.mailings_of(connection, ISSUE.newsletter, ISSUE.serial)


def state(app: App) -> MailingState:
    return issue_progress(app.context, ISSUE).state


@pytest.mark.parametrize("well_for", [0, 60])
@pytest.mark.parametrize("said", SAID)
async def test_refusals_that_are_alike_stop_it_and_all_of_them_are_owed(
    club: Club, clock: FrozenClock, said: str, well_for: int
) -> None:
    bring(club, begin, PEOPLE)
    trouble = Trouble(said, well_for=well_for)
    async with Sink(script=trouble) as sink:
        with club.sending(clock, sink, smtp={"connections": 4}, notify=NOTIFY) as (app, sender):
            await sender.drain()
            assert state(app) is MailingState.PAUSED
            refused = states(app).get("rejected", 0)  # none where the words are known to be about us
            assert refused <= FEW
            assert refused + well_for + states(app)["pending"] == len(PEOPLE)
            assert alarms(app)
            assert holds.listing(app.context) == []
            trouble.mended = True
            clock.advance(hours=1)
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            assert (states(app)["accepted"], states(app).get("rejected", 0)) == (len(PEOPLE) - refused, refused)
            assert find_missing_copies(app.context, ISSUE).copies == refused
            if refused:
                send_supplement(app.context, ISSUE)
                await sender.drain()
            assert (states(app)["accepted"], states(app).get("rejected", 0)) == (len(PEOPLE), refused)
            assert {received.recipient for received in sink.received} == {person.email for person in PEOPLE}
            assert len(sink.received) == len(PEOPLE)
            assert distribution_report(app.context, ISSUE).balance.balanced


async def test_every_word_about_the_refused_copies_says_that_they_are_owed(club: Club, clock: FrozenClock) -> None:
    trouble = Trouble("552 5.2.2 Quota exceeded", well_for=100)
    async with Sink(script=trouble) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            report = distribution_report(app.context, ISSUE)
            lines = [line for line in report_lines(report) if "rejected (" in line]
            assert len(lines) == states(app)["rejected"]
            assert all(
                f"it is owed: when the cause is removed, `mailer unsent {ISSUE} --send`" in line for line in lines
            )
            reader = next(copy.person for copy in report.open_copies if copy.id in report.owed)
            (fate,) = explain_entitlement(app.context, reader, ISSUE).fates
            assert "the mailbox is full" not in fate_sentence(str(ISSUE), fate, "UTC")
            assert "it is owed" in fate_sentence(str(ISSUE), fate, "UTC")
            trouble.mended = True
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            (facts,) = (digest_facts(app.context, mailing) for mailing in every_mailing(app))
            assert facts["stopped"] == [{"said": "552 5.2.2 Quota exceeded", "copies": len(lines)}]
            assert facts["missing"] == []
            assert unaccepted_copies(app.context, ISSUE).replaced == frozenset()
            send_supplement(app.context, ISSUE)
            await sender.drain()
            unaccepted = unaccepted_copies(app.context, ISSUE)
            assert unaccepted.replaced == {copy.id for copy in unaccepted.copies}


async def test_what_another_relay_accepts_meanwhile_excuses_no_relay(club: Club, clock: FrozenClock) -> None:
    ill = Trouble("552 5.2.2 Quota exceeded")
    weights = {"well": {"weight": 4}, "ill": {"weight": 1}}
    async with Sink() as sink, Sink(script=ill) as other:
        ports = {"well": sink.port, "ill": other.port}
        with club.sending_by(clock, ports, weights, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert state(app) is MailingState.PAUSED
            assert states(app)["rejected"] <= FEW
            assert len(alarms(app)) == 1


async def test_twelve_readers_of_one_organisation_are_its_own_matter(club: Club, clock: FrozenClock) -> None:
    embassy = [Member(number=number, address=f"desk{number:03}@embassy.example") for number in range(1, 13)]

    def script(now: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "552 5.2.2 Quota exceeded" if now is Phase.RCPT and recipient.endswith("@embassy.example") else None

    async with Sink(script=script) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}, notify=NOTIFY) as (app, sender):
            begin(app, [*embassy, *PEOPLE[12:24]])
            await sender.drain()
            assert (state(app), states(app)) == (MailingState.CLOSED, {"accepted": 12, "rejected": 12})
            assert find_missing_copies(app.context, ISSUE).copies == 0
            assert alarms(app) == []


@pytest.mark.parametrize("connections", [1, 4])
async def test_a_canary_wave_that_is_refused_spares_the_rest(club: Club, clock: FrozenClock, connections: int) -> None:
    club.reschedule({"send": {"canary": 20, "canary_minutes": 1}})
    async with Sink(script=Trouble("554 5.2.1 The mailbox is disabled")) as sink:
        with club.sending(clock, sink, smtp={"connections": connections}, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            for _ in range(3):
                await sender.drain()
                clock.advance(minutes=2)
            assert state(app) is MailingState.PAUSED
            assert states(app)["rejected"] <= 20
            assert len(alarms(app)) == 1


@pytest.mark.parametrize("canary", [0, 20])
@pytest.mark.parametrize("policy", ["ask", "resend"])
async def test_answers_lost_one_after_another_stop_it(club: Club, clock: FrozenClock, policy: str, canary: int) -> None:
    club.reschedule({"send": {"canary": canary, "canary_minutes": 1}})
    async with Sink(script=Trouble(Misbehaviour.DROP, phase=Phase.END)) as sink:
        delivery = {"on_unknown": policy, "retry_minutes": 0.1}
        with club.sending(clock, sink, smtp={"connections": 4}, delivery=delivery, notify=NOTIFY) as (app, sender):
            begin(app, PEOPLE)
            for _ in range(3):
                await sender.drain()
                clock.advance(minutes=10)
            assert state(app) is MailingState.PAUSED
            assert len(sink.received) <= 8
            assert alarms(app) == ["lost"]
            resume_mailing(app.context, ISSUE)  # it is not mended: one more is enough
            before = len(sink.received)
            await sender.drain()
            assert state(app) is MailingState.PAUSED
            assert len(sink.received) <= before + 4


async def test_a_lost_copy_is_sent_once_more_by_policy_and_never_again(club: Club, clock: FrozenClock) -> None:
    people = PEOPLE[:60]

    def script(now: Phase, _sender: str, recipient: str, _nth: int) -> Misbehaviour | None:
        return Misbehaviour.DROP if now is Phase.END and int(recipient[4:7]) % 20 == 0 else None

    async with Sink(script=script) as sink:
        for _ in range(6):  # each time in a process of its own
            delivery = {"on_unknown": "resend", "retry_minutes": 0.1}
            with club.sending(clock, sink, smtp={"connections": 1}, delivery=delivery) as (app, sender):
                if not sink.received:
                    begin(app, people)
                await sender.drain()
                clock.advance(minutes=30)
                counts = states(app)
                assert counts["accepted"] == 57
        assert counts == {"accepted": 57, "uncertain": 3}
        assert len(sink.received) == 57 + 2 * 3


def test_bounces_that_are_alike_alarm_hold_nobody_and_all_of_them_are_owed(club: Club, clock: FrozenClock) -> None:
    club.settle(bounces={"return_path_domain": DOMAIN}, notify=NOTIFY)
    with club.opened(clock) as app:
        begin(app, PEOPLE[:80])
        deliver(app)
        assert state(app) is MailingState.CLOSED
        for person in PEOPLE[:70]:
            clock.advance(seconds=1)
            come_back(app, person.person, FULL)
        assert alarms(app) == ["breaker"]
        assert holds.listing(app.context) == []
        assert find_missing_copies(app.context, ISSUE).copies == 70


def test_full_mailboxes_of_a_few_readers_are_no_alarm(club: Club, clock: FrozenClock) -> None:
    club.settle(bounces={"return_path_domain": DOMAIN}, notify=NOTIFY)
    with club.opened(clock) as app:
        begin(app, PEOPLE)
        deliver(app)
        for person in PEOPLE[:30:3]:
            come_back(app, person.person, FULL)
        assert alarms(app) == []
        assert find_missing_copies(app.context, ISSUE).copies == 0


@pytest.mark.leaping
async def test_bounces_of_what_left_before_a_stop_do_not_stop_it_again(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        tables = {"smtp": {"per_minute": 60}, "bounces": {"return_path_domain": DOMAIN}, "notify": NOTIFY}
        with club.sending(clock, sink, **tables) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            for person in PEOPLE[:10]:
                come_back(app, person.person, FULL)
            assert state(app) is MailingState.PAUSED
            clock.advance(hours=1)
            resume_mailing(app.context, ISSUE)
            for person in PEOPLE[10:50]:
                clock.advance(seconds=1)
                come_back(app, person.person, FULL)
            assert state(app) is MailingState.SENDING
            await sender.drain()
            for person in PEOPLE[60:70]:  # the cause is not mended
                come_back(app, person.person, FULL)
            assert alarms(app) == ["breaker", "breaker"]
