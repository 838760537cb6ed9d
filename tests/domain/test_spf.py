"""An SPF record is read term by term, and a wrong term is named."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.spf import MechanismKind, SpfMechanism, SpfSign, is_spf, read_spf


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("v=spf1", True), ("V=SPF1 -all", True), ("v=spf10 -all", False), ("v=spf1-all", False), ("google-site", False)],
)
def test_only_a_record_of_version_one_is_spf(text, is_one) -> None:
    assert is_spf(text) is is_one


def test_every_kind_of_term_is_read() -> None:
    record = read_spf(
        "v=spf1 a mx/24 a:b.example/16//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 ?include:c.example "
        "exists:%{i}.d.example exp=e.example -all redirect=f.example"
    )
    assert record.mechanisms[0] == SpfMechanism(kind=MechanismKind.A, sign=SpfSign.PASSES)
    assert record.mechanisms[1].prefix4 == 24
    assert (record.mechanisms[2].value, record.mechanisms[2].prefix4, record.mechanisms[2].prefix6) == (
        "b.example",
        16,
        64,
    )
    assert record.mechanisms[3].value == "192.0.2.0/24"
    assert record.mechanisms[4].value == "2001:db8::/32"
    assert record.mechanisms[5] == SpfMechanism(kind=MechanismKind.INCLUDE, sign=SpfSign.NEUTRAL, value="c.example")
    assert record.of_all_others is SpfSign.FAILS
    assert record.redirect == "f.example"


@pytest.mark.parametrize(
    "term", ["ip4", "ip4:", "include", "all:x", "a/33", "mx//129", "ipv4:192.0.2.1", "!all", "a/x"]
)
def test_a_wrong_term_is_named(term) -> None:
    with pytest.raises(ValueError, match=term.replace("!", "!")):
        read_spf(f"v=spf1 {term} -all")


@given(st.lists(st.sampled_from(["a", "mx/24", "ip4:192.0.2.1", "-all", "include:b.example", "exp=c", "ip4", "all:"])))
def test_a_record_is_refused_for_one_wrong_term_alone(terms) -> None:
    wrong = [term for term in terms if term in {"ip4", "all:"}]
    with pytest.raises(ValueError, match=r"^ip4$|^all:$") if wrong else nullcontext():
        assert len(read_spf(" ".join(["v=spf1", *terms])).mechanisms) == len(
            [term for term in terms if "=" not in term]
        )
