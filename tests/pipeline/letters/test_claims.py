"""Of several processes that send letters each claims a letter before: one that was frozen sends none that another has sent."""

from contextlib import suppress
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Outcome, Unknown
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Envelope
from mailer.pipeline.bounces import alarms
from mailer.pipeline.letters import outbox as outbox_of_letters
from mailer.pipeline.letters.outbox import CLAIM_LASTS
from mailer.store import letters
from tests.club import ISSUE
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.pipeline.letters.post import OPERATOR, SECRETARY, STOPPED, outbox, post, sent_out, transport_to
from tests.scripted_relay import Sink

LOST = Unknown(reply=None, detail="the relay hung up on a frozen client")


def write_two(app: App) -> None:
    """A digest to the secretary, and an alarm to the operator."""
    outbox_of_letters.write_digests(app.context)
    with app.store.transaction() as connection:
        alarms.breaker(connection, app.context, str(ISSUE), **STOPPED)


def frozen_at_the_first(app: App, sink: Sink, clock: FrozenClock, *, seconds: float) -> ScriptedTransport:
    """A relay at whose first message its sender is frozen so long, while another process sends."""

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        if not transport.left and not post(sink):
            clock.advance(seconds=seconds)
            await outbox_of_letters.send(app.context, [transport_to(sink)])
        await mark()
        return ACCEPTED

    transport = ScriptedTransport(play)
    return transport


async def test_who_wakes_while_another_has_sent_the_rest_sends_its_own_letter_alone(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        write_two(app)
        woken = frozen_at_the_first(app, sink, clock, seconds=40)
        assert await outbox_of_letters.send(app.context, [woken]) == 1
        assert woken.left == [SECRETARY]
        assert [letter.recipient for letter in sink.received if letter.recipient in (SECRETARY, OPERATOR)] == [OPERATOR]
        assert outbox(app).waiting == 0


async def test_who_wakes_after_its_claim_has_ended_sends_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        write_two(app)
        woken = frozen_at_the_first(app, sink, clock, seconds=CLAIM_LASTS.total_seconds())
        assert await outbox_of_letters.send(app.context, [woken]) == 0
        assert woken.left == []
        assert len(post(sink, SECRETARY)) == len(post(sink, OPERATOR)) == 1
        assert outbox(app).waiting == 0


async def test_a_letter_of_one_that_woke_and_may_not_send_it_waits_for_the_next_round(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async def slept(_envelope: Envelope, mark: Mark) -> Outcome:
        clock.advance(seconds=CLAIM_LASTS.total_seconds())
        await mark()
        return ACCEPTED

    async with sent_out(tmp_path, clock) as (app, sink):
        outbox_of_letters.write_digests(app.context)
        assert await outbox_of_letters.send(app.context, [ScriptedTransport(slept)]) == 0
        assert (outbox(app).tries, outbox(app).failure) == (0, "")
        assert await outbox_of_letters.send(app.context, [transport_to(sink)]) == 1


async def test_a_letter_of_a_process_that_has_died_is_sent_when_its_claim_has_ended(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, sink):
        write_two(app)
        with app.store.transaction() as connection:
            first, second = letters.waiting(connection, clock.now())
            assert letters.claim(connection, first, clock.now() + CLAIM_LASTS) is not None
            assert letters.claim(connection, first, clock.now() + CLAIM_LASTS) is None
        assert await outbox_of_letters.send(app.context, [transport_to(sink)]) == 1
        assert [letter.id for letter in waiting(app, clock)] == []
        clock.advance(seconds=CLAIM_LASTS.total_seconds())
        assert [letter.id for letter in waiting(app, clock)] == [first.id] != [second.id]
        assert await outbox_of_letters.send(app.context, [transport_to(sink)]) == 1


async def test_a_letter_that_is_dropped_or_renewed_after_the_list_was_read_goes_as_it_is_now(
    tmp_path: Path, clock: FrozenClock
) -> None:
    async with sent_out(tmp_path, clock) as (app, _sink):
        write_two(app)
        with app.store.transaction() as connection:
            first, second = letters.waiting(connection, clock.now())
            letters.drop_unsent(connection, first.kind, {first.about})
            letters.renew(connection, kind=second.kind, about="another", facts={"new": True}, now=clock.now())
            assert letters.claim(connection, first, clock.now() + CLAIM_LASTS) is None
            claimed = letters.claim(connection, second, clock.now() + CLAIM_LASTS)
            assert claimed is not None
            assert (claimed.about, claimed.facts) == ("another", {"new": True})


@pytest.mark.parametrize("ending", [LOST, TransportDown("the relay hung up on a frozen client")], ids=["lost", "down"])
async def test_no_late_word_of_a_woken_process_takes_a_letter_from_the_one_that_has_it(
    tmp_path: Path, clock: FrozenClock, ending: Outcome | TransportDown
) -> None:
    async def slept(_envelope: Envelope, mark: Mark) -> Outcome:
        if ending is LOST:
            await mark()
        clock.advance(seconds=CLAIM_LASTS.total_seconds())
        with app.store.transaction() as connection:
            [letter] = letters.waiting(connection, clock.now())
            assert letters.claim(connection, letter, clock.now() + CLAIM_LASTS) is not None
        if isinstance(ending, TransportDown):
            raise ending
        return ending

    async with sent_out(tmp_path, clock) as (app, _sink):
        outbox_of_letters.write_digests(app.context)
        with suppress(TransportDown):
            await outbox_of_letters.send(app.context, [ScriptedTransport(slept)])
        clock.advance(seconds=CLAIM_LASTS.total_seconds() - 1)
        assert waiting(app, clock) == []


def waiting(app: App, clock: FrozenClock) -> list[letters.DueLetter]:
    with app.store.reading() as connection:
        return letters.waiting(connection, clock.now())
