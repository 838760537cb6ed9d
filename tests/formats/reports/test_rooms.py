"""The rooms of the report reader one by one, where the corpus does not lead."""

from datetime import date

import pytest

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind, Scope, Verdict
from mailer.formats.report import parse
from mailer.formats.reports import addresses, amazon_ses, decode, delivery_status
from mailer.formats.reports.body_text import extract_text, split_original
from mailer.formats.reports.mime import MAX_PARTS, parse_mail, split_header
from mailer.formats.reports.return_date import find_return_date

WRITTEN = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (b"caf\xc3\xa9", "", "café"),
        (b"caf\xe9", "", "café"),
        (b"caf\xe9", "no-such-set", "café"),
        (b"caf\xe9", "iso-8859-1", "café"),
        ("ящик переполнен".encode("koi8-r"), "", "ящик переполнен"),
        ("ящик переполнен".encode("cp1251"), "", "ящик переполнен"),
        ("ящик".encode("koi8-r"), "koi8-r", "ящик"),
        ("宛先不明".encode("iso2022_jp"), "", "宛先不明"),
        (b"+AGE-", "utf-7", "+AGE-"),
        (b"plain", "us-ascii", "plain"),
    ],
)
def test_character_sets(raw, charset, text):
    assert decode.text(raw, charset) == text


def test_a_letter_cut_in_two_by_the_limit_is_no_reason_to_guess():
    text = decode.text("я".encode() * decode.MAX_TEXT + b" ")
    assert text.startswith("яя")
    assert decode.text(b"a" * (decode.MAX_TEXT - 1) + "я".encode()).endswith("a\ufffd")


@pytest.mark.parametrize(
    ("raw", "encoding", "decoded"),
    [
        (b"YW5u\nYQ==", "base64", b"anna"),
        (b"YW5uY", " Base64 ", b"ann"),
        (b"YW5uYQ", "base64", b"anna"),
        (b"=61nna=\n!", "quoted-printable", b"anna!"),
        (b"anna", "8bit", b"anna"),
    ],
)
def test_transfer_encodings(raw, encoding, decoded):
    assert decode.transfer_encoding(raw, encoding) == decoded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?0K8=?=", "Я"),
        ("=?utf-8?Q?a=5Fb_c?=", "a_b c"),
        ("=?koi8-r?B?8Q==?= =?koi8-r?B?8Q==?=", "ЯЯ"),
        ("=?utf-8*ru?Q?a?=", "a"),
        ("a\n b", "a b"),
        ("=?utf-8?B?", "=?utf-8?B?"),
    ],
)
def test_headers(value, text):
    assert decode.header(value) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<anna@reader.example>,boris@reader.example;", ["anna@reader.example", "boris@reader.example"]),
        ("Anna@Reader.example anna@reader.example", ["Anna@Reader.example"]),
        ("email=anna@reader.example", ["anna@reader.example"]),
        ("'anna@reader.example'.", ["anna@reader.example"]),
        ("user=anna=x.example@club.example", ["anna=x.example@club.example"]),
        ("'@reader.example a@b @ anna@", []),
        ("аня@почта.рф", ["аня@почта.рф"]),
        (f"{'a' * 300}@reader.example", []),
    ],
)
def test_addresses(text, found):
    assert addresses.find(text) == found


def test_an_address_with_a_quoted_local_part():
    assert addresses.first('rfc822; "anna k"@reader.example') == '"anna k"@reader.example'
    assert addresses.first("nobody") is None
    assert addresses.find("a@b.example c@d.example", limit=1) == ["a@b.example"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("back on 2026-03-16", date(2026, 3, 16)),
        ("until 16.03.26", date(2026, 3, 16)),
        ("until 03/16/2026", date(2026, 3, 16)),
        ("until 05/06/2026", None),
        ("until 5/5/2026", date(2026, 5, 5)),
        ("until 31.02.2026", None),
        ("until March 16th, 2026", date(2026, 3, 16)),
        ("until 1 January", date(2027, 1, 1)),
        ("until 16 March 1999", None),
        ("вернусь 1 апреля", date(2026, 4, 1)),
        ("until tomorrow", None),
    ],
)
def test_days_of_return(text, day):
    assert find_return_date(text, mail_date=WRITTEN) == day


def test_without_the_day_of_writing_a_year_must_be_named():
    assert find_return_date("until 16 March", mail_date=None) is None
    assert find_return_date("until 16 March 2026", mail_date=None) == date(2026, 3, 16)


def test_fields_in_odd_groups():
    (one,) = delivery_status.read_part("Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; a@b.example\n")
    assert (one.address, one.status, one.action) == ("a@b.example", "5.1.1", "failed")
    (one,) = delivery_status.read_part("Final-Recipient: rfc822; a@b.example\n\nStatus: 5.2.2 (mailbox full)\n")
    assert (one.status, one.status_text) == ("5.2.2", "mailbox full")
    one, two = delivery_status.read_part(
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nFinal-Recipient: x; c@d.example\n"
    )
    assert (one.address, two.address) == ("a@b.example", "c@d.example")


def test_fields_with_xtext_and_without_an_address():
    (one,) = delivery_status.read_part("Original-Recipient: rfc822;a+40b.example\nAction: failed\n")
    assert one.original_recipient == "a@b.example"
    (one,) = delivery_status.read_part(
        "Final-Recipient: rfc822; @mx.b.example\nX-Actual-Recipient: rfc822; a@b.example\nAction: failed\n"
    )
    assert one.address == "a@b.example"
    assert delivery_status.read_inline("no fields") == []


def test_parts_have_a_limit():
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\na\n" * 500
    assert len(parse_mail(raw).walk()) <= MAX_PARTS + 1
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(50))
    assert len(parse_mail(deep).walk()) < 10


def test_an_encoded_message_is_opened():
    raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaGkKCmJvZHk=\n"
    assert parse_mail(raw).parts[0].get("subject") == "hi"


def test_a_header_without_its_blank_line_ends_where_it_stops_being_one():
    head, body = split_header(b"Subject: hi\nDear reader,\n\nbye\n")
    assert head == (("subject", "hi"),)
    assert body == b"Dear reader,\n\nbye\n"
    assert split_header(b"Subject: hi\nDear")[1] == b"Dear"
    assert split_header(b"From x\nSubject: hi\n\nbody")[0] == (("subject", "hi"),)


def test_digests_hold_messages():
    raw = b'Content-Type: multipart/digest; boundary="b"\n\n--b\n\nSubject: one\n\nhi\n--b--\n'
    assert parse_mail(raw).walk()[1].kind == "message/rfc822"


def test_a_style_that_never_ends_ends_the_page():
    assert extract_text(parse_mail(b"Content-Type: text/html\n\na<style>b</style>c</style><STYLE>d")).text == "ac"


def test_an_original_cannot_come_before_anything_was_said():
    page = split_original("----- Original message -----\nhello")
    assert page.returned == ""


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"notificationType": "Other"}', '{"notificationType": 5}', '{"notificationType": "Bounce", "bounce": []}',
        '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null]}}', '{"notificationType":' + "[" * 20_000,
    ],
)  # fmt: skip
def test_notifications_that_say_nothing(text):
    assert amazon_ses.read_notifications(text) == []


def test_a_transient_notification_is_never_hard():
    text = '{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"a@b.example","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    (report,) = amazon_ses.read_notifications(text)
    assert (report.hard, report.status, report.reason) == (False, "5.1.1", FailureReason.USER_UNKNOWN)


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


def test_words_of_the_domain():
    verdict = Verdict(reason=FailureReason.MAILBOX_FULL, hard=False, rule="full")
    report = BounceReport(kind=ReportKind.BOUNCE, reason=FailureReason.TIMEOUT, original=Original(message_id="<a@b>"))
    assert (verdict.scope, report.scope, report.original_message_id) == (Scope.MAILBOX, Scope.TRANSPORT, "<a@b>")
