"""The failed address is found wherever a report has it and however it is spelt, and whoever the report is from."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse
from mailer.formats.reports import addresses, delivery_status

ANNA = "anna@reader.example"
UNKNOWN = "550 5.1.1 User unknown"


def mail(text, *, sender="MAILER-DAEMON@mx.example", subject="Undeliverable: The Letter", to="b1@bounces.club.example", path="<>", head=""):  # fmt: skip
    return_path = f"Return-Path: {path}\n" if path is not None else ""
    return f"{return_path}From: {sender}\nTo: {to}\nSubject: {subject}\n{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"Delivery has failed:\n\n\t* [{ANNA}]: {UNKNOWN}",
        f"The following address(es) failed:\n\n  an undisclosed address\n    (generated from {ANNA})",
        f"did not reach the following recipient(s):\n\nc=GB;a= ;p=READER;o=SITE;dda:SMTP={ANNA}; on Mon, 2 Mar 2026\n    The recipient name is not recognized",
        f"   ----- Transcript of session follows -----\n550 {ANNA.partition('@')[2]} (smtp)... 550 Host unknown\n554 <{ANNA}>... 550 Host unknown (Authoritative answer from name server)",
        f"   ----- Transcript of session follows -----\n>>> RCPT To:<{ANNA}>\n<<< {UNKNOWN}\n550 <{ANNA}>... User unknown",
        f"送信先のメール{ANNA}に配信できませんでした。",
        f"收件人：{ANNA}\n\n退信原因： {UNKNOWN}",
    ],
)
def test_places(text):
    assert [(report.kind, report.recipient) for report in parse(mail(text))] == [(ReportKind.BOUNCE, ANNA)]


def test_each_line_of_a_transcript_has_its_own_reason():
    text = """   ----- Transcript of session follows -----
>>> MAIL From:<letter@club.example>
<<< 501 <letter@club.example>... no access from mail server [192.0.2.5] which is an open relay.
554 <anna@reader.example>... Remote protocol error
550 other.example (smtp)... 550 Host unknown
554 <boris@other.example>... 550 Host unknown (Authoritative answer from name server)
>>> RCPT To:<clara@reader.example>
<<< 553 https://www.spamhaus.org/query/ip/192.0.2.5
550 5.1.1 <clara@reader.example>... User unknown"""
    seen = {report.recipient: report.hard for report in parse(mail(text))}
    assert seen == {"anna@reader.example": False, "boris@other.example": True, "clara@reader.example": False}


@pytest.mark.parametrize(
    "text",
    [
        "<{}>:\n192.0.2.1 does not like recipient.\nRemote host said: {}\nGiving up on 192.0.2.1.",
        "I'm sorry to have to inform you.\n\n<{}>: host mx.club.example said: {}",
        "The following address(es) failed:\n\n{}:\n{}",
        "Your message to {} could not be delivered: {}",
    ],
)
def test_who_writes_to_himself(text):
    [report] = parse(mail(text.format("editor@club.example", UNKNOWN), to="editor@club.example"))
    assert (report.recipient, report.hard) == ("editor@club.example", True)


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?B?0LDQvdC90LA=?=@reader.example", "🐈@reader.example", "anna@#reader.example", "аня@пример.рф", "o'brien@reader.example", "anna@[192.0.2.1]", "a+b=c@reader.example", "Anna.Reader@Reader.Example"],
)  # fmt: skip
def test_spellings_in_a_field(address):
    for field in (f"rfc822; {address}", f"rfc822;<{address}>", f"RFC822; {address} (unknown)"):
        [status] = delivery_status.read_part(f"Final-Recipient: {field}\nAction: failed\nStatus: 5.1.1\n")
        assert status.address == address


def test_a_mistyped_address_does_not_make_another_one_dead():
    text = "   ----- The following addresses had permanent fatal errors -----\n<anna@#reader.example>\n    (reason: 550 Host unknown)\n\n   ----- Original message follows -----\n\nReturn-Path: <letter@club.example>\nFrom: letter@club.example\nTo: anna@#reader.example\nCc: boris@reader.example\nSubject: The Letter\nDate: Mon, 2 Mar 2026 07:00:00 +0000\n"
    assert [report.recipient for report in parse(mail(text))] == ["anna@#reader.example"]


def test_words_before_an_address_are_not_a_part_of_it():
    assert addresses.find("宛先anna@reader.example様") == ["anna@reader.example"]


@pytest.mark.parametrize("path", ["<>", "<MAILER-DAEMON@mx.example>", "<MAILER-DAEMON>", "< >", "<#@[]>", "<double-bounce@mx.example>", "<<>>"])  # fmt: skip
def test_an_empty_return_path_in_words(path):
    assert addresses.is_null([path])
    text = f"Hello,\n\nyour message to {ANNA} was not delivered: this address is wrong or no longer valid."
    assert [report.recipient for report in parse(mail(text, sender="Postmaster <postmaster@reader.example>", path=path))] == [ANNA]  # fmt: skip


@pytest.mark.parametrize("path", ["<anna@reader.example>", "", "<mailer-daemon-fan@x.example>"])
def test_a_return_path_that_is_not_empty(path):
    assert addresses.is_null([path]) is (path == "")
    assert addresses.is_null(["<anna@reader.example>", "<>"])


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("no-reply@mail.example", "Delivery failure", f"Your mail sent on: Thu, 15 Oct 2026\n     Could not be delivered to: <{ANNA}>\n     As their mailbox is full."),
        ("SMTP_Gateway@mail.example", "Delivery failure notification", f"Your message with Subject: Letter\ncould not be delivered to the following recipients:\n\n{ANNA}\n\nDelivery attempts will continue to be made for 5 day(s)."),
        ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@reader.example", "Undeliverable: Letter", f"Delivery has failed to these recipients or groups:\n\n{ANNA}\n\nRemote server returned '554 5.2.2 mailbox full'"),
    ],
)  # fmt: skip
def test_servers_that_do_not_call_themselves_so(sender, subject, text):
    [report] = parse(mail(text, sender=sender, subject=subject, path=None))
    assert (report.kind in {ReportKind.BOUNCE, ReportKind.DELAYED}, report.recipient, report.hard) == (
        True,
        ANNA,
        False,
    )


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (f"Warning: {ANNA} - User unknown!", f"{ANNA} - no such user here.\n\nThere is no user by that name at this server."),
        ("", f"You sent mail to {ANNA}. That's not a valid user here."),
        ("Your mail", f"{ANNA}: user unknown"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["<>", "<MDaemon@mail.example>"])
def test_subjects_that_say_little(subject, text, path):
    [report] = parse(mail(text, sender="MDaemon@mail.example", subject=subject, path=path, head="Auto-Submitted: auto-replied\n"))  # fmt: skip
    assert (report.kind, report.recipient, report.hard) == (ReportKind.BOUNCE, ANNA, True)


@pytest.mark.parametrize(
    ("kind", "head", "subject", "text"),
    [
        ("other", "X-MS-Exchange-Inbox-Rules-Loop: office@club.example\n", "My new address for the printed copy", "Dear editors,\nplease note that my new address is Example Street 1."),
        ("other", "X-Auto-Response-Suppress: All\n", "A question", "Hello,\nwhen does the next letter come?"),
        ("other", "Auto-Submitted: auto-replied\n", "A question", "Dear editors,\nwhen does the next letter come?"),
        ("other", "Precedence: auto_reply\n", "A question", "Dear editors,\nwhen does the next letter come?"),
        ("other", "List-Id: <talk.lists.example>\n", "Out of office: a novel", "This week we read a novel."),
        ("autoreply", "X-MS-Exchange-Inbox-Rules-Loop: office@club.example\n", "Out of office: The Letter", "I am out of the office until Monday."),
        ("autoreply", "", "Arpus biroja atrasanas automatiska atbilde: The Letter", "I am out of office and will be back on Tuesday."),
        ("autoreply", "List-Id: <office.club.example>\nPrecedence: list\n", "Out of Office AutoReply: The Letter", "I am out of the office until 12 January."),
        ("autoreply", "Auto-Submitted: auto-replied\n", "Re: The Letter", "Hello,\nI am on leave until Monday."),
        ("autoreply", "Auto-Submitted: auto-replied\n", "Received", "We have got your mail."),
    ],
)  # fmt: skip
def test_a_letter_with_an_odd_field_is_a_letter(kind, head, subject, text):
    [report] = parse(mail(text, sender="Anna <anna@reader.example>", subject=subject, path="<anna@reader.example>", head=head))  # fmt: skip
    assert report.kind == kind


def test_a_thank_you_with_an_empty_return_path_is_no_letter():
    text = "Thank you for you e-mail.\nI will endeavour to reply as soon as possible."
    [report] = parse(mail(text, sender="Anna <anna@reader.example>", subject="Thank you for your e-mail", head="Precedence: bulk\n"))  # fmt: skip
    assert report.kind == "autoreply"


def test_a_complaint_that_is_our_message_itself():
    raw = mail("The text of the letter.", sender="letter@club.example", subject="The Letter", path="staff@provider.example", head="X-HmXmrOriginalRecipient: anna@reader.example\n")  # fmt: skip
    [report] = parse(raw)
    assert (report.kind, report.recipient) == (ReportKind.COMPLAINT, ANNA)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Mail failed", f"here is your list of failed recipients:\n\n{ANNA}\n\nhere is your returned mail"),
        ("Email failure", f"The users email address you are trying to contact is not valid: {ANNA}"),
        ("Delivery Status Notification", f"Hello, this is the mail server on mx.example.\n\nI am sending you this message to inform you on the delivery status.\n\n  <{ANNA}>  delivery failed; will not continue trying"),
        ("Message status - undeliverable", f"The message that you sent was undeliverable to the following:\n\t{ANNA} (user not found)"),
        ("DELIVERY FAILURE", f"Your message\n\n  Subject: Letter\n\nwas not delivered to:\n\n  {ANNA}\n\nbecause:\n\n  User anna not listed in Domino Directory"),
        ("Permanent Delivery Failure", f"A message (from <letter@club.example>) was received.\n\nThe following addresses had delivery problems:\n\n<{ANNA}>\n   Permanent Failure: Other address status"),
        ("Zwrot wiadomości", f"Twoja wiadomość do {ANNA} nie została dostarczona: nieznany użytkownik"),
        ("Undeliverable Mail", f"delivery userid: {ANNA} failed - over quota"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("sender", "path", "head"),
    [
        ("MAILER-DAEMON@mx.example", "<>", ""),
        ("postmaster@mx.example", None, ""),
        ("Postmaster <postmaster@mx.example>", "<office-bounces@club.example>", "Precedence: list\nList-Id: <office.club.example>\n"),
    ],
)  # fmt: skip
def test_sentences_of_many_servers(subject, text, sender, path, head):
    assert [report.recipient for report in parse(mail(text, sender=sender, subject=subject, path=path, head=head))] == [ANNA]  # fmt: skip
