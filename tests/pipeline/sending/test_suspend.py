"""A domain is suspended by hand with a reason and an end, its provider's others with it, and lifted again."""

from datetime import timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.remedy import Action
from mailer.pipeline.sending import suspend
from mailer.store import history
from tests.club import THURSDAY, Club, Member, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

REASON = "their postmaster asks us to wait"


async def test_nothing_leaves_to_a_suspended_provider_and_all_others_go_on(club: Club, clock: FrozenClock) -> None:
    people = [
        Member(number=1, address="a@gmail.com"),
        Member(number=2, address="b@googlemail.com"),
        *members(4, first=3),
    ]

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, people)
            suspend.suspend(app.context, "googlemail.com", until=THURSDAY + timedelta(hours=2), reason=REASON)
            await sender.drain()
            assert states(app) == {"accepted": 4, "pending": 2}
            assert copies(app)["P001"].attempts == 0
            clock.advance(hours=2, seconds=-1)
            await sender.drain()
            assert len(sink.received) == 4
            clock.advance(seconds=1)
            await sender.drain()
            assert states(app) == {"accepted": 6}


async def test_lifting_it_lets_them_go_at_once(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, [Member(number=1, address="a@gmail.com")])
            suspend.suspend(app.context, "gmail.com", until=None, reason=REASON)
            clock.advance(days=300)
            await sender.drain()
            assert states(app) == {"pending": 1}
            assert suspend.lift(app.context, "googlemail.com") == "gmail.com"
            await sender.drain()
            assert states(app) == {"accepted": 1}


def test_who_did_it_and_why_is_kept(app: App) -> None:
    made = suspend.suspend(app.context, "gmail.com", until=None, reason=f"  {REASON} ")
    assert (made.family, made.failures, made.reason, made.set_by) == ("gmail.com", 0, REASON, "secretary")
    assert suspend.listing(app.context) == [made]
    suspend.lift(app.context, "gmail.com")
    assert suspend.listing(app.context) == []
    with app.store.reading() as connection:
        kept = history.entries(connection, "domain gmail.com")
    assert [(one.verb, one.who, one.detail) for one in kept] == [
        ("suspend", "secretary", f"“{REASON}”"),
        ("lift", "secretary", ""),
    ]


def test_what_makes_no_sense_is_refused_and_changes_nothing(app: App) -> None:
    with pytest.raises(Refused, match="has passed: name a later time"):
        suspend.suspend(app.context, "gmail.com", until=THURSDAY, reason=REASON)
    with pytest.raises(Refused, match=r"gmail\.com is suspended only with a reason"):
        suspend.suspend(app.context, "gmail.com", until=None, reason=" ")
    with pytest.raises(BadInput):
        suspend.suspend(app.context, "no domain", until=None, reason=REASON)
    with pytest.raises(NotFound, match=r"gmail\.com is not suspended") as refused:
        suspend.lift(app.context, "googlemail.com")
    assert refused.value.remedies == (Action.LIST_SUSPENSIONS.of(),)
    assert suspend.listing(app.context) == []
