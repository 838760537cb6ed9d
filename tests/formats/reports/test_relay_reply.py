"""What a refusal of the relay is about: the copy, our pace, or ourselves."""

from pathlib import Path

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
