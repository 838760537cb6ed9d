"""Notifications of Amazon SES."""

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
