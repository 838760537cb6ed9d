"""Which messages a relay has accepted, by its log: Postfix, Exim, Sendmail, or a list; other lines are no news."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.relay_log import accepted_message_ids, line_time

OURS = "mabc234@club.example"
HEAD = "Jul 12 14:02:11 mail postfix"


def found(text: str) -> list[str]:
    return list(accepted_message_ids(text.splitlines(keepends=True)))


@pytest.mark.parametrize(
    "later",
    [
        "/qmgr[812]: 4WKq1c2xYz: from=<bulletin@club.example>, size=20480, nrcpt=1 (queue active)",
        "/smtp[914]: 4WKq1c2xYz: to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
        "-out/smtp[914]: 4WKq1c2xYz: to=<a@b.example>, relay=none, delay=30, dsn=4.4.1, status=deferred (timed out)",
        "/cleanup[901]: 4WKq1c2xYz: milter-hold: END-OF-MESSAGE from localhost: held by a person; from=<c@club.example>",
    ],
)
def test_postfix_has_accepted_what_it_queues(later: str) -> None:
    received = f"{HEAD}/cleanup[901]: 4WKq1c2xYz: message-id=<{OURS}>"
    assert found(received) == []
    assert found(f"{received}\n{HEAD}{later}\n") == [OURS]


def test_postfix_refuses_a_message_that_it_has_begun_to_receive() -> None:
    lines = [
        "/smtpd[900]: 4WKq1c2xYz: client=localhost[127.0.0.1]",
        f"/cleanup[901]: 4WKq1c2xYz: message-id=<{OURS}>",
        "/cleanup[901]: 4WKq1c2xYz: milter-reject: END-OF-MESSAGE from localhost: 5.7.1 no; from=<c@club.example> to=<a@b.example>",
        "/smtpd[900]: lost connection after DATA (1024 bytes) from localhost[127.0.0.1]",
        "/qmgr[812]: 4WKqOTHER: from=<x@club.example>, size=1, nrcpt=1 (queue active)",
        "/smtpd[900]: NOQUEUE: reject: RCPT from localhost: 550 5.1.1 <a@b.example>; from=<x@club.example> to=<a@b.example>",
    ]
    assert found("\n".join(f"{HEAD}{line}" for line in lines)) == []


def test_postfix_gives_a_queue_id_to_another_message_later() -> None:
    lines = [f"/cleanup[1]: A1B2: message-id=<{name}@club.example>" for name in ("lost", "kept")]
    lines.append("/qmgr[2]: A1B2: from=<>, size=1, nrcpt=1 (queue active)")
    assert found("\n".join(f"{HEAD}{line}" for line in lines)) == ["kept@club.example"]


@pytest.mark.parametrize(
    "line",
    [
        f"2018-07-12 14:02:11 1fdXYZ-0001ab-CD <= bulletin@club.example H=localhost [127.0.0.1] P=esmtps S=20480 id={OURS}",
        f'2018-07-12 14:02:11.042 [99] 1fdXYZ-0001ab-CD <= <> U=mail P=local S=1 id={OURS} T="No. 3" for a@b.example',
        f"Jul 12 14:02:11 mail sm-mta[77]: w6CE2B: from=<b@club.example>, size=9, class=-60, nrcpts=1, msgid=<{OURS}>, proto=ESMTP",
        f"<{OURS}>",
        f"  {OURS}\r",
        f"Message-ID: <{OURS}>",
    ],
)
def test_other_logs_and_lists(line: str) -> None:
    assert found(f"{line}\n") == [OURS]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "id=",
        f"2018-07-12 14:02:11 1fdXYZ-0001ab-CD => a@b.example R=dnslookup T=remote_smtp id={OURS}",
        f"2018-07-12 14:02:11 H=localhost F=<x@club.example> rejected after DATA: no id={OURS}",
        f"Jul 12 14:02:11 mail sm-mta[77]: w6CE2B: from=<b@club.example>, size=9, class=-60, nrcpts=0, msgid=<{OURS}>",
        f"we think that <{OURS}> has left",
    ],
)
def test_what_does_not_show_an_acceptance_shows_none(line: str) -> None:
    assert found(line) == []


@given(
    st.text(),
    st.lists(st.sampled_from(["<= ", "id=", "message-id=<", "/cleanup[1]: A: ", ": from=<", ", size=1", "@", ">"])),
)
def test_rubbish_is_skipped(words: str, pieces: list[str]) -> None:
    assert all("@" in message_id for message_id in found(words + "".join(pieces)) if "<" not in words)


@pytest.mark.parametrize("line", ["a-" * 4_000, "a <= b " * 1_400, ": from=" * 1_400, "x" * 1_000_000])
def test_a_long_line_is_read_in_time(line: str) -> None:
    began = process_time()
    assert found("\n".join([line] * 20)) == []
    assert process_time() - began < 6


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("2026-02-28T10:00:01.5+03:00 mail postfix/qmgr[1]: A: removed", datetime(2026, 2, 28, 7, 0, 1, 500_000, UTC)),
        ("2026-02-28T10:00:01Z x", datetime(2026, 2, 28, 10, 0, 1, tzinfo=UTC)),
        ("<user@club.example>", None),
        ("Foo  1 10:00:00 mail x", None),
        ("Feb 30 10:00:00 mail x", None),
    ],
)
def test_the_time_of_a_line(line, at):
    assert line_time(line, NOW) == at


def test_syslog_writes_no_year():
    near, old = line_time("Feb 28 10:00:00 mail x", NOW), line_time("Dec 31 10:00:00 mail x", NOW)
    assert near is not None
    assert old is not None
    assert (near.year, old.year) == (2026, 2025)
    exim = line_time("2026-02-28 10:00:00 1abc <= a@b.example", NOW)
    assert exim == near
