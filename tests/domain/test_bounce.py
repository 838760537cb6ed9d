"""What a report leaves for a person to see to, and what it says about places."""

import pytest

from mailer.domain.bounce import BounceReport, Kind, Matter, NamedBy, Reason, asks_to_stop, is_elsewhere, matter_of

# --- what a person has to see to --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "named", "matter"),
    [
        ({"kind": Kind.BOUNCE}, True, Matter.BOUNCED),
        ({"kind": Kind.BOUNCE}, False, Matter.UNNAMED),
        ({"kind": Kind.COMPLAINT, "reason": Reason.COMPLAINT}, True, Matter.COMPLAINED),
        ({"kind": Kind.COMPLAINT, "reason": Reason.COMPLAINT}, False, Matter.UNNAMED),
        ({"kind": Kind.COMPLAINT, "reason": Reason.AUTH_FAILURE}, True, None),
        ({"kind": Kind.COMPLAINT, "reason": Reason.AUTH_FAILURE}, False, None),
        ({"kind": Kind.COMPLAINT, "reason": Reason.OPT_OUT}, True, Matter.WANTS_NO_MORE),
        ({"kind": Kind.UNSUBSCRIBE}, True, Matter.WANTS_NO_MORE),
        ({"kind": Kind.UNSUBSCRIBE}, False, Matter.WANTS_NO_MORE),
        ({"kind": Kind.CHALLENGE}, True, Matter.CHALLENGED),
        ({"kind": Kind.CHALLENGE}, False, None),
        ({"kind": Kind.OTHER}, True, Matter.UNREAD),
        ({"kind": Kind.OTHER}, False, None),
        ({"kind": Kind.AUTOREPLY}, True, None),
        ({"kind": Kind.AUTOREPLY, "successor": "new@club.example"}, True, Matter.MOVED),
        ({"kind": Kind.AUTOREPLY, "successor": "new@club.example"}, False, None),
        *(
            ({"kind": kind}, named, None)
            for kind in (Kind.DELAYED, Kind.DELIVERED, Kind.MDN)
            for named in (True, False)
        ),
    ],
)
def test_what_a_report_leaves_for_the_secretary(report, named, matter):
    assert matter_of(BounceReport(**report), NamedBy.RETURN_PATH if named else None) is matter


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_to_the_unsubscribe_address_is_a_wish_unless_a_machine_reports(kind):
    assert asks_to_stop(kind) is (kind in {Kind.UNSUBSCRIBE, Kind.OTHER, Kind.AUTOREPLY})
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
    assert is_elsewhere(failed, written_to) is elsewhere
