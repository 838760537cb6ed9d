"""A message goes to whoever may have it, speaks of nobody else, and nobody else gets a byte."""

from mailer.domain.delivery import State
from tests.club import Club, Member, attempts, begin, copies, import_register, members, readable, reverse, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

PEOPLE = members(6)


async def test_an_address_in_another_alphabet_is_rejected_where_the_relay_cannot_carry_it(
    club: Club, clock: FrozenClock
) -> None:
    odd = Member(number=7, address="почта007@members.example")

    async with Sink(smtputf8=False) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, [*PEOPLE, odd])
            await sender.drain()
            assert states(app) == {"accepted": 6, "rejected": 1}
            (attempt,) = attempts(app, odd.person)
            assert (attempt.code, attempt.status) == (553, "5.6.7")
            assert "SMTPUTF8" in attempt.text


async def test_an_address_in_another_alphabet_is_written_to_where_the_relay_can(club: Club, clock: FrozenClock) -> None:
    odd = Member(number=7, address="почта007@members.example")

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, [odd])
            await sender.drain()
            assert [received.recipient for received in sink.received] == [odd.address]


async def test_who_lost_it_between_plan_and_hand_over_gets_nothing_and_is_held_with_the_reason(
    club: Club, clock: FrozenClock
) -> None:
    lapsed, moved, left = PEOPLE[1], PEOPLE[2], PEOPLE[3]

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            reverse(app, lapsed)
            gone = Member(number=left.number, more={"ended_on": "2018-07-01"})
            import_register(app, [Member(number=moved.number, address="elsewhere@members.example"), gone])
            await sender.drain()
            held = {person: copy.held_reason for person, copy in copies(app).items() if copy.state is State.HELD}
            assert held == {lapsed.person: "unpaid", moved.person: "address_changed", left.person: "ended"}
            assert states(app) == {"accepted": 3, "held": 3}
            reached = {received.recipient for received in sink.received}
            assert reached == {one.email for one in (PEOPLE[0], PEOPLE[4], PEOPLE[5])}
            assert not [copy for copy in copies(app).values() if copy.state is State.HELD and copy.attempts]


async def test_nobodys_message_speaks_of_anybody_else(club: Club, clock: FrozenClock) -> None:
    both = {"newsletter": {"languages": ["en", "ru"]}, "insert": {"show": "always"}}
    club.reschedule(both)
    club.write_issue("ru")
    corporate = [
        Member(number=20, kind="corporate", membership="M020", paid=80000, languages="en+ru"),
        Member(number=21, kind="corporate", membership="M020", paid=0, languages="en+ru"),
    ]
    guest = Member(number=23, kind="complimentary", paid=0, more={"free_until": "2018-09-17"})
    friend = Member(number=24, until="2018-10-21", paid=1, in_full=True)
    entitled = [*members(4), *members(4, 5, languages="ru"), *members(2, 9, languages="en+ru")]
    entitled += [*corporate, Member(number=22, kind="honorary", paid=0), guest, friend]
    others = [
        Member(number=30, paid=0),
        Member(number=31, paid=100),
        Member(number=32, more={"ended_on": "2018-05-31"}),
        Member(number=33, more={"circulation": "archive"}),
        Member(number=34, more={"pause_from": "2018-07-01"}),
        Member(number=35, kind="complimentary", paid=0, more={"free_until": "2018-06-30"}),
    ]

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, [*entitled, *others])
            await sender.drain()
            assert states(app) == {"accepted": 4 + 4 + 2 * 2 + 2 * 2 + 3}
        assert {received.recipient for received in sink.received} == {member.email for member in entitled}
        for received in sink.received:
            (reader,) = [member for member in entitled if member.email == received.recipient]
            text = readable(received.message)
            assert any(word in text for word in reader.words[:2])
            assert any(word in text for word in reader.words[2:4])
            for other in [*entitled, *others]:
                found = [word for word in other.words if word in text]
                assert other is reader or not found, f"{reader.person} reads of {other.person}: {found}"
            dates = {"September 17, 2018": guest, "October 21, 2018": friend}
            assert [day for day in dates if day in text] == [day for day, whose in dates.items() if whose is reader]
