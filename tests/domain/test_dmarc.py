"""A DMARC record is read with its defaults, and one without a policy is refused."""

import pytest

from mailer.domain.dmarc import is_dmarc, read_dmarc


def test_what_a_record_leaves_out_has_its_default() -> None:
    policy = read_dmarc("v=DMARC1; p=Reject; rua=mailto:x@club.example")
    assert (policy.policy, policy.of_subdomains, policy.strict_dkim, policy.strict_spf) == (
        "reject",
        "reject",
        False,
        False,
    )


def test_every_tag_that_decides_is_read() -> None:
    policy = read_dmarc("v=DMARC1;p=none; sp=quarantine ;adkim=s; aspf=S")
    assert (policy.policy, policy.of_subdomains, policy.strict_dkim, policy.strict_spf) == (
        "none",
        "quarantine",
        True,
        True,
    )


@pytest.mark.parametrize("text", ["v=DMARC1", "v=DMARC1; p=", "v=DMARC1; p=refuse"])
def test_a_record_without_a_policy_is_refused(text) -> None:
    with pytest.raises(ValueError, match="p="):
        read_dmarc(text)


@pytest.mark.parametrize(
    ("text", "is_one"), [("v=DMARC1; p=none", True), ("v = DMARC1;p=none", True), ("v=DMARC2; p=none", False)]
)
def test_only_version_one_is_dmarc(text, is_one) -> None:
    assert is_dmarc(text) is is_one
