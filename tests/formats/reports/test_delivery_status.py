"""RFC 3464 fields are read in the groups and spellings that servers use."""

from mailer.formats.reports import delivery_status


def test_fields_in_odd_groups():
    (recipient,) = delivery_status.read_part("Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; a@b.example\n")
    assert (recipient.address, recipient.status, recipient.action) == ("a@b.example", "5.1.1", "failed")
    (recipient,) = delivery_status.read_part("Final-Recipient: rfc822; a@b.example\n\nStatus: 5.2.2 (mailbox full)\n")
    assert (recipient.status, recipient.status_text) == ("5.2.2", "mailbox full")
    first, second = delivery_status.read_part(
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nFinal-Recipient: x; c@d.example\n"
    )
    assert (first.address, second.address) == ("a@b.example", "c@d.example")


def test_fields_with_xtext_and_without_an_address():
    (recipient,) = delivery_status.read_part("Original-Recipient: rfc822;a+40b.example\nAction: failed\n")
    assert recipient.original_recipient == "a@b.example"
    (recipient,) = delivery_status.read_part(
        "Final-Recipient: rfc822; @mx.b.example\nX-Actual-Recipient: rfc822; a@b.example\nAction: failed\n"
    )
    assert recipient.address == "a@b.example"
    assert delivery_status.read_inline("no fields") == []
