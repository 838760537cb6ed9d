"""The subject by which a reader pauses: a person, the box for questions and the reader of reports understand it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.bounce import ReportKind
from mailer.formats.pause_subject import copy_to_pause, pause_subject
from mailer.formats.question import Numbered, read_question
from mailer.formats.report import parse
from mailer.formats.token import Keyring

KEYS = Keyring(keys=(bytes(range(32)),))
NEWSLETTERS = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
NUMBERS = st.integers(1, 999_999)
PREFIXES = st.sampled_from(["", "Re: ", "RE: Fwd: ", "Отв: ", "AW: "])


@given(st.sampled_from(["en", "ru", "de"]), NEWSLETTERS, NUMBERS, NUMBERS, PREFIXES)
def test_the_box_for_questions_finds_the_copy(language, newsletter, serial, number, prefix):
    subject = prefix + pause_subject(language, f"{newsletter}/{serial}", number)
    question = read_question(subject, KEYS)
    assert (question.newsletter, question.serial, question.number) == (newsletter, serial, number)
    assert question.counts is Numbered.COPY


@pytest.mark.parametrize("subject", ["", "Pause", "Pause: lunch at 12", "A pause: x/1, copy 2", "Pause: x/1, copy two"])
def test_other_subjects_name_no_copy(subject):
    assert copy_to_pause(subject) == ""


BODIES = st.sampled_from(["", "\r\n", "Please pause my copies.\r\n", "Пожалуйста, пока не присылайте.\r\n", "-- \r\nSent from my phone\r\n"])  # fmt: skip
MARKS = st.sampled_from(
    ["", "Auto-Submitted: auto-generated\r\n", "Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\nList-Id: <x.example>\r\n"]
)  # fmt: skip


@given(st.sampled_from(["en", "ru"]), NEWSLETTERS, NUMBERS, NUMBERS, PREFIXES, BODIES, MARKS)
def test_the_reader_of_reports_takes_it_for_a_wish_and_no_bounce(
    language, newsletter, serial, number, prefix, body, mark
):
    subject = prefix + pause_subject(language, f"{newsletter}/{serial}", number)
    mail = f"From: Ada <ada@members.example>\r\nTo: secretary@club.example\r\nSubject: {subject}\r\n{mark}\r\n{body}"
    (report,) = parse(mail.encode())
    assert (report.kind, report.recipient) == (ReportKind.UNSUBSCRIBE, "ada@members.example")
