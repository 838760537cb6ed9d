"""Writes a made-up report that says that all is well, by which an installation finds out whether reports get here."""

from datetime import datetime
from email.utils import format_datetime

from mailer.domain.address import Address
from mailer.domain.ports import Message

_TEXT = """\
From: {sender}
To: {recipient}
Subject: Trial of the return path
Date: {date}
Message-ID: {message_id}
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{mark}"

--{mark}
Content-Type: text/plain; charset=us-ascii

Club Mailer has sent this mail to itself, to see whether what comes back
arrives. Nothing needs to be done about it.

--{mark}
Content-Type: message/delivery-status

Reporting-MTA: dns; {domain}

Final-Recipient: rfc822; {recipient}
Action: delivered
Status: 2.0.0

--{mark}--
"""


def trial_report(*, sender: Address, recipient: str, mark: str, at: datetime) -> Message:
    """The mail, from an address of ours to a return path; `mark` stands in its Message-ID, and is letters and digits."""
    text = _TEXT.format(
        sender=sender.wire,
        recipient=recipient,
        date=format_datetime(at),
        message_id=f"<{mark}@{sender.domain}>",
        mark=mark,
        domain=sender.domain,
    )
    return Message(text.replace("\n", "\r\n").encode("ascii"))
