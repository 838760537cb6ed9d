"""What a refusal means: words before numbers, and never a dead address where somebody else is meant."""

import pytest

from mailer.domain.bounce import FailureReason, Phase, Scope
from mailer.formats.report import classify
from mailer.formats.reports.classify import CODES, RULES, STATUSES, SUBJECTS, find_rule
from mailer.formats.reports.smtp_reply import find_reply

HARD = """\
550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual alias table
550 No such user here
550 5.1.1 User unknown
550 5.7.1 No such user!
550 Requested action not taken: mailbox unavailable
550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).
550 5.1.1 The email account that you tried to reach does not exist. Please try
550 5.4.1 Recipient address rejected: Access denied. AS(201806281)
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
550 #5.1.0 Address rejected.
550 5.1.1 Mailbox does not exist!
550 sorry, no mailbox here by that name (#5.1.1 - chkusr)
550 5.1.1 unknown or illegal alias: a@b.example
551 5.1.1 sorry, no mailbox here by that name. (#5.1.7)
553 sorry, that domain isn't in my list; this address does not exist
550 Unrouteable address
550 Unknown user a@b.example
550 5.1.1 Recipient not found. <https://community.mimecast.com>
550 a@b.example is not a valid mailbox
550 Invalid recipient
550 5.1.0 - Unknown address error 550-'5.1.1 user unknown'
550 This user does not exist
554 delivery error: dd This user doesn't have a yahoo.com account (a@b.example)
554 30 Sorry, your message to a@b.example cannot be delivered. This mailbox is unavailable
550 Addressee unknown, relay=[1.2.3.4]
550 5.2.1 : user unknown
550 <a@b.example>, Recipient unknown
550 unknown recipient
550 5.1.1 RCP-P1 The attempted recipient address does not exist.
501 5.1.3 Bad recipient address syntax
550 Host unknown
550 5.1.2 Host unknown (Name server: b.example: host not found)
Domain b.example not found
Host or domain name not found. Name service error for name=b.example type=AAAA: Host not found
5.4.4 Invalid arguments: host not found
Sorry, I couldn't find any host named b.example. (#5.1.2)
556 5.1.10 Recipient address has null MX
Domain b.example does not accept mail (nullMX)
551 5.1.6 User has moved; please try <x@y.example>
550 5.1.6 recipient no longer on server: a@b.example
550 mailbox not found
550 5.1.1 The user does not exist.
550 Mailbox unavailable or no such user
550 5.1.1 Account not found
550 User not found: a@b.example
550 non-local user: unknown user
550-5.1.1 The email account that you tried to reach does not exist.
550 Пользователь не найден
""".splitlines()
SOFT = """\
Host or domain name not found. Name service error for name=b.example type=MX: Malformed or unexpected name server reply
552 5.2.2 Mailbox full
550 5.1.1 <a@b.example>... Mailbox full
550 5.2.2 Over quota
452 4.2.2 The email account that you tried to reach is over quota
550 5.1.1 user over quota
554 5.7.1 Service unavailable; Client host [1.2.3.4] blocked using zen.spamhaus.org
550 5.7.1 Message rejected as spam by Content Filtering.
550 5.7.26 This mail has been blocked because the sender is unauthenticated.
550 5.7.1 Unauthenticated email from x.example is not accepted due to domain's DMARC policy
550 SPF check failed: user unknown? no: sender not permitted
550 5.7.1 <a@b.example>: Sender address rejected: Domain not found
550 5.1.8 <x@y.example>: Sender address rejected: User unknown in local recipient table
450 4.1.1 <a@b.example>: Recipient address rejected: unverified address
450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/
451 4.7.1 Greylisting in action, please come back later
421 4.7.0 [TSS04] Messages from 1.2.3.4 temporarily deferred due to user complaints
421 RP-001 (BAY004) Unfortunately, some messages from 1.2.3.4 weren't sent. Please try again
550 SC-001 (BAY004-MC) Unfortunately, messages from 1.2.3.4 weren't sent. Please contact your ISP since part of their network is on our block list.
550 5.7.1 Unfortunately, messages from [1.2.3.4] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).
554 5.7.1 <a@b.example>: Relay access denied
550 5.7.1 Unable to relay
553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
552 5.3.4 Message size exceeds fixed limit
552 message too large
550 5.7.0 Message rejected: virus found
554 5.6.0 Banned attachment type
550 5.7.1 Access denied
550 Rejected
550 5.2.1 The email account that you tried to reach is disabled.
550 Account disabled
550 5.7.1 reverse DNS lookup failed
550 5.7.25 The IP address sending this message does not have a PTR record setup
421 4.4.2 Connection timed out
connect to b.example[1.2.3.4]:25: Connection refused
connect to b.example[1.2.3.4]:25: No route to host
Host or domain name not found. Name service error for name=b.example type=MX: Host not found, try again
conversation with b.example[1.2.3.4] timed out while sending RCPT TO
lost connection with b.example[1.2.3.4] while receiving the initial server greeting
mail for b.example loops back to myself
554 5.4.6 Too many hops
451 4.3.0 Temporary lookup failure
451 4.3.5 Server configuration problem
452 4.3.1 Insufficient system storage
550 5.7.1 You are not allowed to post to this mailing list
550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required
550 5.7.1 RESOLVER.RST.AuthRequired; authentication required
550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy
554 5.7.9 Message not accepted for policy reasons.
550 5.1.1 <a@b.example> 1.2.3.4 has sent to too many recipients this hour.
550 5.7.1 [1.2.3.4 12] Our system has detected that this message is likely unsolicited mail.
550 5.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.
554 Message rejected: Email address is not verified.
530 5.7.0 Must issue a STARTTLS command first
535 5.7.8 Authentication credentials invalid
550 5.5.1 Protocol error
500 5.5.1 Command unrecognized
554 Transaction failed
550 Mail content denied. http://service.mail.qq.com
550 Ip frequency limited
550 Mailbox unavailable or access denied
550 Suspected bounce attacks
550 Connection frequency limited
554 IP<1.2.3.4> in blacklist
550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id
550 Message was not accepted -- spam
451 Try again later
550 We do not accept mail from hosts with dynamic IP or generic DNS PTR-records
421 mwinf5c77 ME Service refuse. Veuillez essayer plus tard. OFR_999 [999]
550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]
550 5.7.606 Access denied, banned sending IP [1.2.3.4]
550 5.7.511 Access denied, banned sender[1.2.3.4].
550 5.1.90 Your message can't be sent because you've reached your daily limit
550 5.7.501 Access denied, spam abuse detected from your account
550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP
550 5.6.11 RESOLVER.ADR.InvalidChars bare linefeed
554 5.2.0 STOREDRV.Deliver; delivery result banner
550 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
550 4.4.7 QUEUE.Expired; message expired
550 Administrative prohibition
550 Blocked by recipient
550 5.7.1 Recipient rejected: sender is on the recipient's blocked list
550 User's mailbox is temporarily unavailable
450 Requested mail action not taken: mailbox unavailable
550 The recipient's mailbox is full
554 5.7.1 Spam detected by mail filter
550 Local Policy Violation
553 5.3.0 Spammers are not welcome here
450 4.7.25 Client host rejected: cannot find your hostname, [1.2.3.4]
450 4.7.1 Client host rejected: too many connections
550 DKIM check failed
554 5.7.1 The message contains a URL listed in a blocklist
552 5.7.0 This message was blocked because its content presents a potential security issue.
550 Verification failed for <x@y.example>: sender verify failed
550 Sender verify failed
501 Syntactically invalid HELO argument(s)
550 5.7.23 The message was rejected because of Sender Policy Framework violation
550 Message headers fail syntax check
""".splitlines()


def judged(text, phase=None):
    reply = find_reply(text)
    return classify(reply.code, reply.status, text, phase or reply.phase)


@pytest.mark.parametrize("text", HARD)
def test_dead_addresses(text):
    verdict = judged(text)
    assert (verdict.hard, verdict.scope) == (True, Scope.ADDRESS), verdict


@pytest.mark.parametrize("text", SOFT)
def test_everything_else(text):
    verdict = judged(text)
    assert not verdict.hard, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 Not enough disk space", FailureReason.SERVER_FULL),
        ("550 5.2.1 User Unknown", FailureReason.USER_UNKNOWN),
        ("552 5.2.2 Mailbox full", FailureReason.MAILBOX_FULL),
        ("550 5.7.1 <a@b.example>: Sender address rejected: User unknown", FailureReason.SENDER_REFUSED),
        ("connect to b.example[192.0.2.1]:25: Connection refused", FailureReason.NETWORK),
        ("host mx.b.example[192.0.2.1] refused to talk to me: 554 your IP is on a block list", FailureReason.BLOCKED),
        ("550 5.7.26 this mail is not authenticated", FailureReason.AUTHENTICATION),
        ("451 4.7.1 Greylisted", FailureReason.GREYLISTED),
        ("procmail: no such user", FailureReason.SERVER),
        ("Почтовый ящик переполнен", FailureReason.MAILBOX_FULL),
        ("Такого пользователя не существует", FailureReason.USER_UNKNOWN),
        ("письмо похоже на спам", FailureReason.SPAM),
    ],
)
def test_words_win_over_numbers(text, reason):
    assert judged(text).reason is reason


@pytest.mark.parametrize(
    ("phase", "reason", "hard"),
    [
        (Phase.RCPT, FailureReason.USER_UNKNOWN, True),
        (Phase.DATA, FailureReason.USER_UNKNOWN, True),
        (Phase.UNKNOWN, FailureReason.USER_UNKNOWN, True),
        (Phase.CONTENT, FailureReason.FILTERED, False),
        (Phase.MAIL, FailureReason.SENDER_REFUSED, False),
        (Phase.CONNECT, FailureReason.SENDER_REFUSED, False),
        (Phase.HELLO, FailureReason.SENDER_REFUSED, False),
        (Phase.AUTH, FailureReason.SENDER_REFUSED, False),
    ],
)
def test_the_same_words_in_another_phase(phase, reason, hard):
    verdict = classify(550, "5.1.1", "User unknown", phase)
    assert (verdict.reason, verdict.hard) == (reason, hard)


@pytest.mark.parametrize(
    ("code", "status", "hard"),
    [
        (550, "5.1.1", True),
        (550, None, True),
        (None, None, True),
        (450, "5.1.1", False),
        (450, None, False),
        (None, "4.1.1", False),
    ],
)
def test_hard_is_final(code, status, hard):
    assert classify(code, status, "User unknown").hard is hard


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (550, "5.1.1", FailureReason.USER_UNKNOWN),
        (550, "5.1.10", FailureReason.TAKES_NO_MAIL),
        (550, "5.2.2", FailureReason.MAILBOX_FULL),
        (550, "5.7.26", FailureReason.AUTHENTICATION),
        (550, "5.7.999", FailureReason.POLICY),
        (550, "5.6.5", FailureReason.CONTENT),
        (552, "5.0.0", FailureReason.MAILBOX_FULL),
        (552, "5.1.0", FailureReason.MAILBOX_FULL),
        (421, None, FailureReason.SERVER),
        (550, None, FailureReason.UNKNOWN),
        (554, "nonsense", FailureReason.UNKNOWN),
        (None, None, FailureReason.UNKNOWN),
    ],
)
def test_numbers_alone(code, status, reason):
    assert classify(code, status, "").reason is reason


def test_551_means_moved_only_where_a_recipient_was_named():
    assert classify(551, None, "", Phase.RCPT).reason is FailureReason.MOVED
    assert classify(551, None, "", Phase.CONTENT).reason is FailureReason.UNKNOWN


def test_a_line_of_the_table_has_a_reason_of_its_own():
    whys = [rule.meaning for rule in RULES] + [
        why for _, why in [*STATUSES.values(), *SUBJECTS.values(), *CODES.values()]
    ]
    assert all(whys)
    assert len(set(whys)) == len(whys)


def test_no_line_matches_nothing():
    assert find_rule("") is None
    assert not [rule.meaning for rule in RULES if rule.matches("")]


def test_links_are_no_words():
    assert find_rule("see https://example.org/spam/user-unknown") is None


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("(in reply to RCPT TO command)", Phase.RCPT),
        ("(in reply to end of DATA command)", Phase.CONTENT),
        ("SMTP error from remote mail server after MAIL FROM:<x>", Phase.MAIL),
        ("SMTP error from remote mail server after initial connection", Phase.CONNECT),
        ("Connected to 192.0.2.1 but my name was rejected.", Phase.HELLO),
        ("failed after STARTTLS", Phase.STARTTLS),
        (">>> DATA\n<<< 550 no", Phase.DATA),
        ("nothing", Phase.UNKNOWN),
    ],
)
def test_phases(text, phase):
    assert find_reply(text).phase is phase


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("550 5.1.1 unknown", 550, "5.1.1"),
        ("550-5.1.1 unknown", 550, "5.1.1"),
        ("said: 450 later", 450, None),
        ("250 2.0.0 ok", None, None),
        ("554 5.0.0 Service unavailable (550 5.1.1 unknown)", 554, "5.1.1"),
        ("at 192.0.2.5 on 2026-03-02, port 550/tcp", None, None),
        ("(#5.1.2)", None, "5.1.2"),
        ("", None, None),
    ],
)
def test_replies(text, code, status):
    reply = find_reply(text)
    assert (reply.code, reply.status) == (code, status)
