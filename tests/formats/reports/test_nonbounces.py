"""A thousand made-up mails that are no bounces are never read as bounces; absences are understood."""

import pytest

from mailer.domain.bounce import FailureReason, ReportKind
from mailer.formats.report import parse
from tests.absences import LANGUAGES, MAIN, PROGRAMS, absence
from tests.nonbounces import FAMILIES, thousand


@pytest.fixture(scope="module")
def mails():
    return list(thousand())


def test_there_are_a_thousand_of_many_kinds(mails):
    assert len(mails) == 1000
    assert len({mail.raw for mail in mails}) > 850
    assert len(LANGUAGES) >= 25
    assert {mail.family for mail in mails} >= set(FAMILIES)


def test_none_is_read_as_a_bounce(mails):
    for mail in mails:
        for report in parse(mail.raw):
            assert report.kind not in {ReportKind.BOUNCE, ReportKind.DELAYED, ReportKind.UNSUBSCRIBE}, (
                mail.family,
                mail.raw,
            )
            assert report.kind is not ReportKind.COMPLAINT or report.reason is not FailureReason.COMPLAINT, (
                mail.family,
                mail.raw,
            )
            assert not report.hard


def test_each_is_read_as_what_it_is(mails):
    wrong = [(mail.family, mail.raw) for mail in mails if not {report.kind for report in parse(mail.raw)} <= mail.kinds]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_absences_in_every_language_and_by_every_program(language):
    first = list(LANGUAGES).index(language)
    mails = [absence(first + len(LANGUAGES) * turn) for turn in range(3 * len(PROGRAMS))]
    assert {mail.language for mail in mails} == {language}
    assert {mail.program for mail in mails} == set(PROGRAMS)
    reports = [parse(mail.raw)[0] for mail in mails]
    assert [report.kind for report in reports] == [ReportKind.AUTOREPLY] * len(mails)
    if language in MAIN:
        assert [report.returns_on for report in reports] == [mail.returns_on for mail in mails]
        assert [report.successor for report in reports] == [mail.successor for mail in mails]
