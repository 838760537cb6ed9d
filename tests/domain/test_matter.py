"""What a report leaves for the secretary to do."""

import pytest

from mailer.domain.bounce import BounceReport, FailureReason, ReportKind
from mailer.domain.matter import Matter, NamedBy, asks_to_stop, matter_of


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
