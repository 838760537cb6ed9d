"""A report finds its copy by what we have signed; anything else is a hint for a person."""

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import FailureReason, ReportKind, Way
from mailer.domain.delivery import State
from mailer.domain.errors import Refused
from mailer.domain.matter import Matter, NamedBy
from mailer.pipeline.bounces import match
from mailer.pipeline.mailings.deliveries import delivery_history
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import ISSUE, copies, import_register, members, states
from tests.doubles import FrozenClock
from tests.pipeline.bounces.listed import matters
from tests.pipeline.relayed import ACCEPTED, LOST, answer, claim
from tests.placed_signatures import PLACES, dsn
from tests.reported import (
    DOMAIN,
    bounce,
    come,
    come_back,
    letter,
    path_of,
)

PEOPLE = members(30)


def test_a_bounce_to_the_return_path_finds_its_copy(app: App) -> None:
    done = come_back(app, "P001")
    copy = copies(app)["P001"]
    assert copy.state is State.BOUNCED
    [read] = done.readings
    assert (read.kind, read.reason, read.hard, read.status) == (
        ReportKind.BOUNCE,
        FailureReason.USER_UNKNOWN,
        True,
        "5.1.1",
    )
    assert (read.delivery, read.named_by, read.person, read.forwarded) == (copy.id, NamedBy.RETURN_PATH, "P001", False)
    assert matters(app) == [("P001", Matter.BOUNCED)]
    assert states(app) == {"accepted": 29, "bounced": 1}
    story = delivery_history(app.context, copy.id)
    assert [one.diagnostic for one in story.reports] == ["550 5.1.1 No such user here"]


def test_the_return_path_is_found_in_the_head_where_no_envelope_is_left(app: App) -> None:
    copy = copies(app)["P002"]
    come(app, bounce(path_of(app, copy).upper(), copy.address), way=Way.IMAP)
    assert copies(app)["P002"].state is State.BOUNCED


@pytest.mark.parametrize("by", ["message_id", "envelope_id"])
def test_our_signed_message_id_names_the_copy_too(app: App, by: str) -> None:
    copy = copies(app)["P003"]
    signed = copy.message_id if by == "message_id" else copy.message_id.strip("<>").partition("@")[0]
    done = come(app, bounce(failed=copy.address, **{by: signed}), way=Way.FILE)
    assert (copies(app)["P003"].state, done.readings[0].named_by) == (State.BOUNCED, NamedBy(by))


def test_without_our_signature_nothing_moves_and_the_likely_person_is_told(app: App) -> None:
    done = come(app, bounce(failed=PEOPLE[3].email.upper()))
    assert (done.readings[0].delivery, done.readings[0].person) == (None, "P004")
    come(app, bounce(failed="stranger@elsewhere.example"))
    assert states(app) == {"accepted": 30}
    assert matters(app) == [("P004", Matter.UNNAMED), ("", Matter.UNNAMED)]


def test_a_return_path_of_one_copy_with_the_message_id_of_another_names_none(app: App) -> None:
    one, other = copies(app)["P001"], copies(app)["P002"]
    path = path_of(app, one)
    come(app, bounce(path, one.address, message_id=other.message_id), path)
    assert states(app) == {"accepted": 30}
    assert matters(app) == [("P001", Matter.UNNAMED)]


@pytest.mark.parametrize("place", PLACES)
def test_a_bounce_without_a_return_path_finds_its_copy_by_our_signature_anywhere(app: App, place: str) -> None:
    copy = copies(app)["P003"]
    done = come(app, PLACES[place](copy.message_id), way=Way.IMAP)
    assert copies(app)["P003"].state is State.BOUNCED
    assert [read.delivery for read in done.readings] == [copy.id]


def test_a_reply_by_a_reader_is_no_bounce(app: App) -> None:
    copy = copies(app)["P003"]
    thread = f"In-Reply-To: {copy.message_id}\nReferences: {copy.message_id}\nSubject: Re: The Harbour Letter\n"
    reply = letter("letter@club.example", f"Thank you!\n\n> {copy.message_id}\n").decode()
    [read] = come(app, (thread + reply).encode(), way=Way.IMAP).readings
    assert (read.kind, read.delivery, read.matter) == (ReportKind.OTHER, copy.id, None)
    assert (states(app), matters(app)) == ({"accepted": 30}, [])


def test_of_several_copies_the_address_that_failed_decides_and_nothing_else_does(app: App) -> None:
    first, second = copies(app)["P001"], copies(app)["P002"]
    both = f"Message-ID: {first.message_id}\nX-Original-Message-ID: {second.message_id}"
    [read] = come(app, dsn(shown=both), way=Way.IMAP).readings
    assert (states(app), read.delivery) == ({"accepted": 30}, None)
    assert read.rule.endswith(f"the mail names several copies: deliveries {first.id}, {second.id}")
    about_second = dsn(shown=both).replace(b"anna@reader.example", second.address.encode())
    [read] = come(app, about_second, way=Way.IMAP).readings
    assert (read.delivery, states(app)) == (second.id, {"accepted": 29, "bounced": 1})
    assert "the mail names several copies" in read.rule


def test_a_token_is_taken_for_two_weeks(app: App, clock: FrozenClock) -> None:
    path = path_of(app, copies(app)["P001"])
    clock.advance(days=14)
    assert match.admit(app.context, path)
    clock.advance(minutes=1)
    assert not match.admit(app.context, path)
    come(app, bounce(path), path)
    assert (states(app), matters(app)) == ({"accepted": 30}, [("P001", Matter.UNNAMED)])


def test_a_token_of_what_was_never_handed_over_is_refused(app: App) -> None:
    import_register(app, members(1, first=31))
    send_supplement(app.context, ISSUE)
    waiting = copies(app)["P031"]
    assert (waiting.state, match.admit(app.context, path_of(app, waiting))) == (State.PENDING, False)
    assert not match.admit(app.context, f"bounces@{DOMAIN}")
    assert not match.admit(app.context, path_of(app, waiting).replace(DOMAIN, "club.example"))


def test_a_fast_bounce_settles_an_uncertain_copy_and_one_in_hand(app: App) -> None:
    import_register(app, members(2, first=31))
    send_supplement(app.context, ISSUE)
    works = {work.claim.copy.person: work for work in claim(app)}
    answer(app, works["P031"], LOST)
    assert [copies(app)[one].state for one in ("P031", "P032")] == [State.UNCERTAIN, State.SENDING]
    for person in ("P031", "P032"):
        come_back(app, person)
    answer(app, works["P032"], ACCEPTED)  # the result comes after the bounce
    assert [copies(app)[one].state for one in ("P031", "P032")] == [State.BOUNCED, State.BOUNCED]
    assert copies(app)["P032"].attempts == 1
    with pytest.raises(Refused, match="bounced, not uncertain"):
        settle_delivery(app.context, copies(app)["P031"].id, accepted=True)
