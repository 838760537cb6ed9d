"""The day of return is found in the spellings of many languages."""

from datetime import date

import pytest

from mailer.formats.reports.return_date import find_return_date

WRITTEN = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("back on 2026-03-16", date(2026, 3, 16)),
        ("until 16.03.26", date(2026, 3, 16)),
        ("until 03/16/2026", date(2026, 3, 16)),
        ("until 05/06/2026", None),
        ("until 5/5/2026", date(2026, 5, 5)),
        ("until 31.02.2026", None),
        ("until March 16th, 2026", date(2026, 3, 16)),
        ("until 1 January", date(2027, 1, 1)),
        ("until 16 March 1999", None),
        ("вернусь 1 апреля", date(2026, 4, 1)),
        ("until tomorrow", None),
    ],
)
def test_days_of_return(text, day):
    assert find_return_date(text, mail_date=WRITTEN) == day


def test_without_the_day_of_writing_a_year_must_be_named():
    assert find_return_date("until 16 March", mail_date=None) is None
    assert find_return_date("until 16 March 2026", mail_date=None) == date(2026, 3, 16)
