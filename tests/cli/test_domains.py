"""Domains that get nothing for now: listed, suspended with a reason and an end, lifted; the whole provider's."""

import pytest

from tests.club import ISSUE

REASON = ("--reason", "their postmaster asks us to wait")
NAME = str(ISSUE)


@pytest.fixture
def club(at):
    return at("begun")


def test_a_domain_is_suspended_listed_and_lifted_with_its_providers_others(run, club):
    assert run.ok("domain", "list").out == "every domain gets its copies\n"
    assert run.ok("--json", "domain", "list").document == []
    said = run.ok("domain", "suspend", "googlemail.com", *REASON)
    assert said.out == "gmail.com gets nothing until `mailer domain lift gmail.com`: their postmaster asks us to wait\n"
    [one] = run.ok("--json", "domain", "list").document
    assert (one["family"], one["until"], one["failures"], one["reason"]) == ("gmail.com", None, 0, REASON[1])
    listed = run.ok("domain", "list").out
    assert "gmail.com" in listed
    assert "until it is lifted" in listed
    assert run.ok("domain", "lift", "GMAIL.com").out == "gmail.com gets its copies again\n"
    assert run.ok("--json", "domain", "list").document == []


def test_a_suspension_ends_by_itself_where_an_end_is_named(run, club):
    made = run.ok("--json", "domain", "suspend", "members.example", *REASON, "--until", "2999-11-30").document
    assert (made["family"], made["until"]) == ("members.example", "2999-11-30T00:00:00+00:00")
    assert "2999-11-30" in run.ok("domain", "list").out
    again = run.ok("domain", "suspend", "members.example", *REASON, "--until", "2999-12-01T08:00:00")
    assert again.out.startswith("members.example gets nothing until 2999-12-01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("domain", "lift", "gmail.com"), "gmail.com is not suspended; `mailer domain list` shows those that are"),
        (("domain", "suspend", "gmail.com", "--reason", " "), "only with a reason"),
        (("domain", "suspend", "gmail.com", *REASON, "--until", "2001-01-01"), "2001-01-01 00:00 UTC has passed"),
        (("domain", "suspend", "not a domain", *REASON), "not a domain"),
        (("domain", "lift", "a@b"), "a@b"),
    ],
)
def test_what_makes_no_sense_is_refused(run, club, words, said):
    refused = run(*words)
    assert refused.status == 1
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1
    assert run.ok("--json", "domain", "list").document == []


@pytest.mark.parametrize("words", [("suspend", "gmail.com"), ("suspend", *REASON), ("lift",)])
def test_what_is_missing_is_wrong_usage(run, club, words):
    assert run("domain", *words).status == 2
