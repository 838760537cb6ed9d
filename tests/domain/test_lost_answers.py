"""Answers lost one after another stop a mailing; connections cut together are one loss."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.domain.lost_answers import LOST_IN_A_ROW, HandOver, losses, lost_in_a_row, too_many_lost

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def a_hand_over(begin: float, end: float, *, answered: bool = False) -> HandOver:
    at = NOON + timedelta(seconds=begin)
    return HandOver(started_at=at, finished_at=NOON + timedelta(seconds=end), answered=answered)


def test_without_a_loss_there_is_no_row():
    assert (losses([]), lost_in_a_row([])) == (0, 0)
    assert lost_in_a_row([a_hand_over(0, 1, answered=True)]) == 0


def test_connections_cut_together_are_one_loss():
    together = [a_hand_over(number / 10, 2 + number / 10) for number in range(16)]
    assert (losses(together), lost_in_a_row(together)) == (16, 0)


def test_those_after_it_are_counted_until_one_is_answered():
    run = [a_hand_over(number, number + 0.5) for number in range(LOST_IN_A_ROW + 1)]
    assert lost_in_a_row(run) == LOST_IN_A_ROW
    answered = a_hand_over(2.6, 2.9, answered=True)
    assert lost_in_a_row([answered, *run]) == 0
    assert losses([answered, *run]) == 1


@pytest.mark.parametrize(
    ("every", "copies", "too_many"),
    [
        (3, 12, None),  # four losses may be an accident
        (3, 15, (5, 15)),
        (10, 50, (5, 50)),
        (11, 200, None),  # fewer than a tenth
    ],
)
def test_losses_with_good_answers_between_them_are_too_many_when_they_are_a_tenth(every, copies, too_many):
    attempts = [a_hand_over(number, number + 0.5, answered=number % every != 0) for number in range(copies)]
    assert too_many_lost(attempts) == too_many


def test_a_row_of_losses_is_too_many_at_once():
    run = [a_hand_over(number, number + 0.5, answered=number < 100) for number in range(104)]
    assert too_many_lost(run[:-1]) is None
    assert too_many_lost(run) == (4, 4)
