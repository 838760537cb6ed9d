"""What was typed into the one box is read by its content."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.bounce import FailureReason
from mailer.formats.question import MOST, Numbered, read_question
from mailer.formats.token import Keyring, Purpose

KEYS = Keyring(keys=(b"Z" * 32,))


@pytest.mark.parametrize(
    ("typed", "counts", "newsletter", "serial", "number"),
    [
        ("147", Numbered.ANY, "", None, 147),
        ("No. 147", Numbered.ANY, "", None, 147),
        ("№ 147", Numbered.ANY, "", None, 147),
        ("copy 147", Numbered.COPY, "", None, 147),
        ("Экземпляр № 147", Numbered.COPY, "", None, 147),
        ("253/147", Numbered.COPY, "", 253, 147),
        ("No. 253, copy 147", Numbered.COPY, "", 253, 147),
        ("copy 147 of No. 253", Numbered.COPY, "", 253, 147),
        ("экземпляр 147, выпуск 253", Numbered.COPY, "", 253, 147),
        ("russia-confidential/253", Numbered.ISSUE, "russia-confidential", None, 253),
        ("russia-confidential/253/147", Numbered.COPY, "russia-confidential", 253, 147),
        ("issue 253", Numbered.ISSUE, "", None, 253),
        ("delivery 12", Numbered.DELIVERY, "", None, 12),
        ("report 3", Numbered.REPORT, "", None, 3),
    ],
)
def test_a_number_is_read_with_what_it_counts(
    typed: str, counts: Numbered, newsletter: str, serial: int | None, number: int
) -> None:
    question = read_question(typed, KEYS)
    assert (question.counts, question.newsletter, question.serial, question.number) == (
        counts,
        newsletter,
        serial,
        number,
    )


@pytest.mark.parametrize("typed", ["P001", "M001", "Anna 3", "1234567890123", "12/13/14", "Reader", "3 monkeys", "1@2"])
def test_other_words_are_no_number(typed: str) -> None:
    assert read_question(typed, KEYS).number is None


def test_an_address_is_read_with_its_name_around_it() -> None:
    question = read_question("Anna Lindqvist <Anna@Members.example>", KEYS)
    assert [address.normal for address in question.addresses] == ["anna@members.example"]
    assert not question.is_pasted


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("550 5.1.1 <anna@members.example>: Recipient address rejected: User unknown", FailureReason.USER_UNKNOWN),
        (
            "to=<anna@members.example>, relay=mx.example[192.0.2.1]:25, status=bounced (host said: 552 5.2.2 Mailbox full)",
            FailureReason.MAILBOX_FULL,
        ),
    ],
)
def test_a_pasted_line_names_the_address_and_the_reason(line: str, reason: FailureReason) -> None:
    question = read_question(line, KEYS)
    assert question.is_pasted
    assert question.reason is reason
    assert "anna@members.example" in [address.wire for address in question.addresses]


def test_our_signature_names_the_copy_wherever_it_stands() -> None:
    token = KEYS.sign(Purpose.MESSAGE_ID, 77)
    for typed in (f"<{token}@club.example>", f"Message-ID: <{token}@club.example>\nSubject: x\n\nhello", token.upper()):
        assert read_question(typed, KEYS).named == {77}
    assert read_question(f"to {KEYS.sign(Purpose.BOUNCE, 5)}@bounces.example", KEYS).named == {5}
    assert read_question(KEYS.sign(Purpose.UNDO, 9), KEYS).named == frozenset()


@given(st.text() | st.binary().map(lambda octets: octets.decode("utf-8", "surrogateescape")))
def test_no_text_is_too_odd_to_be_read(typed: str) -> None:
    question = read_question(typed, KEYS)
    assert question.named == frozenset()
    question.text.encode()


@pytest.mark.parametrize("piece", ["x", "a.", "5.1.1 ", "<a@", "a@b@", "=?utf-8?q?", "550-5.1.1 x\n", "- "])
def test_a_long_text_without_sense_is_read_in_no_time(piece: str) -> None:
    began = monotonic()
    read_question(piece * (MOST // 5 // len(piece)), KEYS)
    assert monotonic() - began < 30  # a pattern that tried each character anew would take an hour
