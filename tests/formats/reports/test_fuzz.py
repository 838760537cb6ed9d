"""Reading a report never raises, and its fields stay within limits, whatever the bytes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.bounce import Phase, ReportKind, Scope
from mailer.formats.report import parse
from mailer.formats.reports.classify import classify
from mailer.formats.reports.decode import header
from mailer.formats.reports.delivery_status import read_inline, read_part
from tests.formats.mutations import ODD, Chance, spoilt

MAILS = [mail.read_bytes() for mail in sorted((Path(__file__).parents[2] / "corpus").glob("*.eml"))]
WORDS = st.sampled_from(
    [
        "550 5.1.1", "User unknown", "<anna@reader.example>", "\n", "\n\n", "From: MAILER-DAEMON@x.example\n", "Return-Path: <>\n", "Content-Type: multipart/report;",
        'boundary="b"\n', "--b\n", "--b--", "Content-Type: message/delivery-status\n\n", "Final-Recipient: rfc822;", "Action: failed\n", "Subject: failure\n",
        "> ", "=?utf-8?q?", "?=", "\r", "\t", "Auto-Submitted: auto-replied\n", "until 5 March", "{", "notificationType", '"', "Content-Transfer-Encoding: base64\n",
    ]
)  # fmt: skip


def sane(raw):
    reports = parse(raw)
    assert 1 <= len(reports) <= 500
    for report in reports:
        assert len(report.diagnostic) <= 1000
        assert report.recipient is None or (0 < len(report.recipient) < 1000)
        assert not report.hard or (report.kind is ReportKind.BOUNCE and report.scope is Scope.ADDRESS)


@given(st.binary(max_size=400))
def test_any_bytes(raw):
    sane(raw)


@given(st.lists(WORDS | st.text(max_size=20), max_size=40))
def test_any_words(words):
    sane("".join(words).encode("utf-8", "replace"))


@given(st.integers(0, len(MAILS) - 1), st.integers(0, len(MAILS) - 1), st.integers(0, 10**9))
def test_spoilt_mail(number, other, seed):
    sane(spoilt(MAILS[number], MAILS[other], Chance(f"{seed}")))


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 20))])
def test_ten_thousand_spoilt_mails(seed):
    """The same ten thousand in every run, five hundred a seed."""
    chance = Chance(f"again {seed}")
    for _ in range(500):
        sane(spoilt(MAILS[chance.below(len(MAILS))], MAILS[chance.below(len(MAILS))], chance))


@pytest.mark.parametrize("shape", ODD)
def test_odd_shapes(shape):
    sane(ODD[shape])


@given(
    st.none() | st.integers(0, 1000),
    st.none() | st.text(max_size=12) | st.from_regex(r"[245]\.\d{1,3}\.\d{1,3}", fullmatch=True),
    st.text(max_size=300),
    st.sampled_from(Phase),
)
def test_any_reply(code, status, text, phase):
    verdict = classify(code, status, text, phase)
    assert verdict.rule
    assert not verdict.hard or verdict.scope is Scope.ADDRESS


@given(st.text(max_size=500))
def test_any_fields(text):
    for status in (*read_part(text), *read_inline(text)):
        assert status.address is None or "@" in status.address
    assert "\n" not in header(text)
