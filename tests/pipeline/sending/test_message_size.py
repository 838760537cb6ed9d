"""A copy larger than the relay takes is named before anything leaves, and never becomes a reader's refusal."""

import pytest

from mailer.app.installation import App
from mailer.app.relays import first_transport
from mailer.checking.relays import check_sizes
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.message_size import SPARE
from mailer.pipeline.issues import shelf
from mailer.pipeline.issues.copies import workbench
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing, send_test_mailing
from mailer.store.relays import keep_sizes
from tests.club import ISSUE, Club, attempts, begin, import_register, members, pull_issues, states
from tests.doubles import FrozenClock
from tests.formats.issue.pictures.photographs import encoded, noise
from tests.pipeline.relayed import claim, the_mailings
from tests.scripted_relay import Sink

PEOPLE = members(3)
SMALL = 60_000


def write_picture(club: Club) -> None:
    club.write_issue(more="\n![The lamp](lamp.png)")
    (club.folder / "issues" / "2018-07" / "lamp.png").write_bytes(encoded(noise((200, 200)), "PNG"))


async def test_a_mailing_too_large_for_the_relay_is_paused_and_no_copy_is_refused(
    club: Club, clock: FrozenClock
) -> None:
    write_picture(club)
    async with Sink(size=SMALL) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert states(app) == {"pending": 3}
            assert not attempts(app, PEOPLE[0].person)
            progress = issue_progress(app.context, ISSUE)
            assert progress.state is MailingState.PAUSED
            assert "the relay 127.0.0.1 takes at most 60,000: make its pictures smaller" in progress.pause_reason
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            assert states(app) == {"accepted": 3}


def test_a_copy_too_large_for_the_relay_is_named_before_it_is_approved(app: App, club: Club) -> None:
    write_picture(club)
    with app.store.transaction() as connection:
        keep_sizes(connection, {"127.0.0.1": SMALL}, app.context.clock.now())
    import_register(app, PEOPLE)
    pull_issues(app)
    fault = "the relay 127.0.0.1 takes at most 60,000"
    assert any(fault in str(note) for note in plan_mailing(app.context, ISSUE).warnings)
    assert any(fault in line for line in shelf.check(app.context, ISSUE))
    assert [(result.subject, result.ok) for result in check_sizes(app)] == [("harbour-letter/41: size", False)]
    with pytest.raises(Refused, match=rf"^harbour-letter/41: a copy has up to .* {fault}"):
        approve_mailing(app.context, ISSUE)
    with app.store.transaction() as connection:
        keep_sizes(connection, {"127.0.0.1": 0}, app.context.clock.now())
    assert not plan_mailing(app.context, ISSUE).warnings
    assert all(result.ok for result in check_sizes(app))
    approve_mailing(app.context, ISSUE)


def test_the_estimate_is_a_little_more_than_a_copy_has(app: App, club: Club) -> None:
    write_picture(club)
    begin(app, PEOPLE)
    [copy, *_] = claim(app)
    with app.store.reading() as connection:
        largest = workbench(connection, app.context, the_mailings(app)[0]).largest
    assert len(copy.message) < largest < len(copy.message) + SPARE + 20_000


async def test_a_test_mailing_too_large_for_the_relay_is_named_to_the_editor(club: Club, clock: FrozenClock) -> None:
    write_picture(club)
    club.reschedule({"approval": {"editors": ["editor@club.example"]}})
    async with Sink(size=SMALL) as sink:
        with club.sending(clock, sink) as (app, _sender):
            pull_issues(app)
            prepared = prepare_test_mailing(app.context, ISSUE)
            [failure] = await send_test_mailing(app.context, first_transport(app), prepared)
            assert "takes messages of 60,000 octets at most" in failure
            assert not sink.received
