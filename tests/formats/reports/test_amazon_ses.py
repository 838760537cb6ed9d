"""Notifications of Amazon SES."""

import json

import pytest

from mailer.domain.bounce import FailureReason
from mailer.formats.reports import amazon_ses


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"notificationType": "Other"}', '{"notificationType": 5}', '{"notificationType": "Bounce", "bounce": []}',
        '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null]}}', '{"notificationType":' + "[" * 20_000,
    ],
)  # fmt: skip
def test_notifications_that_say_nothing(text):
    assert amazon_ses.read_notifications(text) == []


def test_a_transient_notification_is_never_hard():
    text = '{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"a@b.example","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    (report,) = amazon_ses.read_notifications(text)
    assert (report.hard, report.status, report.reason) == (False, "5.1.1", FailureReason.USER_UNKNOWN)


@pytest.mark.parametrize("line_end", ["", "\n", "\n "])
def test_a_notification_inside_one_of_sns(line_end):
    inner = '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@b.example","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    outer = json.dumps({"Type": "Notification", "Message": inner, "Signature": "x"})
    middle = outer.index("bouncedRec") + 4
    (report,) = amazon_ses.read_notifications(outer[:middle] + line_end + outer[middle:])
    assert (report.recipient, report.hard) == ("a@b.example", True)
    assert amazon_ses.read_notifications(json.dumps({"Message": "notificationType"})) == []
