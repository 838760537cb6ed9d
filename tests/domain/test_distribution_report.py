"""The balance of an issue, and the faults of an account that does not balance."""

from dataclasses import replace

import pytest

from mailer.domain.distribution_report import Balance, FrozenMailing, count_reasons, faults


def test_the_balance_is_even_only_when_both_sums_are():
    even = Balance(considered=3, recipients=1, copies=2, excluded={"unpaid": 2}, deliveries={"accepted": 1, "held": 1})
    assert even.balanced
    for field, value in (("considered", 4), ("recipients", 2), ("copies", 3), ("excluded", {}), ("deliveries", {})):
        assert not replace(even, **{field: value}).balanced


def test_reasons_are_counted_in_the_order_of_their_names():
    assert list(count_reasons(["unpaid", "ended", "unpaid"]).items()) == [("ended", 1), ("unpaid", 2)]


FROZEN = FrozenMailing(
    recipients={"P001": ("en", "ru"), "P002": ("en",)},
    excluded=("P003",),
    copies=(("P001", "en"), ("P001", "ru"), ("P002", "en")),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"copies": FROZEN.copies[1:]}, ["P001 Anna should have a copy in en and has none"]),
        ({"copies": (*FROZEN.copies, ("P003", "en"))}, ["P003 has a copy in en without a decision"]),
        ({"copies": (*FROZEN.copies, ("P002", "en"))}, ["P002 has a copy in en without a decision"]),
        ({"excluded": ("P003", "P001")}, ["P001 Anna is a recipient and excluded"]),
        (
            {"recipients": {"P001": ("en", "ru")}, "excluded": ("P003", "P002")},
            ["P002 has a copy in en without a decision"],
        ),
    ],
)
def test_each_fault_of_an_account_is_named(change, expected):
    assert faults(replace(FROZEN, **change), {"P001": "Anna"}) == expected
