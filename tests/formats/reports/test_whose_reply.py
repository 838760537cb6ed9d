"""On whose side a reply of our own relay is: ours (account, plan, address, pace), or the reader's."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.bounce import FailureReason, Phase, Scope
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.classify import RULES, classify
from mailer.formats.reports.relay_reply import matter_of
from mailer.gateways.smtp.replies import parse


def wordings(name):
    """Replies of servers, a phase and a reply in each line."""
    lines = (Path(__file__).parent / "replies" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [(Phase(phase), reply) for phase, _, reply in (line.partition("|") for line in lines)]


def verdict_on(text, phase):
    reply = parse(int(text[:3]), text[4:])
    return classify(reply.code, reply.status or None, reply.text, phase).scope, matter_of(reply, phase)


@pytest.mark.parametrize(("phase", "text"), wordings("our_account"))
def test_what_a_relay_says_of_us_is_never_the_readers(phase, text):
    scope, matter = verdict_on(text, phase)
    assert (scope, matter is RelayMatter.COPY) == (Scope.SENDER, False)


@pytest.mark.parametrize(("phase", "text"), wordings("a_reader"))
def test_what_a_server_says_of_a_reader_is_never_ours(phase, text):
    scope, matter = verdict_on(text, phase)
    assert scope is not Scope.SENDER
    assert matter is RelayMatter.COPY


@pytest.mark.parametrize("text", ["Account is suspended", "User is locked", "Mailbox quota exceeded"])
def test_before_a_recipient_is_named_the_account_is_ours(text):
    for phase in (Phase.AUTH, Phase.MAIL):
        assert classify(550, None, text, phase).reason is FailureReason.ACCOUNT
    assert classify(550, None, text, Phase.RCPT).scope is Scope.MAILBOX


@pytest.mark.parametrize("code", [525, 534, 535, 538])
def test_an_account_that_cannot_log_in_is_ours_in_any_phase(code):
    assert classify(code, "5.7.0", "account is inactive", Phase.RCPT).reason is FailureReason.ACCOUNT
    assert classify(code, "5.7.99", "", Phase.RCPT).reason is FailureReason.LOGIN


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs], ids=lambda rule: rule.meaning)
def test_the_first_look_misses_no_reply_that_a_rule_reads(rule):
    @settings(max_examples=60, deadline=None)
    @given(st.from_regex(rule.pattern).map(str.lower))
    def look(text):
        if rule.pattern.search(text):
            assert all(need.search(text) for need in rule.needs), rule.pattern.search(text)[0]

    look()
