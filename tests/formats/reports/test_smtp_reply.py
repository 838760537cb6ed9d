"""Replies quoted in text: the code, the enhanced status code, and the phase of the conversation."""

import pytest

from mailer.domain.bounce import Phase
from mailer.formats.reports.smtp_reply import find_reply


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
def test_the_phase_is_found(text, phase):
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
def test_code_and_status_are_found(text, code, status):
    reply = find_reply(text)
    assert (reply.code, reply.status) == (code, status)
