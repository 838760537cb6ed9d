"""What a report leaves for a person to see to, and what it says about places."""

import pytest

from mailer.domain.bounce import (
    BounceReport,
    FailureReason,
    Matter,
    NamedBy,
    Original,
    ReportKind,
    Scope,
    Verdict,
    asks_to_stop,
    failed_elsewhere,
    matter_of,
)

# --- what a person has to see to --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "named", "matter"),
    [
        ({"kind": ReportKind.BOUNCE}, True, Matter.BOUNCED),
        ({"kind": ReportKind.BOUNCE}, False, Matter.UNNAMED),
        ({"kind": ReportKind.COMPLAINT, "reason": FailureReason.COMPLAINT}, True, Matter.COMPLAINED),
        ({"kind": ReportKind.COMPLAINT, "reason": FailureReason.COMPLAINT}, False, Matter.UNNAMED),
        ({"kind": ReportKind.COMPLAINT, "reason": FailureReason.AUTH_FAILURE}, True, None),
        ({"kind": ReportKind.COMPLAINT, "reason": FailureReason.AUTH_FAILURE}, False, None),
        ({"kind": ReportKind.COMPLAINT, "reason": FailureReason.OPT_OUT}, True, Matter.WANTS_NO_MORE),
        ({"kind": ReportKind.UNSUBSCRIBE}, True, Matter.WANTS_NO_MORE),
        ({"kind": ReportKind.UNSUBSCRIBE}, False, Matter.WANTS_NO_MORE),
        ({"kind": ReportKind.CHALLENGE}, True, Matter.CHALLENGED),
        ({"kind": ReportKind.CHALLENGE}, False, None),
        ({"kind": ReportKind.OTHER}, True, Matter.UNREAD),
        ({"kind": ReportKind.OTHER}, False, None),
        ({"kind": ReportKind.AUTOREPLY}, True, None),
        ({"kind": ReportKind.AUTOREPLY, "successor": "new@club.example"}, True, Matter.MOVED),
        ({"kind": ReportKind.AUTOREPLY, "successor": "new@club.example"}, False, None),
        *(
            ({"kind": kind}, named, None)
            for kind in (ReportKind.DELAYED, ReportKind.DELIVERED, ReportKind.MDN)
            for named in (True, False)
        ),
    ],
)
def test_what_a_report_leaves_for_the_secretary(report, named, matter):
    assert matter_of(BounceReport(**report), NamedBy.RETURN_PATH if named else None) is matter


@pytest.mark.parametrize("kind", ReportKind)
def test_a_mail_to_the_unsubscribe_address_is_a_wish_unless_a_machine_reports(kind):
    assert asks_to_stop(kind) is (kind in {ReportKind.UNSUBSCRIBE, ReportKind.OTHER, ReportKind.AUTOREPLY})
    assert matter_of(BounceReport(kind=kind), NamedBy.UNSUBSCRIBE) is Matter.UNSUBSCRIBED


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
