"""Where a copy failed, and on whose side."""

import pytest

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind, Scope, Verdict, failed_elsewhere


@pytest.mark.parametrize(
    ("failed", "written_to", "elsewhere"),
    [
        (None, "anna@club.example", False),
        ("anna", "anna@club.example", False),
        ("ANNA@CLUB.example.", "anna@club.example", False),
        ("anna+letters@mail.club.example", "anna@club.example", False),
        ("a.lind@club.example", "anna@club.example", True),
        ("anna@club.example", "anna@mail.club.example", False),
        ("anna@other.example", "anna@club.example", True),
        ("anna@xclub.example", "anna@club.example", True),
    ],
)
def test_an_address_that_failed_at_another_place_was_forwarded_there(failed, written_to, elsewhere):
    assert failed_elsewhere(failed, written_to) is elsewhere


def test_a_verdict_and_a_report_have_the_scope_of_their_reason():
    verdict = Verdict(reason=FailureReason.MAILBOX_FULL, hard=False, rule="full")
    report = BounceReport(kind=ReportKind.BOUNCE, reason=FailureReason.TIMEOUT, original=Original(message_id="<a@b>"))
    assert (verdict.scope, report.scope, report.original_message_id) == (Scope.MAILBOX, Scope.TRANSPORT, "<a@b>")
