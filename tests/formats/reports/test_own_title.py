"""The title of our message is no reason for a refusal, in whatever language and form a report shows it."""

import pytest

from mailer.domain.bounce import FailureReason
from mailer.formats.report import parse
from mailer.formats.reports.own_title import hide_in

ANNA, LETTER = "anna@reader.example", "letter@club.example"
TITLE = "550 5.1.1 No such user: the account that is no more"


def report(text, *, subject="Returned", kind="plain"):
    head = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {LETTER}\nSubject: {subject}\n"
    [only] = parse(f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{text}\n".encode())
    return only


@pytest.mark.parametrize("line", [
    "Subject: {}", "Subject .......: {}", "[Subject] {}", "Subject = {}", 'Subject = "{}"', "Message subject: {}", "Betreff der Nachricht: {}", "Titre du message : {}",
    "Předmět: {}", "Tárgy: {}", "Θέμα: {}", "Teema: {}", "Заголовок письма: {}", "标题：{}", "หัวเรื่อง: {}", "נושא: {}", "الموضوع: {}", "The subject of the message is: {}",
    'Your letter "{}" of 2 March', "Ваше письмо «{}»", "Ihre Nachricht „{}“", 'The message with the subject "{}"', "Note about the mail: {}",
    "SUBJECT> {}", "Message title ... {}", 'The message you sent on 2 March, "{}", was not delivered.',
])  # fmt: skip
@pytest.mark.parametrize("reason", ["The connection timed out.", "The mailbox is full."])
def test_a_labelled_or_quoted_title(line, reason):
    text = f"The mail could not be delivered.\n\nFrom: {LETTER}\nTo: {ANNA}\n{line.format(TITLE)}\n\n{reason}"
    seen = report(text)
    assert (seen.recipient, seen.hard, seen.status) == (ANNA, False, None)
    assert seen.reason in {FailureReason.TIMEOUT, FailureReason.MAILBOX_FULL}


@pytest.mark.parametrize("label", ["Subject", "Betreff:", "Oggetto"])
def test_a_title_in_a_table(label):
    rows = [("Recipient", ANNA), (label, TITLE), ("Reason", "Mailbox full")]
    cells = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    seen = report(f"<p>Your message could not be delivered.</p><table>{cells}</table>", kind="html")
    assert (seen.recipient, seen.hard, seen.reason) == (ANNA, False, FailureReason.MAILBOX_FULL)


def test_a_title_that_the_subject_of_the_report_repeats():
    text = f'Delivery to {ANNA} has failed. "{TITLE}" is no longer in our queue: the connection timed out.'
    assert not report(text, subject=f"Undeliverable: {TITLE}").hard
    assert not report(f"Failed: {ANNA}\n{TITLE}\n\nThe connection timed out.", subject=f"Failed: {TITLE}").hard


def test_a_reason_that_the_subject_of_the_report_repeats():
    reason = "User Anna not listed in the directory"
    assert report(
        f"Your document was not delivered to:\n\n  {ANNA}\n\nbecause:\n\n  {reason}", subject=f"FAILURE: {reason}"
    ).hard


def test_a_quoted_copy():
    copy = f"Return-Path: <{LETTER}>\nReceived: from club.example by mx.example\nFrom: {LETTER}\nTo: {ANNA}\nSubject: Mailbox full\nDate: Mon, 2 Mar 2026 07:00:00 +0000\n\nText"
    quoted = "\n".join(f"> {line}".rstrip() for line in copy.split("\n"))
    seen = report(f"Your message was not delivered: there is no mailbox\n{ANNA} here any more.\n\n{quoted}")
    assert (seen.recipient, seen.hard, seen.original.subject) == (ANNA, True, "Mailbox full")


@pytest.mark.parametrize("line", [
    "Reason: {}", "Grund: {}", "Причина: {}", "Error: {}", "The server said: {}", 'The server replied "{}"', "Subject to our policy the server answered: {}",
])  # fmt: skip
def test_a_stated_reason_is_no_title(line):
    text = f"The mail could not be delivered.\n\nFrom: {LETTER}\nTo: {ANNA}\n{line.format('550 5.1.1 User unknown')}"
    assert report(text).hard


def test_a_stated_reason_outweighs_other_words():
    text = f"Delivery to {ANNA} has failed.\n\nUser unknown, or so one reads\n\nReason: mailbox full"
    assert report(text).reason is FailureReason.MAILBOX_FULL


def test_a_long_title_and_its_next_line():
    text = (
        f"  Subject: {'The week in which nothing happened at all and the mailbox'}\n      does not exist\n  Reason: ?"
    )
    assert "exist" not in hide_in(text, "")
    assert "Reason: ?" in hide_in(text, "")
