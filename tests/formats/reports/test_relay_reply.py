"""What a refusal of the relay is about."""

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.relay_reply import matter_of


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.HELLO, Phase.AUTH, Phase.MAIL])
def test_before_a_recipient_is_named_a_refusal_is_never_the_readers(phase: Phase) -> None:
    assert matter_of(Reply(code=450, status="4.2.1", text="Mailbox busy"), phase) is RelayMatter.SLOW
    assert matter_of(Reply(code=550, status="5.1.1", text="No such user"), phase) is RelayMatter.STOP


def test_a_size_that_mail_announces_is_the_messages_matter() -> None:
    assert matter_of(Reply(code=552, text="Message size exceeds fixed limit"), Phase.MAIL) is RelayMatter.COPY
    assert matter_of(Reply(code=550, status="5.3.4", text="Too big"), Phase.MAIL) is RelayMatter.COPY


def test_words_about_a_rate_ask_us_to_slow_down_in_any_phase() -> None:
    reply = Reply(code=454, text="Throttling failure: Maximum sending rate exceeded.")
    for phase in (Phase.RCPT, Phase.DATA, Phase.CONTENT):
        assert matter_of(reply, phase) is RelayMatter.SLOW


def test_a_reader_who_does_not_exist_is_the_copys_matter() -> None:
    assert matter_of(Reply(code=550, status="5.1.1", text="No such user"), Phase.RCPT) is RelayMatter.COPY
