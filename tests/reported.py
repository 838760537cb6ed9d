"""Reports made for tests, as servers and readers write them, and ways to ingest them."""

from dataclasses import dataclass

from mailer.app.installation import App
from mailer.domain.bounce import RawReport, Way
from mailer.domain.delivery import Delivery
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.pipeline.bounces import ingest
from mailer.pipeline.bounces.ingest import Ingested
from tests.club import copies

DOMAIN = "bounces.club.example"

DSN = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.members.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"

--=_r
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.members.example.

<{failed}>: host mx.members.example[192.0.2.1] said: {code} {status} {text}

--=_r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.members.example
{envelope}
Final-Recipient: rfc822; {failed}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} {text}

--=_r
Content-Type: text/rfc822-headers

From: The Harbour Letter <letter@club.example>
To: {failed}
Subject: The Harbour Letter
{message_id}

--=_r--
"""
COMPLAINT = """\
From: feedback@provider.example
To: {to}
Subject: complaint about message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_r"

--=_r
Content-Type: text/plain

This is an email abuse report.

--=_r
Content-Type: message/feedback-report

Feedback-Type: {type}
User-Agent: Provider-Feedback/1
Version: 1

--=_r
Content-Type: message/rfc822

From: The Harbour Letter <letter@club.example>
To: {failed}
Subject: The Harbour Letter
{message_id}

--=_r--
"""
LETTER = """\
From: {sender}
To: {to}
Subject: {subject}
Content-Type: text/plain; charset=utf-8

{text}
"""


@dataclass(frozen=True)
class Refusal:
    """The reply with which a server refuses an address."""

    code: int
    status: str
    text: str


UNKNOWN = Refusal(550, "5.1.1", "No such user here")
FULL = Refusal(552, "5.2.2", "Mailbox is full, quota exceeded")
LATE = Refusal(
    550, "5.0.0", "invalid mailbox. Local mailbox is unavailable: user not found (in reply to end of DATA command)"
)
FILTER = Refusal(550, "5.1.1", "User unknown (in reply to end of DATA command)")
LISTED = Refusal(553, "5.1.3", "http://www.spamhaus.org/query/bl?ip=192.0.2.1")
SPAM = Refusal(554, "5.7.1", "Message rejected as spam by content filter")
UNSIGNED = Refusal(
    550, "5.7.26", "This mail has been blocked because the sender is unauthenticated: SPF and DKIM did not pass"
)
SILENT = Refusal(451, "4.4.1", "Connection timed out")


def bounce(
    to: str = "letter@club.example",
    failed: str = "desk001@members.example",
    why: Refusal = UNKNOWN,
    *,
    message_id: str = "",
    envelope_id: str = "",
    action: str = "failed",
) -> bytes:
    """A report of RFC 3464 about one recipient; a Message-ID stands in the returned part."""
    return DSN.format(
        to=to,
        failed=failed,
        code=why.code,
        status=why.status,
        text=why.text,
        action=action,
        message_id=f"Message-ID: {message_id}" if message_id else "X-Nothing: here",
        envelope=f"Original-Envelope-Id: {envelope_id}"
        if envelope_id
        else "Arrival-Date: Thu, 12 Jul 2018 13:00:00 +0000",
    ).encode()


def complaint(to: str, failed: str = "desk001@members.example", kind: str = "abuse", *, message_id: str = "") -> bytes:
    """A report of RFC 5965."""
    named = f"Message-ID: {message_id}" if message_id else "X-Nothing: here"
    return COMPLAINT.format(to=to, failed=failed, type=kind, message_id=named).encode()


def letter(to: str, text: str, *, subject: str = "Hello", sender: str = "desk001@members.example") -> bytes:
    """A letter from a person."""
    return LETTER.format(to=to, text=text, subject=subject, sender=sender).encode()


def path_of(app: App, copy: Delivery) -> str:
    """The return path of a copy."""
    return return_path(app.context.keys, copy.id, DOMAIN)


def unsubscribe_path_of(app: App, copy: Delivery) -> str:
    """The address to which the reader of a copy writes to unsubscribe."""
    return unsubscribe_address(app.context.keys, copy.id, DOMAIN)


def come(app: App, content: bytes, recipient: str = "", way: Way = Way.LISTENER) -> Ingested:
    """Ingest a mail as it comes in."""
    return ingest.ingest(app.context, [RawReport(content=content, recipient=recipient, way=way)])[0]


def come_back(app: App, person: str, why: Refusal = UNKNOWN) -> Ingested:
    """Bounce a person's copy to its return path."""
    copy = copies(app)[person]
    path = path_of(app, copy)
    return come(app, bounce(path, copy.address, why, message_id=copy.message_id), path)
