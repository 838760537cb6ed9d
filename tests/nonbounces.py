"""A thousand made-up mails that are no bounces: absences, receipts, tickets, newsletters, and letters about bounces."""

import base64
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.bounce import ReportKind
from tests.absences import absence, letter
from tests.formats.mutations import Chance

BOUNCES = [
    mail.read_text(encoding="utf-8", errors="replace")
    for mail in sorted((Path(__file__).parent / "corpus").glob("*.eml"))
    if b'kind = "bounce"' in mail.with_suffix(".toml").read_bytes()
]
PERSON = "Return-Path: <anna@reader.example>\n"
ROBOT = "Return-Path: <bounce-77@news.example>\n"
NULL = "Return-Path: <>\n"
OTHER = frozenset({ReportKind.OTHER})
# An acknowledgement of receipt may be read as an automatic reply or as a letter: neither has consequences.
EITHER = frozenset({ReportKind.OTHER, ReportKind.AUTOREPLY})
MDN = frozenset({ReportKind.MDN})
CHALLENGE = frozenset({ReportKind.CHALLENGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class NonBounce:
    """A mail that is no bounce, with the kinds of report that may be read in it, and the name of its family."""

    family: str
    raw: bytes
    kinds: frozenset[ReportKind]


def thousand() -> Iterator[NonBounce]:
    """One thousand of them, the same in every run."""
    for number in range(400):
        mail = absence(number)
        yield NonBounce(
            family=f"absence {mail.language} {mail.program}", raw=mail.raw, kinds=frozenset({ReportKind.AUTOREPLY})
        )
    for number in range(600):
        family, (make, kinds) = list(FAMILIES.items())[number % len(FAMILIES)]
        yield NonBounce(family=family, raw=make(Chance(f"{family} {number}")), kinds=kinds)


def _pick(chance: Chance, choices: tuple[str, ...]) -> str:
    return choices[chance.below(len(choices))]


GREETINGS = (
    "Dear secretary,\nwhat does this mean? It came back when I wrote to the editor.", "Hello,\n\nwhy did my mail bounce? See below.", "Can you help? I cannot reach Mr Petrov any more.",
    "Здравствуйте! Письмо вернулось, вот что мне пришло:", "Добрый день, моё письмо не доставлено. Что делать?", "Guten Tag,\nmeine Nachricht kam zurück. Was bedeutet das?", "Bonjour, mon message m'est revenu. Pouvez-vous m'aider ?",
    "Hi all, FYI - user unknown again on the list server, see the report.", "Please remove the dead address below from your list, it bounces.",
)  # fmt: skip
HUMAN_SUBJECTS = (
    "Re: Undelivered Mail Returned to Sender", "Fwd: Undelivered Mail Returned to Sender", "Why did my mail bounce?", "FW: Undeliverable: Bulletin 254", "Undeliverable", "Returned mail", "RE: failure notice", "failure notice: what now?",
    "Ответ: Недоставленное сообщение", "Fwd: Сообщение не доставлено", "WG: Unzustellbar: Bulletin", "TR: Échec de la remise", "Mail delivery failed?", "my mail was returned to sender", "bounce", "550 5.1.1 - please help", "Delivery Status Notification (Failure) - what is this", "Не доставлено письмо",
)  # fmt: skip


def _quoted(chance: Chance) -> bytes:
    bounce = BOUNCES[chance.below(len(BOUNCES))]
    mark = _pick(chance, ("> ", ">", "| ", "> > "))
    text = f"{_pick(chance, GREETINGS)}\n\nOn 2 March the mail system wrote:\n" + "\n".join(
        mark + line for line in bounce.split("\n")
    )
    return letter(PERSON, _pick(chance, HUMAN_SUBJECTS), text)  # fmt: skip


def _pasted(chance: Chance) -> bytes:
    bounce = BOUNCES[chance.below(len(BOUNCES))]
    divider = _pick(
        chance,
        (
            "-----Original Message-----\n",
            "---------- Forwarded message ---------\n",
            "",
            "________________________________\n",
            "-------- Пересылаемое сообщение --------\n",
            "Begin forwarded message:\n\n",
        ),
    )
    body = bounce if divider or chance.below(2) else bounce.partition("\n\n")[2]
    return letter(PERSON, _pick(chance, HUMAN_SUBJECTS), f"{_pick(chance, GREETINGS)}\n\n{divider}{body}", encoding=_pick(chance, ("8bit", "base64")))  # fmt: skip


def _attached(chance: Chance) -> bytes:
    bounce = BOUNCES[chance.below(len(BOUNCES))]
    kind = _pick(
        chance,
        (
            "message/rfc822",
            'message/rfc822; name="bounce.eml"',
            'application/octet-stream; name="bounce.eml"',
            "text/plain; name=bounce.txt",
        ),
    )
    text = f"--b0\nContent-Type: text/plain; charset=utf-8\n\n{_pick(chance, GREETINGS)}\n--b0\nContent-Type: {kind}\nContent-Disposition: attachment\n\n{bounce}\n--b0--\n"
    return letter(PERSON, _pick(chance, HUMAN_SUBJECTS), text, kind='multipart/mixed; boundary="b0"')  # fmt: skip


def _html_quote(chance: Chance) -> bytes:
    bounce = BOUNCES[chance.below(len(BOUNCES))].replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>\n")
    text = f"<html><body><p>{_pick(chance, GREETINGS)}</p><blockquote>{bounce}</blockquote></body></html>"
    return letter(PERSON, _pick(chance, HUMAN_SUBJECTS), text, kind="text/html")


def _short(chance: Chance) -> bytes:
    text = _pick(chance, (
        "Dear secretary,\n\nthe postmaster told me that user boris@reader.example is unknown. Is that right?", "My last three mails could not be delivered to clara@reader.example. Mailbox full?", "I moved. Please use boris@other.example.org from now on, the old mailbox is closed.",
        "The bulletin did not arrive in March. Was it returned?", "Здравствуйте! Бюллетень не доставлен, ящик boris@reader.example был переполнен.", "Meine Mail an boris@reader.example war unzustellbar. Ist das Postfach voll?",
        "failure\n\nPlease find the failure report of the pump attached. The delivery to boris@reader.example has failed twice.", "550 5.1.1 user unknown - this is what I get for boris@reader.example. Thanks!", "Undeliverable, says my provider.\n\nboris@reader.example: mailbox unavailable",
    ))  # fmt: skip
    return letter(PERSON, _pick(chance, HUMAN_SUBJECTS), text)


def _ticket(chance: Chance) -> bytes:
    number = 1000 + chance.below(9000)
    subject, text = (
        (f"[Ticket #{number}] 550 5.1.1 User unknown", f"Your request #{number} has been received. We answer within two days.\n\n> my mail to boris@reader.example was returned: 550 5.1.1 User unknown"),
        (f"Your request #{number} has been received", "Thank you for contacting support. Your message:\n\nMail delivery failed: returning message to sender. boris@reader.example: user unknown"),
        (f"Re: [#{number}] Undelivered Mail Returned to Sender", "Our team will get back to you.\n-- \nHelp desk"),
        (f"Заявка №{number} принята", "Ваше обращение зарегистрировано. Тема: письмо не доставлено, пользователь boris@reader.example не найден."),
        (f"Case {number}: mailbox full", "We have opened a case. The user boris@reader.example is over quota and mail could not be delivered to him."),
    )[chance.below(5)]  # fmt: skip
    head = (NULL + "Auto-Submitted: auto-replied\n", ROBOT + "Auto-Submitted: auto-generated\nPrecedence: bulk\n", ROBOT, NULL + "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n")[chance.below(4)]  # fmt: skip
    return letter(head, subject, text, sender=_pick(chance, ("Help Desk <helpdesk@service.example>", "Support <support@service.example>", "Служба поддержки <help@service.example>")))  # fmt: skip


def _newsletter(chance: Chance) -> bytes:
    subject = _pick(
        chance,
        (
            "Undeliverable: how to read a bounce",
            "Delivery failure - five reasons",
            "Mail delivery failed? Read this",
            "Your mail has been returned to sender (a story)",
            "Почему письма не доставлены",
            "Returned mail: the history of the dead letter office",
            "Delivery Status Notifications explained",
        ),
    )
    text = 'This week: a report says "550 5.1.1 <boris@reader.example>: Recipient address rejected: User unknown".\nYour message could not be delivered to the following recipients:\n\n    boris@reader.example\n\nRead more at https://news.example/bounces\nWrite to editor@news.example.'
    head = ROBOT + _pick(
        chance,
        (
            "List-Unsubscribe: <https://news.example/u/1>\n",
            "List-Id: <weekly.news.example>\nPrecedence: bulk\n",
            "Precedence: list\nList-Post: <mailto:weekly@news.example>\n",
            "X-Mailer: MailChimp\nPrecedence: bulk\n",
            "Auto-Submitted: auto-generated\nPrecedence: bulk\n",
        ),
    )
    return letter(head, subject, text, sender=_pick(chance, ("Deliverability Weekly <news@news.example>", "Mail Matters <mail@news.example>", "Postmaster Blog <blog@news.example>", "The Mail Server News <editor@news.example>")))  # fmt: skip


def _parcel(chance: Chance) -> bytes:
    subject = _pick(
        chance,
        (
            "Delivery status notification: your package",
            "Delivery failed: your parcel",
            "Undeliverable parcel 4711",
            "Your parcel was returned to sender",
            "Delivery delayed: order 4711",
            "Посылка не доставлена",
            "Zustellung nicht möglich: Ihr Paket",
            "Votre colis n'a pas pu être livré",
            "Failed delivery attempt",
            "Delivery failure notice for shipment 4711",
        ),
    )
    text = _pick(
        chance,
        (
            "Unfortunately, your parcel could not be delivered. The recipient was unknown at this address. Contact us: care@parcels.example.",
            "Your package has been delayed. We will try again tomorrow. Questions? Write to care@parcels.example.",
            "К сожалению, посылка не доставлена: получатель не найден.",
            "Delivery to: Anna Reader, anna@reader.example\nStatus: failed, address unknown",
            "Your message to the courier could not be delivered. Delivery has failed; the addressee is unknown.",
        ),
    )
    sender = _pick(
        chance,
        (
            "Parcels <news@parcels.example>",
            "Delivery Notification <no-reply@parcels.example>",
            "Mail Delivery Service <delivery@parcels.example>",
            "Delivery Status <noreply@parcels.example>",
            "Postmaster General <post@parcels.example>",
        ),
    )
    return letter(_pick(chance, (ROBOT, ROBOT + "List-Unsubscribe: <https://parcels.example/u>\n", "Return-Path: <delivery@parcels.example>\n", ROBOT + "Auto-Submitted: auto-generated\n")), subject, text, sender=sender)  # fmt: skip


def _bank(chance: Chance) -> bytes:
    subject, text = (
        ("Payment rejected", "Your payment to boris@reader.example was rejected: account unknown."), ("Order 4711 could not be processed", "The card was refused. The address does not exist."), ("Your account has been suspended", "Your account anna@reader.example is disabled. Please log in."),
        ("Password reset failed", "No such user: anna@reader.example"), ("Your mailbox is almost full", "Your mailbox anna@reader.example has used 95 % of its quota. Delivery of new mail may fail."), ("Login failure", "Someone failed to log in as anna@reader.example."), ("Delivery failure of your web hook", "POST returned 550. Delivery failed 10 times. The endpoint was disabled."),
    )[chance.below(7)]  # fmt: skip
    return letter(_pick(chance, (ROBOT, ROBOT + "Auto-Submitted: auto-generated\n")), subject, text, sender=_pick(chance, ("Shop <no-reply@shop.example>", "Bank <service@bank.example>", "Mail Administrator <admin@host.example>")))  # fmt: skip


def _digest(chance: Chance) -> bytes:
    bounce = BOUNCES[chance.below(len(BOUNCES))]
    text = f"--d0\nContent-Type: text/plain\n\nToday's topics:\n 1. Undelivered Mail Returned to Sender (Anna)\n--d0\nContent-Type: multipart/digest; boundary=d1\n\n--d1\n\n{bounce}\n--d1--\n--d0--\n"
    return letter("Return-Path: <talk-bounces@lists.example>\nList-Id: <talk.lists.example>\nPrecedence: list\n", f"Talk Digest, Vol {chance.below(90)}, Issue 3", text, sender="talk-request@lists.example", kind="multipart/mixed; boundary=d0")  # fmt: skip


def _postmaster(chance: Chance) -> bytes:
    text = _pick(chance, (
        "Dear customers,\n\nlast night our mail system failed, and mail to anna@reader.example and others was delayed. All is well again.", "Hello Anna,\n\nI looked at the logs: your mail to boris@reader.example was rejected because his mailbox is full. Shall I raise his quota?",
        "Уважаемые пользователи!\n\nВчера был сбой, письма не доставлялись. Вопросы: help@host.example.", "Liebe Kunden,\n\nam Wochenende konnten Nachrichten nicht zugestellt werden.", "Hi,\n\nthe address clara@reader.example does not exist here, so please stop writing to it.", "Sehr geehrte Frau Reader,\n\ndas Postfach boris@reader.example existiert nicht mehr.",
    ))  # fmt: skip
    subject = _pick(
        chance,
        (
            "Mail delivery problems last night",
            "Your undelivered mail",
            "Re: bounce",
            "Mail system error on Sunday",
            "Delivery delay: what happened",
            "Сбой доставки почты",
            "Nicht zugestellte Nachrichten",
        ),
    )
    return letter("Return-Path: <postmaster@host.example>\n", subject, text, sender=_pick(chance, ("Postmaster <postmaster@host.example>", "John Smith, Postmaster <postmaster@host.example>", "Mail Administrator <postmaster@host.example>")))  # fmt: skip


def _calendar(chance: Chance) -> bytes:
    method = _pick(chance, ("REQUEST", "REPLY", "CANCEL"))
    text = f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nSUMMARY:Mail delivery failures\nATTENDEE:mailto:boris@reader.example\nEND:VEVENT\nEND:VCALENDAR"
    return letter(PERSON, _pick(chance, ("Declined: failure analysis", "Accepted: Delivery failures", "Invitation: mail system errors")), text, kind=f"text/calendar; method={method}")  # fmt: skip


def _cron(chance: Chance) -> bytes:
    sender, subject, text = (
        ("root@host.example (Cron Daemon)", "Cron <root@host> /usr/local/bin/users", "user unknown: boris@reader.example\nfailed to deliver: 550 5.1.1"),
        ("Monitoring <nagios@host.example>", "** PROBLEM Service Alert: mail/SMTP is CRITICAL **", "connect to mx.reader.example[192.0.2.1]:25: Connection timed out\nmessage to boris@reader.example could not be delivered"),
        ("root <root@host.example>", "Logwatch for host", "--- postfix ---\n 12 5xx reject: User unknown\n 550 5.1.1 <boris@reader.example>: 3 time(s)"),
        ("Postfix Log <postmaster@host.example>", "Postfix log summaries for Mar 1", "message bounce detail (by relay)\n  550 5.1.1 User unknown: 3\n  boris@reader.example"),
        ("backup@host.example", "Backup failed", "rsync error: connection refused\nbackup of /home/boris failed"),
        ("Uptime <robot@watch.example>", "Monitor is DOWN: mail server", "The mail server did not respond. Error: Connection refused."),
        ("Mail Server <monitor@host.example>", "Daily report: 3 delivery failures", "Delivery failures of yesterday:\n\nboris@reader.example  550 5.1.1 User unknown\nclara@reader.example  552 Mailbox full"),
    )[chance.below(7)]  # fmt: skip
    return letter(f"Return-Path: <{_pick(chance, ('root', 'monitor'))}@host.example>\n{_pick(chance, ('', 'Auto-Submitted: auto-generated' + chr(10)))}", subject, text, sender=sender)  # fmt: skip


def _zipped(name: str) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(
            zipfile.ZipInfo(name), "<feedback><policy_evaluated><dkim>fail</dkim></policy_evaluated></feedback>"
        )
    return base64.encodebytes(packed.getvalue()).decode()


def _dmarc(chance: Chance) -> bytes:
    sender = _pick(
        chance,
        (
            "noreply-dmarc-support@provider.example",
            "postmaster@provider.example",
            "DMARC Aggregate Report <dmarcreport@provider.example>",
            "MAILER-DAEMON@provider.example",
            "abuse_dmarc@provider.example",
        ),
    )
    words = _pick(
        chance,
        (
            "",
            "This is a DMARC aggregate report for club.example generated at Mon Mar 2.\n",
            "This is an automated message. Do not reply.\n",
        ),
    )
    text = f"--z\nContent-Type: text/plain\n\n{words}\n--z\nContent-Type: application/zip; name=provider.example!club.example!1!2.zip\nContent-Transfer-Encoding: base64\n\n{_zipped('r.xml')}\n--z--\n"
    return letter(_pick(chance, (NULL, ROBOT)), "Report Domain: club.example Submitter: provider.example Report-ID: 1234", text, sender=sender, kind="multipart/mixed; boundary=z")  # fmt: skip


def _tls_rpt(chance: Chance) -> bytes:
    text = f"--z\nContent-Type: text/plain\n\nThis is an aggregate TLS report from provider.example. 3 sessions failed.\n--z\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n{_zipped('r.json')}\n--z--\n"
    return letter(_pick(chance, (NULL, ROBOT)) + "TLS-Report-Domain: club.example\nTLS-Report-Submitter: provider.example\n", "Report Domain: club.example Submitter: provider.example Report-ID: <2026.1@provider.example>", text, sender=_pick(chance, ("noreply-smtp-tls-reporting@provider.example", "postmaster@provider.example")), kind='multipart/report; report-type="tlsrpt"; boundary=z')  # fmt: skip


def _receipt(chance: Chance) -> bytes:
    subject = _pick(
        chance,
        (
            "Read: Bulletin 254",
            "Not read: Bulletin 254",
            "Прочитано: Bulletin 254",
            "Gelesen: Bulletin 254",
            "Lu : Bulletin 254",
            "Return Receipt (displayed) - Bulletin 254",
            "Disposition notification",
            "開封済み: Bulletin 254",
        ),
    )
    what = _pick(chance, ("displayed", "deleted", "dispatched", "processed"))
    mode = _pick(chance, ("manual-action/MDN-sent-manually", "automatic-action/MDN-sent-automatically"))
    text = f"--m\nContent-Type: text/plain; charset=utf-8\n\nYour message was {what}. This does not mean that it was delivered.\n--m\nContent-Type: message/disposition-notification\n\nReporting-UA: mail.reader.example; Mailer 1.0\nFinal-Recipient: rfc822;anna@reader.example\nOriginal-Message-ID: <d1@club.example>\nDisposition: {mode}; {what}\n\n--m--\n"
    return letter(_pick(chance, (NULL, PERSON)), subject, text, kind='multipart/report; report-type="disposition-notification"; boundary=m')  # fmt: skip


def _read(chance: Chance) -> bytes:
    subject, text = (
        ("Прочитано: Bulletin 254", "Ваше сообщение\n\n  Кому: Anna\n  Тема: Bulletin 254\n\nбыло прочитано 02.03.2026 10:00."), ("Read: Bulletin 254", "Your message\n\n   To: Anna\n   Subject: Bulletin 254\n   Sent: Monday\n\n was read on Monday, 2 March 2026 10:00:00."),
        ("Not read: Bulletin 254", "Your message\n   To: Anna\n was deleted without being read on Monday."), ("Gelesen: Bulletin 254", "Ihre Nachricht an Anna wurde am 02.03.2026 gelesen."), ("Lu : Bulletin 254", "Votre message à Anna a été lu le 2 mars."),
        ("Leído: Bulletin 254", "Su mensaje fue leído el lunes."), ("Letto: Bulletin 254", "Il messaggio è stato letto il 2 marzo."), ("Lida: Bulletin 254", "A sua mensagem foi lida em 2 de março."), ("Gelezen: Bulletin 254", "Uw bericht is gelezen op 2 maart."), ("Przeczytano: Bulletin 254", "Wiadomość została przeczytana 2 marca."),
        ("Прочитано: Bulletin 254", "Подтверждение о прочтении: сообщение прочитано."), ("Уведомление о прочтении (открыто) - Bulletin 254", "Это уведомление о прочтении письма, отправленного вами. Сообщение было прочитано, но это не значит, что его поняли."), ("已读: Bulletin 254", "您的邮件已读。"), ("Läst: Bulletin 254", "Meddelandet lästes den 2 mars."), ("Nepřečteno: Bulletin 254", "Zpráva byla odstraněna bez přečtení."),
    )[chance.below(15)]  # fmt: skip
    return letter(_pick(chance, (NULL, PERSON)), subject, text)


def _challenge(chance: Chance) -> bytes:
    subject, text = (
        ("Please confirm your message to boris@reader.example", "Your message has been held. To deliver your message, please click https://check.example/1 - this proves that you are human."), ("Your message awaits moderator approval", "Your mail to talk@lists.example is being held until the list moderator can review it for approval."),
        ("Подтвердите отправку письма", "Для доставки письма подтвердите, пожалуйста, что вы не робот: https://check.example/1"), ("Sender verification required", "boris@reader.example uses a white list. Please confirm that you are a real person by answering this mail. Your message was not delivered yet."), ("Bestätigung erforderlich", "Bitte bestätigen Sie, dass Sie ein Mensch sind. Ihre Nachricht wird solange nicht zugestellt: https://check.example/1"),
    )[chance.below(5)]  # fmt: skip
    return letter(_pick(chance, (NULL + "Auto-Submitted: auto-replied\n", NULL, NULL + "Precedence: bulk\n")), subject, text, sender=_pick(chance, ("Boris <boris@reader.example>", "talk-owner@lists.example", "Filter <filter@reader.example>")))  # fmt: skip


FAMILIES: dict[str, tuple[Callable[[Chance], bytes], frozenset[ReportKind]]] = {
    "quoted": (_quoted, OTHER), "pasted": (_pasted, OTHER), "attached": (_attached, OTHER), "html quote": (_html_quote, OTHER), "short": (_short, OTHER), "ticket": (_ticket, EITHER), "newsletter": (_newsletter, OTHER), "parcel": (_parcel, OTHER), "bank": (_bank, OTHER),
    "postmaster": (_postmaster, OTHER), "digest": (_digest, OTHER), "calendar": (_calendar, OTHER), "cron": (_cron, OTHER), "dmarc": (_dmarc, OTHER), "tls-rpt": (_tls_rpt, OTHER), "receipt": (_receipt, MDN), "read": (_read, MDN), "challenge": (_challenge, CHALLENGE),
}  # fmt: skip
