"""What a refusal of the relay is about: the copy, our pace, or ourselves."""

from itertools import product
from pathlib import Path
from time import process_time

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.relay_reply import matter_of
from mailer.gateways.smtp.replies import parse

REPLIES = Path(__file__).parent / "replies"
BEFORE_RECIPIENT = [Phase.CONNECT, Phase.HELLO, Phase.AUTH, Phase.MAIL]


def wordings(matter: RelayMatter) -> list[tuple[RelayMatter, Phase, str]]:
    """Replies of servers that are about this, a phase and a reply in each line."""
    lines = (REPLIES / f"relay_{matter}.txt").read_text(encoding="utf-8").splitlines()
    return [(matter, Phase(phase), reply) for phase, _, reply in (line.partition("|") for line in lines)]


@pytest.mark.parametrize(("matter", "phase", "text"), [each for matter in RelayMatter for each in wordings(matter)])
def test_servers_say_whose_matter_it_is(matter: RelayMatter, phase: Phase, text: str) -> None:
    assert matter_of(parse(int(text[:3]), text[4:]), phase) is matter


@pytest.mark.parametrize(("_", "phase", "text"), wordings(RelayMatter.COPY))
def test_a_recipients_trouble_never_stops_the_relay_in_a_later_phase(_: RelayMatter, phase: Phase, text: str) -> None:
    for later in (Phase.RCPT, Phase.DATA, Phase.CONTENT):
        assert matter_of(parse(int(text[:3]), text[4:]), later) is not RelayMatter.STOP


@pytest.mark.parametrize("phase", BEFORE_RECIPIENT)
def test_before_a_recipient_is_named_a_refusal_is_never_the_readers(phase: Phase) -> None:
    assert matter_of(Reply(code=450, status="4.2.1", text="Mailbox busy"), phase) is RelayMatter.SLOW
    assert matter_of(Reply(code=550, status="5.1.1", text="No such user"), phase) is RelayMatter.STOP


def test_a_size_or_a_form_that_mail_announces_is_the_messages_matter() -> None:
    assert matter_of(Reply(code=552, text="Message size exceeds fixed limit"), Phase.MAIL) is RelayMatter.COPY
    assert matter_of(Reply(code=550, status="5.3.4", text="Too big"), Phase.MAIL) is RelayMatter.COPY
    assert matter_of(Reply(code=550, status="5.6.7", text="Address not ASCII"), Phase.MAIL) is RelayMatter.COPY


@pytest.mark.parametrize("text", ["Your account has been suspended", "Quota exceeded", "Your plan's limit is reached"])
def test_the_code_of_a_size_may_be_about_our_account_all_the_same(text: str) -> None:
    assert matter_of(Reply(code=552, text=text), Phase.MAIL) is RelayMatter.STOP


@pytest.mark.parametrize("code", [525, 530, 534, 535, 538])
@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.CONTENT])
def test_a_login_that_is_wanted_or_refused_is_ours_in_any_phase(code: int, phase: Phase) -> None:
    assert matter_of(Reply(code=code, status="5.7.0", text="account is inactive"), phase) is RelayMatter.STOP


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.CONTENT])
def test_a_relay_that_ends_the_session_asks_to_slow_down(phase: Phase) -> None:
    assert matter_of(Reply(code=421, text="closing connection"), phase) is RelayMatter.SLOW


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.CONTENT])
@pytest.mark.parametrize("code", [421, 450, 451])
def test_a_greylist_is_not_cured_by_a_slower_pace(code: int, phase: Phase) -> None:
    assert matter_of(Reply(code=code, status=f"{code // 100}.7.1", text="Greylisted"), phase) is RelayMatter.COPY


@pytest.mark.parametrize(
    ("status", "phase", "matter"),
    [
        ("4.4.5", Phase.RCPT, RelayMatter.SLOW),
        ("4.3.2", Phase.RCPT, RelayMatter.SLOW),
        ("4.5.3", Phase.RCPT, RelayMatter.SLOW),
        ("4.7.28", Phase.RCPT, RelayMatter.SLOW),
        ("4.3.0", Phase.RCPT, RelayMatter.COPY),  # a look-up for this recipient
        ("4.3.0", Phase.CONTENT, RelayMatter.SLOW),
        ("4.3.5", Phase.CONTENT, RelayMatter.SLOW),
        ("4.2.1", Phase.CONTENT, RelayMatter.COPY),
        ("4.1.1", Phase.DATA, RelayMatter.COPY),
        ("4.7.1", Phase.DATA, RelayMatter.SLOW),  # the recipient was taken, nothing has been read yet
        ("4.7.1", Phase.CONTENT, RelayMatter.COPY),
    ],
)
def test_a_status_tells_load_from_a_judgement(status: str, phase: Phase, matter: RelayMatter) -> None:
    assert matter_of(Reply(code=451, status=status, text="later"), phase) is matter


def test_the_words_of_relaying_count_only_where_they_begin_the_reply() -> None:
    quoted = Reply(code=550, text="Verification failed, response: 550 relay not permitted")
    assert matter_of(quoted, Phase.RCPT) is RelayMatter.COPY
    assert matter_of(Reply(code=550, text="relay not permitted"), Phase.RCPT) is RelayMatter.STOP


OURS = (
    (
        "your account",
        "the sender account",
        "your subscription",
        "outgoing mail for this domain",
        "sending from this account",
    ),
    ("is suspended", "has been disabled", "is not activated", "has exceeded its quota", "is on hold", "was shut down"),
    ("Ihr Konto", "der Versand über dieses Konto"),
    ("ist gesperrt", "wurde deaktiviert", "ist abgelaufen"),
    ("Ваш аккаунт", "Отправка писем с вашего ящика"),
    ("заблокирована", "приостановлена", "отключена"),
    ("Votre compte", "L'envoi de messages"),
    ("est suspendu", "a été désactivé"),
    ("您的账号", "发信功能"),
    ("已被停用", "被冻结"),
)
READERS = (
    ("mailbox", "the recipient's account", "user", "this account", "the email account that you tried to reach"),
    ("is suspended", "has been disabled", "is not activated", "has exceeded its quota", "is on hold", "was shut down"),
    ("Das Postfach", "Das Konto des Empfängers"),
    ("ist gesperrt", "wurde deaktiviert", "ist abgelaufen"),
    ("Почтовый ящик", "Учётная запись получателя"),
    ("заблокирована", "приостановлена", "отключена"),
    ("La boîte", "Le compte du destinataire"),
    ("est suspendu", "a été désactivé"),
    ("收件人邮箱", "该用户"),
    ("已被停用", "被冻结"),
)
FRAMES = (
    "{}",
    "<r@dest.example>: Recipient address rejected: {}",
    "{}. Please contact support.",
    "Rejected: {} (#5.7.1)",
)


def sentences(table: tuple[tuple[str, ...], ...]) -> list[str]:
    """Each subject with each of its predicates, as servers frame them."""
    pairs = zip(table[::2], table[1::2], strict=True)
    return [
        frame.format(f"{subject} {predicate}")
        for subjects, predicates in pairs
        for frame, subject, predicate in product(FRAMES, subjects, predicates)
    ]


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.CONTENT])
def test_the_subject_decides_between_two_like_sentences(phase: Phase) -> None:
    for text in sentences(OURS):
        assert matter_of(Reply(code=554, status="5.2.1", text=text), phase) is RelayMatter.STOP, text
        assert matter_of(Reply(code=450, status="4.7.1", text=text), phase) is RelayMatter.SLOW, text
    for text in sentences(READERS):
        assert matter_of(Reply(code=554, status="5.2.1", text=text), phase) is RelayMatter.COPY, text


TIMES = (
    "per second",
    "per minute",
    "/hour",
    "per day",
    "today",
    "in the last hour",
    "in 60 seconds",
    "hourly",
    "daily",
)


@pytest.mark.parametrize("time", TIMES)
def test_a_limit_on_a_time_is_later_and_not_never(time: str) -> None:
    for text in (
        f"You have exceeded the maximum number of messages {time}",
        f"{time} sending limit exceeded",
        f"domain club.example sent too many mails {time}",
        f"only 10 messages {time} allowed",
    ):
        for code, status, phase in product(
            (450, 550, 554), ("4.7.1", "5.7.1", ""), (Phase.MAIL, Phase.RCPT, Phase.CONTENT)
        ):
            assert matter_of(Reply(code=code, status=status, text=text), phase) is RelayMatter.SLOW, text


@pytest.mark.parametrize(
    "words", ["a", "your account ", "sending limit per hour ", "to this x ", "not allowed to send ", "daily exceed "]
)
def test_no_reply_takes_long_to_read(words: str) -> None:
    begun = process_time()
    matter_of(Reply(code=450, text=(words * 500)[:1000]), Phase.RCPT)
    assert process_time() - begun < 1


@pytest.mark.parametrize(
    "tail",
    [
        " [Hostname=AB1.relay.example 2026-11-29T10:00:00Z 08DAF]",
        ". Please check the address and send the message again in a minute",
        ". Delivery failed after 3 days, sending again every 4 hours",
        ". If this is in error, contact your service provider",
        " x1-20020a05600c - gsmtp",
    ],
)
def test_what_a_server_adds_to_a_readers_trouble_makes_it_none_of_ours(tail: str) -> None:
    for _, phase, text in wordings(RelayMatter.COPY):
        assert matter_of(parse(int(text[:3]), text[4:].rstrip(".") + tail), phase) is RelayMatter.COPY, text
