"""Bounces are told from letters, and name the recipients that failed."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse


def mail(sender, subject, body, head="Return-Path: <>\n"):
    return f"{head}From: {sender}\nTo: us@club.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n".encode()


def test_a_server_that_names_nobody():
    (report,) = parse(mail("MAILER-DAEMON@x.example", "Undelivered mail", "Your message could not be delivered."))
    assert (report.kind, report.recipient) == (ReportKind.BOUNCE, None)


def test_a_server_that_names_one_address_in_no_clear_place():
    (report,) = parse(
        mail("MAILER-DAEMON@x.example", "Undelivered mail", "It could not be delivered.\n\nHere: anna@reader.example")
    )
    assert report.recipient == "anna@reader.example"


def test_a_sentence_that_runs_over_two_lines():
    body = "Something broke during delivery to\nanna@reader.example and went wrong."
    (report,) = parse(mail("MAILER-DAEMON@x.example", "Undelivered mail", body))
    assert report.recipient == "anna@reader.example"


@pytest.mark.parametrize(
    "body",
    [
        "Delivery failed. Your parcel for boris@reader.example is back.",
        "Ihre Nachricht an boris@reader.example wurde nicht zugestellt, las ich.",
    ],
)
def test_a_letter_that_speaks_of_failure_is_a_letter(body):
    raw = mail("Anna <anna@reader.example>", "Delivery failed", body, head="Return-Path: <anna@reader.example>\n")
    assert [report.kind for report in parse(raw)] == [ReportKind.OTHER]


def test_good_news_about_nobody():
    raw = mail("MAILER-DAEMON@x.example", "Report", "").replace(
        b"Content-Type: text/plain; charset=utf-8", b'Content-Type: multipart/report; boundary="b"'
    )
    raw += b"--b\nContent-Type: message/delivery-status\n\nAction: relayed\nStatus: 2.1.9\n\n--b--\n"
    assert [(report.kind, report.recipient) for report in parse(raw)] == [(ReportKind.DELIVERED, None)]


def test_two_hundred_recipients_are_enough():
    body = "could not be delivered:\n" + "\n".join(f"<r{number}@reader.example>: unknown user" for number in range(300))
    assert len(parse(mail("MAILER-DAEMON@x.example", "Undelivered mail", body))) == 200


def test_what_is_said_of_one_recipient_ends_somewhere():
    body = "could not be delivered:\n\n<anna@reader.example>:\n" + "no answer\n" * 30 + "----\nend"
    (report,) = parse(mail("MAILER-DAEMON@x.example", "Undelivered mail", body))
    assert 10 <= report.diagnostic.count("no answer") <= 14


def test_a_list_of_names_ends_with_the_next_sentence():
    body = "Your mail could not be delivered to:\n\n\tanna\n\tboris   unknown user\n\nSorry.\n  clara"
    reports = parse(mail("MAILER-DAEMON@x.example", "Undelivered mail", body))
    assert [report.recipient for report in reports] == ["anna@x.example", "boris@x.example"]


def test_a_link_that_carries_an_address_names_nobody():
    (report,) = parse(
        mail(
            "MAILER-DAEMON@x.example",
            "Undelivered mail",
            "Could not be delivered.\nhttps://x.example/?a=anna@reader.example",
        )
    )
    assert report.recipient is None


def test_an_absence_told_by_a_machine_without_marks():
    (report,) = parse(mail("Anna <anna@reader.example>", "Re: Bulletin", "I am currently out of the office."))
    assert report.kind is ReportKind.AUTOREPLY


def test_a_report_part_in_a_persons_letter_is_no_report():
    raw = mail(
        "Anna <anna@reader.example>", "Re: look", "", head="Return-Path: <anna@reader.example>\nX-Type: multipart\n"
    )
    raw = raw.replace(b"Content-Type: text/plain; charset=utf-8", b'Content-Type: multipart/mixed; boundary="b"')
    raw += b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    assert [report.kind for report in parse(raw)] == [ReportKind.OTHER]
