"""A report is read whatever was put around it; a letter with a report beside it is still a letter."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse
from tests.made_up_bounces import LAYOUTS, RECIPIENT, bounce
from tests.wrapped_bounces import WAYS, wrap

DSN = b"""Return-Path: <>
From: postmaster@reader.example
To: letter@club.example
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
boundary="in"

--in
Content-Type: text/plain

Delivery to the following recipients failed.

--in
Content-Type: message/delivery-status

Reporting-MTA: dns;mx.reader.example

Final-Recipient: rfc822;anna@reader.example
Action: failed
Status: 5.1.1

--in--
"""


@pytest.mark.parametrize("way", WAYS)
def test_every_layout(way):
    for layout in LAYOUTS:
        for refusal in ("unknown", "full", "blocked"):
            mail = bounce(layout, refusal)
            reports = parse(wrap(way, mail.raw))
            seen = [(report.kind, report.recipient, report.hard) for report in reports]
            assert seen == [(ReportKind.BOUNCE, RECIPIENT, mail.hard)], (layout, refusal, reports)


@pytest.mark.parametrize("way", [way for way in WAYS if "HTML" not in way and "base64" not in way and "quoted-p" not in way])  # fmt: skip
def test_the_fields_of_a_report(way):
    [report] = parse(wrap(way, DSN))
    assert (report.recipient, report.status, report.hard) == ("anna@reader.example", "5.1.1", True)


def test_a_report_that_was_passed_on_twice():
    twice = wrap("attached to a mail that is passed on", wrap("attached to a mail that is passed on", DSN))
    assert [report.recipient for report in parse(twice)] == ["anna@reader.example"]


@pytest.mark.parametrize("words", ["What does this mean, and what should I do now?", "Anna has moved, see the attached report."])  # fmt: skip
@pytest.mark.parametrize("subject", [b"Fwd: bounce", b"Re: bounce", b"A question"])
def test_a_person_who_adds_words_has_written_a_letter(words, subject):
    mail = wrap("attached to a mail that is passed on", DSN)
    letter = mail.replace(b"Fwd: bounce", subject).replace(b"text/plain\n\n\n", b"text/plain\n\n%s\n" % words.encode())
    assert words.encode() in letter
    assert [report.kind for report in parse(letter)] == [ReportKind.OTHER]


@pytest.mark.parametrize(
    "fields",
    [
        ("Von: Mail Delivery Subsystem <mailer-daemon@mx.example>", "Gesendet: Montag", "An: office@club.example", "Betreff: Unzustellbar"),
        ("От: Mail Delivery System <mailer-daemon@mx.example>", "Дата: 2 марта", "Кому: office@club.example", "Тема: Не доставлено"),
        ("*From:* Mail Delivery System <mailer-daemon@mx.example>", "*Sent:* Monday", "*To:* office@club.example", "*Subject:* Undeliverable"),
    ],
)  # fmt: skip
def test_the_header_of_a_mail_program_in_its_language(fields):
    body = "\n".join(
        [*fields, "", "Your message could not be delivered:", "", "<anna@reader.example>: 550 5.1.1 User unknown"]
    )
    mail = f"Return-Path: <office@club.example>\nFrom: office@club.example\nTo: letter@club.example\nSubject: WG: Unzustellbar\n\n{body}\n"
    [report] = parse(mail.encode())
    assert (report.kind, report.recipient, report.hard) == (ReportKind.BOUNCE, "anna@reader.example", True)
