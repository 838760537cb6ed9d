"""Any question typed into the one box has its answer, in a sentence."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.app.installation import App
from mailer.domain.answer import NoAnswer
from mailer.domain.delivery import State
from mailer.formats.question import MOST
from mailer.pipeline.bounces import holds
from mailer.pipeline.overview.answer import answer
from mailer.views.answer import answer_document, answer_lines, copy_sentence, person_sentence
from tests.brought import bring
from tests.club import ISSUE, Club, begin, copies, import_register, members, reverse
from tests.doubles import FrozenClock
from tests.pipeline.relayed import NEVER, deliver
from tests.reported import DOMAIN, FULL, bounce, come_back, path_of

PEOPLE = members(13)
ANNA, BORIS, *_ = (member.email for member in PEOPLE)


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    app.store.close()
    bring(club, begin, PEOPLE, clock=clock)
    with club.opened(clock) as opened:
        yield opened


def said(app: App, typed: str, language: str = "en") -> str:
    [person] = answer(app.context, typed).people
    return person_sentence(person, language)


@pytest.mark.parametrize("typed", ["Reader001", "читатель001", "P001", "p001", ANNA, f"Anna <{ANNA.upper()}>", "M001"])
def test_a_person_is_answered_by_any_of_their_names(app: App, typed: str) -> None:
    deliver(app)
    sentence = said(app, typed)
    assert sentence.startswith("Reader001: No. 41 accepted by our mail server ")
    assert sentence.endswith(", copy 1")
    assert said(app, typed, "ru").startswith("Reader001: № 41 принят нашим почтовым сервером ")


def test_a_person_without_a_copy_is_told_why(app: App) -> None:
    stranger = members(1, first=20, until="2018-06-30", in_full=True)
    import_register(app, [*PEOPLE, *stranger])
    assert "No. 41 not sent: paid until 30 June 2018" in said(app, "Reader020")
    assert "№ 41 не отправлен: оплачено до 30 июня 2018" in said(app, "Reader020", "ru")


def test_what_prevents_new_copies_is_told(app: App) -> None:
    deliver(app, {ANNA: NEVER})
    holds.hold_by_hand(app.context, ANNA, "she left")
    sentence = said(app, "P001")
    assert "No. 41 refused " in sentence
    assert "nothing is sent to the address for now: set by hand" in sentence


def test_words_that_mean_several_people_list_them(app: App) -> None:
    answered = answer(app.context, "Reader")
    assert answered.people == ()
    assert [person.person for person in answered.listed] == [member.person for member in PEOPLE]


def test_a_number_means_issues_and_copies(app: App) -> None:
    deliver(app)
    assert [issue.issue for issue in answer(app.context, "41").issues] == [str(ISSUE)]
    for typed in ("3", "copy 3", "41/3", f"{ISSUE}/3", "№ 3"):
        [copy] = answer(app.context, typed).copies
        assert copy.fate.copy.copy_number == 3
        assert "copy No. 3 of harbour-letter/41" in copy_sentence(copy, "en")
    assert answer(app.context, "42/3").why_none is NoAnswer.NOTHING


def test_a_message_id_and_a_pasted_bounce_name_the_copy(app: App) -> None:
    deliver(app)
    copy = copies(app)["P002"]
    mail = bounce(path_of(app, copy), FULL, message_id=copy.message_id)
    for typed in (copy.message_id, f"In-Reply-To: {copy.message_id}", mail.decode()):
        answered = answer(app.context, typed)
        assert [each.fate.copy.id for each in answered.copies] == [copy.id], typed
        assert [person.person for person in answered.people] == ["P002"]


def test_a_pasted_line_says_what_it_means_and_whose_address_it_is(app: App) -> None:
    deliver(app)
    answered = answer(app.context, f"550 5.1.1 <{BORIS}>: User unknown")
    assert [person.person for person in answered.people] == ["P002"]
    assert "the address does not exist" in answer_lines(answered)[0]


def test_the_copies_to_an_address_that_nobody_has_any_more_are_shown(app: App) -> None:
    deliver(app)
    moved = members(1, address="anna@elsewhere.example")
    import_register(app, [*moved, *PEOPLE[1:]])
    answered = answer(app.context, ANNA)
    assert answered.people == ()
    assert [copy.fate.copy.person for copy in answered.copies] == ["P001"]


def test_who_may_not_see_the_register_gets_no_person(app: App) -> None:
    deliver(app)
    for typed in ("Reader001", ANNA, copies(app)["P001"].message_id):
        assert answer(app.context, typed, sees_people=False).why_none is NoAnswer.FORBIDDEN
    [copy] = answer(app.context, "41/1", sees_people=False).copies
    assert "Reader001" not in copy_sentence(copy, "en", names=False)


def test_nothing_empty_and_huge_is_answered_politely(app: App) -> None:
    assert answer(app.context, " \n ").why_none is NoAnswer.EMPTY
    assert answer(app.context, "x" * (MOST + 1)).why_none is NoAnswer.TOO_LONG
    for typed in ("x" * 50_000 + "@" * 1000, "a@" * 200_000, "x " * 200_000, "<a@b " * 40_000):
        assert answer(app.context, typed).why_none is NoAnswer.NOTHING
    nothing = answer(app.context, "Reader00l")
    assert nothing.nearest is not None
    assert answer_lines(nothing)[-1].startswith("the nearest is ")


def test_a_copy_that_came_back_is_said_to_have_come_back(app: App) -> None:
    deliver(app)
    come_back(app, "P001", FULL)
    reverse(app, PEOPLE[0])
    assert "No. 41 came back " in said(app, "P001")
    assert copies(app)["P001"].state is State.BOUNCED


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda octets: octets.decode("latin-1")))
def test_no_text_breaks_it(app: App, typed: str) -> None:
    answered = answer(app.context, typed)
    assert answered.is_answered or answered.why_none is not None
    answer_lines(answered)
    answer_document(answered)
