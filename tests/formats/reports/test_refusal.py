"""A refusal is judged by the server's own words, then by those around them, and never by what is said of our message."""

import pytest

from mailer.domain.bounce import FailureReason
from mailer.formats.report import parse
from mailer.formats.reports.footers import without_footers
from mailer.formats.reports.refusal import Refusal
from mailer.formats.reports.smtp_reply import find_reply

ANNA, LETTER = "anna@reader.example", "letter@club.example"


def judge(*texts, page="", status=None, title=""):
    reply = find_reply("\n".join(texts) or page)
    if status is not None:
        reply = find_reply(f"550 {status}")
    return Refusal(
        reply=reply,
        fields=texts,
        page=page,
        recipient=ANNA,
        ours=(LETTER, "b1@bounces.club.example"),
        title=title,
        in_fields=status is not None,
    ).judge()


@pytest.mark.parametrize(
    "frame",
    [
        "Google tried to deliver your message, but it was rejected by the recipient domain. The error was: {}",
        "The message was rejected by the recipient email server: {}",
        "Your message was blocked by the recipient's system, which replied: {}",
        "Spam protection of example.org refused the message. It responded as follows: [{}] The attachment contains the headers.",
    ],
)
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 User unknown", FailureReason.USER_UNKNOWN),
        ("550 5.1.1 Etwas anderes", FailureReason.USER_UNKNOWN),
        ("552 5.2.2 Mailbox full", FailureReason.MAILBOX_FULL),
        ("554 5.7.1 blocked using a list", FailureReason.BLOCKED),
    ],
)
def test_the_reply_outweighs_its_frame(frame, reply, reason):
    assert judge(frame.format(reply)).reason is reason


@pytest.mark.parametrize("footer", [
    "This email has been scanned for viruses by Example.", "Diese Nachricht wurde auf Viren geprüft.", "Este mensaje ha sido analizado con EXAMPLE antivirus system",
    "Письмо проверено на вирусы", "No virus was found in this incoming message.", "To unsubscribe from this group send an email to x@y.example",
])  # fmt: skip
def test_a_footer_is_no_reason(footer):
    page = f"Delivery to the following recipients failed.\n\n   {ANNA}\n\n{footer}\n"
    assert without_footers(page).count("\n") < page.count("\n")
    assert judge(page=page).reason is FailureReason.UNKNOWN
    assert judge(page=page, status="5.1.1").hard


def test_a_virus_that_was_found_is_a_reason():
    page = f"Delivery to {ANNA} failed.\nYour mail was scanned by Example and a virus was found in it.\n"
    assert judge(page=page).reason is FailureReason.VIRUS


@pytest.mark.parametrize("line", [
    "Subject: {}", "Betreff: {}", "Тема: {}", 'The message with the subject "{}" was not delivered', "your message ({}) was not delivered",
])  # fmt: skip
def test_our_title_is_no_reason(line):
    title = "The virus, the spam list and the closed mailbox"
    assert judge(f"{line.format(title)}\n{ANNA}", title=title).reason is FailureReason.UNKNOWN


@pytest.mark.parametrize("link", [
    "http://www.spamhaus.org/query/bl?ip=192.0.2.7", "https://www.spamcop.net/bl.shtml?192.0.2.7", "https://ipcheck.example.com/?ip=192.0.2.7",
    "http://www.barracudacentral.org/reputation?ip=192.0.2.7", "https://example.org/rbl/lookup", "https://example.org/blacklist?192.0.2.7",
])  # fmt: skip
@pytest.mark.parametrize("reply", ["553 {}", "550 5.1.1 {}", "550 Recipient address rejected: see {}"])
def test_a_block_list_in_a_link_is_about_us(reply, link):
    text = f">>> RCPT To:<{ANNA}>\n<<< {reply.format(link)}\n550 5.1.1 <{ANNA}>... User unknown"
    assert judge(reply.format(link), page=text, status="5.1.1").reason is FailureReason.BLOCKED
    assert judge(text).reason is FailureReason.BLOCKED


@pytest.mark.parametrize("address", [LETTER, "b1@bounces.club.example", "b7@bounces.club.example"])
@pytest.mark.parametrize("words", ["User unknown", "unauthorized sender", "no such address", ""])
def test_words_about_our_own_address_are_not_about_the_reader(address, words):
    verdict = judge(f"550 5.1.1 <{address}>: {words}", status="5.1.1")
    assert (verdict.reason, verdict.hard) == (FailureReason.SENDER_REFUSED, False)
    assert judge(f"550 5.1.1 <{ANNA}>: User unknown; from=<{address}>", status="5.1.1").hard


@pytest.mark.parametrize(
    ("reply", "hard"),
    [
        ("550 Message was not accepted -- invalid mailbox.  Local mailbox {} is unavailable: user not found", True),
        ("552 1 Requested mail action aborted, mailbox not found", True),
        ("554 delivery error: dd This user doesn't have a yahoo.example account ({}) [0]", True),
        ("550 5.1.1 User unknown", False),
        ("550 Unknown user {}", False),
        ("550 Requested action not taken: mailbox unavailable", False),
        ("552 5.2.2 Mailbox full", False),
    ],
)
def test_after_the_content_only_a_mailbox_that_was_looked_for_is_dead(reply, hard):
    assert judge(f"<{ANNA}>: host mx said: {reply.format(ANNA)} (in reply to end of DATA command)").hard is hard


def test_the_program_of_a_mailbox_rejects_by_a_notice():
    mail = """Return-Path: <>
From: Mail Delivery Subsystem <postmaster@reader.example>
To: b1@bounces.club.example
Subject: Rejected: The Letter
Auto-Submitted: auto-replied (rejected)
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Your message to <anna@reader.example> was automatically rejected:
{}
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; anna@reader.example
Disposition: automatic-action/MDN-sent-automatically; {}

--b--
"""
    seen = {words: parse(mail.format(words, "deleted").encode())[0] for words in ("Quota exceeded", "No, thank you", "User unknown")}  # fmt: skip
    assert [(report.kind, report.recipient, report.hard) for report in seen.values()] == [("bounce", ANNA, False)] * 3
    assert seen["Quota exceeded"].reason is FailureReason.MAILBOX_FULL
    assert parse(mail.format("x", "displayed").encode())[0].kind == "mdn"
    read = mail.replace("was automatically rejected", "was deleted unread").replace("Rejected", "Read").replace("(rejected)", "")  # fmt: skip
    assert parse(read.format("x", "deleted").encode())[0].kind == "mdn"
