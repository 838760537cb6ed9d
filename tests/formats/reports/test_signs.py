"""What makes a mail without fields a report: a server as its author, a stranger's address, and a word of failure."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse
from tests.formats.reports.test_places import ANNA, mail

BORIS = "boris@other.example"
FAILURES = [
    f"Zpráva pro {ANNA} se vrátila: takový příjemce neexistuje.", f"Nem sikerült kézbesíteni: {ANNA}\nIsmeretlen címzett.", f"Viestiäsi ei voitu toimittaa: {ANNA}\nVastaanottaja on tuntematon.",
    f"Brevet till {ANNA} kom inte fram: okänd mottagare.", f"Din mail til {ANNA} kunne ikke afleveres, modtageren findes ikke.", f"Δεν παραδόθηκε στον {ANNA}: ο παραλήπτης δεν υπάρχει.",
    f"Mesajul pentru {ANNA} nu a ajuns: utilizator necunoscut.", f"Лист на адресу {ANNA} не доставлено: отримувача не знайдено.", f"Thư gửi {ANNA} bị trả lại: người nhận không tồn tại.",
    f"ส่งถึง {ANNA} ไม่ได้: ไม่พบผู้รับ", f"לא ניתן למסור אל {ANNA}: הנמען לא קיים", f"تعذر التسليم إلى {ANNA}: المستلم غير موجود", f"Pesan untuk {ANNA} gagal: penerima tidak dikenal.",
]  # fmt: skip
DELIVERIES = [
    f"Zpráva byla doručena na adresu {ANNA}.", f"Az üzenet megérkezett: {ANNA}", f"Brevet har levererats till {ANNA}.", f"Το μήνυμα παραδόθηκε: {ANNA}", f"Лист доставлено: {ANNA}",
    f"   ----- The following addresses have delivery notifications -----\n<{ANNA}>  (successfully delivered)", f"Your mail was delivered to:\n{ANNA} on 3/2/2026 9:00 AM",
    f"Delivery to these recipients is complete, but no delivery notification was sent by the destination server:\n{ANNA}",
]  # fmt: skip


@pytest.mark.parametrize("text", FAILURES)
def test_a_failure_in_any_language(text):
    [report] = parse(mail(text, subject="?"))
    assert (report.kind, report.recipient, report.hard) == (ReportKind.BOUNCE, ANNA, True)


@pytest.mark.parametrize("text", DELIVERIES)
@pytest.mark.parametrize("subject", ["?", "Delivery Status Notification"])
def test_a_delivery_is_no_failure(text, subject):
    assert parse(mail(text, subject=subject))[0].kind is ReportKind.OTHER


@pytest.mark.parametrize("text", FAILURES)
def test_a_person_reports_no_failure(text):
    [report] = parse(mail(text, subject="?", sender="Clara <clara@reader.example>", path="<clara@reader.example>"))
    assert report.kind is ReportKind.OTHER


@pytest.mark.parametrize(
    "text",
    [
        f"Your message to {ANNA} has not been delivered yet. Just reply to this message, and it will be delivered at once.",
        f"Ваше письмо для {ANNA} пока не доставлено. Чтобы оно было доставлено, ответьте на это письмо.",
    ],
)
def test_a_challenge_is_no_failure(text):
    sender = f"Anna <{ANNA}>"
    assert parse(mail(text, subject="Please confirm", sender=sender))[0].kind is ReportKind.CHALLENGE


def test_what_a_stranger_wrote_to_us_in_vain():
    text = " Out: 220 mx.club.example ESMTP\n In:  MAIL FROM:<x@spam.example>\n Out: 250 Ok\n In:  RCPT TO:<{}>\n Out: 550 5.1.1 User unknown"
    to = "postmaster@mx.club.example"
    subject = "Postfix SMTP server: errors from unknown[192.0.2.9]"
    assert parse(mail(text.format("info@club.example"), subject=subject, to=to))[0].kind is ReportKind.OTHER
    assert parse(mail(text.format(ANNA), subject=subject, to=to))[0].recipient == ANNA


@pytest.mark.parametrize(
    ("sender", "head"),
    [
        ("'Mail Delivery System' via Office <office@club.example>", "X-Original-From: Mail Delivery System <MAILER-DAEMON@mx.example>\n"),
        ("Mail Delivery System via Office <office@club.example>", "Reply-To: Mail Delivery System <MAILER-DAEMON@mx.example>\n"),
        ("Office <office@club.example>", "X-Original-Sender: mailer-daemon@mx.example\n"),
    ],
)  # fmt: skip
def test_a_list_has_rewritten_the_author(sender, head):
    text = (
        f"This is the mail system at host mx.example.\n\n<{ANNA}>: host mx.reader.example said: 550 5.1.1 User unknown"
    )
    head += "List-Id: <office.club.example>\nPrecedence: list\nAuto-Submitted: auto-replied\n"
    [report] = parse(mail(text, sender=sender, head=head, path="<office+b@club.example>"))
    assert (report.kind, report.recipient, report.hard) == (ReportKind.BOUNCE, ANNA, True)


@pytest.mark.parametrize(
    "line",
    [
        "{} on 3/2/2026 9:00 AM\n    {}", "{} am 02.03.2026 09:00\n    {}", "{} dne 2.3.2026 9:00\n    {}", "{} ekkor: 2026.03.02. 9:00\n    {}", "{} 2026/03/02 9:00\n    {}",
        "'{}' on 3/2/2026 9:00 AM\n    {}", "SMTP <{}>\n    {}", "[SMTP:{}]   {}", "mailto:{} - {}", "1) {} - {}", "(1) {}: {}", "{}    {}", "Anna Smith ({})\n   {}", "받는 사람 : {}\n사유 : {}", "Příjemce: <{}>\nChyba: {}",
    ],
)  # fmt: skip
def test_each_of_two_addresses_has_its_reason(line):
    reasons = [(ANNA, "550 5.1.1 User unknown"), (BORIS, "552 5.2.2 Mailbox full")]
    text = "The following recipients were not reached:\n\n" + "\n\n".join(line.format(*reason) for reason in reasons)
    seen = {report.recipient: report.hard for report in parse(mail(text))}
    assert seen == {ANNA: True, BORIS: False}


@pytest.mark.parametrize(
    "text",
    [
        f"Message could not be delivered to: {ANNA}, {BORIS}\nReason: user unknown",
        f"Message could not be delivered to {ANNA} and {BORIS}: user unknown",
        f"The following destination addresses were unknown:\n\nSMTP <{ANNA}>\nSMTP <{BORIS}>\n",
    ],
)
def test_two_addresses_share_a_reason(text):
    assert {report.recipient: report.hard for report in parse(mail(text))} == {ANNA: True, BORIS: True}
