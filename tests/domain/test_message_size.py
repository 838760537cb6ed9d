from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.message_size import USUAL_LIMIT, size_fault, takes, usual_size_fault

SIZES = st.integers(1, 10**8)


def test_one_relay_that_takes_a_copy_is_enough():
    assert size_fault(500, {}) == ""
    assert size_fault(500, {"a.example": 400, "b.example": 500}) == ""
    assert size_fault(500, {"a.example": 400, "b.example": 0}) == ""
    assert size_fault(500_000, {"b.example": 400_000, "a.example": 300_000}) == (
        "a copy has up to 500,000 octets, and the relay a.example takes at most 300,000, "
        "the relay b.example takes at most 400,000: make its pictures smaller, or leave some out"
    )


@given(SIZES, st.dictionaries(st.text(max_size=3), st.integers(0, 10**8), max_size=3))
def test_there_is_a_fault_only_where_no_known_relay_takes_a_copy(size, limits):
    assert bool(size_fault(size, limits)) == (bool(limits) and not any(takes(limit, size) for limit in limits.values()))


def test_the_usual_limit_is_that_of_postfix():
    assert usual_size_fault(USUAL_LIMIT) == ""
    assert "10,240,001 octets, and many mail servers take at most 10,240,000" in usual_size_fault(USUAL_LIMIT + 1)
