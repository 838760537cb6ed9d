"""The workbench: one way to make a copy, from what was frozen when the mailing was planned."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.edition import NO_INSERT, Slot
from mailer.domain.errors import CannotRender
from mailer.domain.newsletter import EnglishDates, SenderName
from mailer.domain.ports import Message
from mailer.formats.links import CopyLinks
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.copies import Workbench
from tests.formats.made_up import CORPORATE, a_newsletter, an_edition, an_issue

COPY = Copy(
    person="P001",
    language="en",
    variant=CORPORATE,
    copy_number=17,
    address=Address(local="ada", domain="example.org"),
    name="Ada Harbour",
    salutation="Dear Ms. Harbour",
    paid_until=date(2031, 6, 30),
)


@pytest.fixture
def bench() -> Workbench:
    editions = {
        (language, variant): an_edition(language, variant)
        for language in ("en", "ru")
        for variant in (CORPORATE, NO_INSERT)
    }
    issue = an_issue()
    return Workbench(
        issue=IssueName(newsletter=issue.newsletter, serial=issue.serial),
        letterhead=Letterhead.of(a_newsletter()),
        editions=editions,
        pictures={picture.name: picture for picture in issue.pictures},
        date=datetime(2031, 3, 5, tzinfo=UTC),
        links=lambda _url, delivery: CopyLinks(unsubscribe=f"u{delivery}@club.example" if delivery else ""),
        sign=lambda message, date: Message(b"Signed: %d\r\n" % date.year + message),
    )


def test_a_copy_says_what_was_frozen(bench: Workbench) -> None:
    html, text = html_and_text(bench.make(COPY, "<m17@x>"))
    for words in ("Dear Ms. Harbour", "Copy No. 17 · Ada Harbour · for personal use only", "June\u00a030, 2031"):
        assert words in html
        assert words in text


def test_dates_in_a_copy_stay_as_they_were_when_it_was_planned(bench: Workbench) -> None:
    american, british = Letterhead.of(a_newsletter()), Letterhead.of(a_newsletter(english_dates=EnglishDates.BRITISH))
    assert "english_dates" not in american.dump()
    for letterhead, date_in_words in ((american, "June\u00a030, 2031"), (british, "30\u00a0June 2031")):
        frozen = replace(bench, letterhead=Letterhead.load(letterhead.dump()))
        assert date_in_words in html_and_text(frozen.make(COPY, "<m17@x>"))[1]
    russian = COPY._replace(language="ru")
    assert "30\u00a0июня 2031\u00a0г." in html_and_text(frozen.make(russian, "<m17@x>"))[1]


def test_a_copy_is_signed_and_names_its_deliverys_unsubscribe_address(bench: Workbench) -> None:
    message = bench.make(COPY, "<m17@x>", delivery=17)
    assert message.startswith(b"Signed: 2031\r\n")
    assert b"List-Unsubscribe: <mailto:u17@club.example?subject=unsubscribe>\r\n" in message
    assert message == b"Signed: 2031\r\n" + bench.make(COPY, "<m17@x>", delivery=17, sign=False)
    assert b"List-Unsubscribe: <mailto:secretary@club.example?subject=Pause" in bench.make(COPY, "<m17@x>")


def test_messages_are_prepared_once_for_an_edition_and_once_for_its_tests(bench: Workbench) -> None:
    for number in range(3):
        for test in (False, True):
            bench.make(COPY._replace(copy_number=number), f"<m{number}@x>", test=test)
    assert set(bench._prepared) == {("en", CORPORATE, False), ("en", CORPORATE, True)}


@pytest.mark.parametrize(
    ("language", "mark"),
    [
        ("en", "TEST: a test mailing, variant corporate-renew. Please do not forward."),
        ("ru", "ТЕСТ: пробная рассылка, вариант corporate-renew. Не пересылать."),
    ],
)
def test_a_test_says_so_in_its_subject_and_above_both_parts(bench: Workbench, language: str, mark: str) -> None:
    made = bench.make(COPY._replace(language=language), "<m17@x>", test=True)
    html, text = html_and_text(made)
    assert mark in html
    assert " ".join(text.split()).startswith(mark)
    assert mark not in html_and_text(bench.make(COPY._replace(language=language), "<m17@x>"))[0]


def test_nobody_has_to_be_paid_where_no_date_is_told(bench: Workbench) -> None:
    html, _ = html_and_text(bench.make(COPY._replace(variant=NO_INSERT, paid_until=None), "<m17@x>"))
    assert "Ada Harbour" in html
    with pytest.raises(CannotRender, match=f"P001 .* cannot be made: there is no value for '{Slot.PAID_UNTIL}'; mend"):
        bench.make(COPY._replace(paid_until=None), "<m17@x>")


def test_what_no_header_can_hold_names_the_person(bench: Workbench) -> None:
    with pytest.raises(
        CannotRender, match="the en copy of P001 Ada Harbour cannot be made: The To cannot hold"
    ) as made:
        bench.make(COPY._replace(address=Address(local="=?x", domain="example.org")), "<m17@x>")
    assert made.value.unnamed.startswith("the en copy of P001 cannot be made: ")
    sender = SenderName(name="The\nLetter", address=Address(local="letter", domain="club.example"))
    spoilt = replace(bench, letterhead=replace(bench.letterhead, sender=sender))
    with pytest.raises(
        CannotRender, match=r"P001 .* cannot be made: The From contains an invisible character, U\+000A"
    ):
        spoilt.make(COPY, "<m17@x>")


def test_an_edition_that_is_not_there_is_a_key_error(bench: Workbench) -> None:
    with pytest.raises(KeyError):
        bench.make(COPY._replace(language="de"), "<m17@x>")
