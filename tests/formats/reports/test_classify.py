"""A refusal is classified by its text before its codes, and only a dead address is hard."""

from pathlib import Path

import pytest

from mailer.domain.bounce import FailureReason, Phase, Scope
from mailer.formats.reports.classify import CODES, RULES, STATUSES, SUBJECTS, classify, find_rule
from mailer.formats.reports.smtp_reply import find_reply


def replies(name):
    """Replies of servers in many languages, one a line."""
    return (Path(__file__).parent / "replies" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def verdict_on(text, phase=None):
    reply = find_reply(text)
    return classify(reply.code, reply.status, text, phase or reply.phase)


@pytest.mark.parametrize("text", replies("dead_address"))
def test_a_reply_about_a_dead_address_is_hard(text):
    verdict = verdict_on(text)
    assert (verdict.hard, verdict.scope) == (True, Scope.ADDRESS), verdict


@pytest.mark.parametrize("text", replies("other"))
def test_any_other_reply_is_soft(text):
    verdict = verdict_on(text)
    assert not verdict.hard, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 Not enough disk space", FailureReason.SERVER_FULL),
        ("550 5.2.1 User Unknown", FailureReason.USER_UNKNOWN),
        ("552 5.2.2 Mailbox full", FailureReason.MAILBOX_FULL),
        ("550 5.7.1 <a@b.example>: Sender address rejected: User unknown", FailureReason.SENDER_REFUSED),
        ("connect to b.example[192.0.2.1]:25: Connection refused", FailureReason.NETWORK),
        ("host mx.b.example[192.0.2.1] refused to talk to me: 554 your IP is on a block list", FailureReason.BLOCKED),
        ("550 5.7.26 this mail is not authenticated", FailureReason.AUTHENTICATION),
        ("451 4.7.1 Greylisted", FailureReason.GREYLISTED),
        ("procmail: no such user", FailureReason.SERVER),
        ("Почтовый ящик переполнен", FailureReason.MAILBOX_FULL),
        ("Такого пользователя не существует", FailureReason.USER_UNKNOWN),
        ("письмо похоже на спам", FailureReason.SPAM),
    ],
)
def test_words_win_over_numbers(text, reason):
    assert verdict_on(text).reason is reason


@pytest.mark.parametrize(
    ("phase", "reason", "hard"),
    [
        (Phase.RCPT, FailureReason.USER_UNKNOWN, True),
        (Phase.DATA, FailureReason.USER_UNKNOWN, True),
        (Phase.UNKNOWN, FailureReason.USER_UNKNOWN, True),
        (Phase.CONTENT, FailureReason.FILTERED, False),
        (Phase.MAIL, FailureReason.SENDER_REFUSED, False),
        (Phase.CONNECT, FailureReason.SENDER_REFUSED, False),
        (Phase.HELLO, FailureReason.SENDER_REFUSED, False),
        (Phase.AUTH, FailureReason.SENDER_REFUSED, False),
    ],
)
def test_the_same_words_in_another_phase(phase, reason, hard):
    verdict = classify(550, "5.1.1", "User unknown", phase)
    assert (verdict.reason, verdict.hard) == (reason, hard)


@pytest.mark.parametrize(
    ("code", "status", "hard"),
    [
        (550, "5.1.1", True),
        (550, None, True),
        (None, None, True),
        (450, "5.1.1", False),
        (450, None, False),
        (None, "4.1.1", False),
    ],
)
def test_hard_is_final(code, status, hard):
    assert classify(code, status, "User unknown").hard is hard


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (550, "5.1.1", FailureReason.USER_UNKNOWN),
        (550, "5.1.10", FailureReason.TAKES_NO_MAIL),
        (550, "5.2.2", FailureReason.MAILBOX_FULL),
        (550, "5.7.26", FailureReason.AUTHENTICATION),
        (550, "5.7.999", FailureReason.POLICY),
        (550, "5.6.5", FailureReason.CONTENT),
        (552, "5.0.0", FailureReason.MAILBOX_FULL),
        (552, "5.1.0", FailureReason.MAILBOX_FULL),
        (421, None, FailureReason.SERVER),
        (550, None, FailureReason.UNKNOWN),
        (554, "nonsense", FailureReason.UNKNOWN),
        (None, None, FailureReason.UNKNOWN),
    ],
)
def test_numbers_alone(code, status, reason):
    assert classify(code, status, "").reason is reason


def test_551_means_moved_only_where_a_recipient_was_named():
    assert classify(551, None, "", Phase.RCPT).reason is FailureReason.MOVED
    assert classify(551, None, "", Phase.CONTENT).reason is FailureReason.UNKNOWN


def test_a_line_of_the_table_has_a_reason_of_its_own():
    whys = [rule.meaning for rule in RULES] + [
        why for _, why in [*STATUSES.values(), *SUBJECTS.values(), *CODES.values()]
    ]
    assert all(whys)
    assert len(set(whys)) == len(whys)


def test_no_line_matches_nothing():
    assert find_rule("") is None
    assert not [rule.meaning for rule in RULES if rule.pattern.search("")]


def test_links_are_no_words():
    assert find_rule("see https://example.org/spam/user-unknown") is None
