"""No spam filter has anything against a copy, whatever the installation has of the ways back."""

import re
from dataclasses import replace

import pytest

from tests.quality.figures import FIGURES
from tests.quality.mail import spam_filters
from tests.quality.mail.mailings import SETTINGS, copies
from tests.quality.mail.spam_filters import Verdict
from tests.servers import program

pytestmark = pytest.mark.quality

LIMIT = 0.5
# MIXED_ES scores 1.0 for every text in Cyrillic with more than 20 Latin letters e, because it takes Cyrillic ones for
# disguised Latin ones. An address and a title or two are enough, so it says nothing about how a copy is written.
IGNORED = ("--cf=score MIXED_ES 0",)


def one_of_each_kind(messages: tuple[bytes, ...]) -> list[bytes]:
    """The first copy in each language, and every picture and insert with it."""
    first = {
        re.search(rb"^Content-Language: (\w+)", message, re.MULTILINE)[1]: message for message in reversed(messages)
    }
    assert set(first) == {b"en", b"ru"}
    return list(first.values())


@pytest.mark.parametrize("which", ["demo", "hard"])
def test_spamassassin_finds_nothing_to_say(which, tmp_path):
    if not program("spamassassin"):
        pytest.skip("spamassassin is missing: run sh tests/quality/install as root")
    messages = [message for setting in SETTINGS for message in one_of_each_kind(copies(which, setting))]
    verdicts = spam_filters.spamassassin(messages, tmp_path, *IGNORED)
    FIGURES.add("SpamAssassin: copies", len(verdicts))
    for verdict in verdicts:
        FIGURES.most(
            "SpamAssassin: highest score",
            verdict.score,
            ", ".join(name for name, score in verdict.rules.items() if score > 0) or which,
        )
    assert [verdict for verdict in verdicts if verdict.score > LIMIT] == []


@pytest.mark.parametrize("which", ["demo", "hard"])
def test_rspamd_has_no_rule_against_any_copy(which, tmp_path):
    if not program("rspamd"):
        pytest.skip("rspamd is missing: run sh tests/quality/install as root")
    with spam_filters.rspamd(tmp_path) as server:
        verdicts = [
            expected(message, server.judge(message)) for setting in SETTINGS for message in copies(which, setting)
        ]
    FIGURES.add("rspamd: copies", len(verdicts))
    for verdict in verdicts:
        rule = max(verdict.rules, key=verdict.rules.__getitem__)
        FIGURES.most("rspamd: heaviest rule", verdict.rules[rule], rule)
    assert {rule: score for verdict in verdicts for rule, score in verdict.rules.items() if score > 0.2} == {}


def expected(message: bytes, verdict: Verdict) -> Verdict:
    """The verdict without what it has against an address in other letters than Latin ones, which is as RFC 6532 wants it."""
    to = re.search(rb"^To: (?:[^\r]|\r\n )*", message, re.MULTILINE)[0]
    return verdict if to.isascii() else replace(verdict, rules=verdict.rules | {"INVALID_RCPT_8BIT": 0.0})


def test_faults_are_seen(tmp_path):
    """What finds nothing proves nothing: no date, a false reply, an HTML part alone."""
    spam = b"From: a@b.example\r\nTo: a@b.example\r\nSubject: RE: FREE MONEY!!!\r\nContent-Type: text/html\r\n\r\n<b>cash</b>"
    if program("spamassassin"):
        (verdict,) = spam_filters.spamassassin([spam], tmp_path)
        assert verdict.score > LIMIT
        assert verdict.rules["MISSING_DATE"] > 1
    if program("rspamd"):
        with spam_filters.rspamd(tmp_path / "rspamd") as server:
            assert max(server.judge(spam).rules.values()) > 0.2
