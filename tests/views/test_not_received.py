"""The answer to "I did not receive it" says no more than the ledger knows, in the reader's language."""

import pytest

from mailer.domain.delivery import State
from mailer.views.not_received import LANGUAGES, CopyFacts, not_received_answer


def facts(state: State, accepted_at: str = "", salutation: str = "Dear Ms Lind") -> CopyFacts:
    return CopyFacts(
        salutation=salutation,
        newsletter="The Harbour Letter",
        subject="The lamp",
        sender="letter@club.example",
        address="anna@members.example",
        copy_number=7,
        state=state,
        accepted_at=accepted_at,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_it_is_there_for_every_state_and_never_says_delivered(state: State, language: str) -> None:
    answer = not_received_answer(facts(state, "July 12, 2018, 14:02 MSK"), language)
    assert answer.startswith("Dear Ms Lind,\n\n")
    assert "7" in answer
    assert "{" not in answer
    assert " delivered on" not in answer
    assert ("July 12, 2018, 14:02 MSK" in answer) == (state is State.ACCEPTED)


def test_an_accepted_copy_names_when_only_where_that_is_known() -> None:
    assert "accepted it on July 12, 2018." in not_received_answer(facts(State.ACCEPTED, "July 12, 2018"), "en")
    assert "accepted it. What" in not_received_answer(facts(State.ACCEPTED), "en")
    assert "принял его 12 июля 2018 г.." not in not_received_answer(facts(State.ACCEPTED), "ru")


def test_a_reader_without_a_salutation_is_greeted_all_the_same() -> None:
    assert not_received_answer(facts(State.REJECTED, salutation=""), "ru").startswith("Уважаемый читатель,")
    assert not_received_answer(facts(State.REJECTED, salutation=""), "en").startswith("Dear reader,")
