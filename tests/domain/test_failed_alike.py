"""Failures that are alike mean us when they are many, a large share, and from providers that have nothing in common."""

import pytest

from mailer.domain.bounce import Scope
from mailer.domain.failed_alike import AlikeTally, is_large_share, is_over_unrelated, may_be_one_provider, needed_of


@pytest.mark.parametrize(("copies", "needed"), [(1, 5), (8, 5), (12, 6), (20, 10), (100_000, 10)])
def test_ten_are_needed_or_half_of_a_small_mailing(copies, needed):
    assert needed_of(copies) == needed


@pytest.mark.parametrize(("failed", "tried", "large"), [(0, 0, False), (10, 20, True), (10, 21, False), (12, 12, True)])
def test_half_of_the_copies_tried_is_a_large_share(failed, tried, large):
    assert is_large_share(failed, tried) is large


@pytest.mark.parametrize(
    ("failed", "tried", "providers", "largest", "largest_tried", "unrelated"),
    [
        (12, 14, 12, 1, 1, True),
        (12, 12, 1, 12, 12, False),  # one embassy
        (20, 30, 3, 18, 18, False),  # one embassy, and two dead addresses among others
        (30, 34, 5, 20, 21, True),  # most readers at one provider, and the others fail too
        (12, 12, 2, 6, 6, False),
    ],
)
def test_one_organisation_does_not_make_them_unrelated(failed, tried, providers, largest, largest_tried, unrelated):
    tally = AlikeTally(failed=failed, tried=tried, providers=providers, largest=largest, largest_tried=largest_tried)
    assert is_over_unrelated(tally) is unrelated


def test_what_refuses_the_sender_or_the_text_is_no_providers_own_matter():
    assert {scope for scope in Scope if may_be_one_provider(scope)} == {Scope.ADDRESS, Scope.MAILBOX, Scope.TRANSPORT}
