"""Which issues a person missed, and is owed now that the payment is there."""

from dataclasses import replace
from datetime import date

from mailer.app.installation import App
from mailer.domain.membership import Period
from mailer.pipeline.mailings.missed import missed_issues
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import ISSUE, Member, begin, import_register, members
from tests.pipeline.relayed import deliver

LATE = Member(number=4, paid=0)
EVER = Period(first=date(2000, 1, 1), last=date(2100, 1, 1))


def missed(app: App, period: Period = EVER, *persons: str) -> list[str]:
    return [str(each.issue) for each in missed_issues(app.context, persons or (LATE.person,), period)]


def test_a_late_payer_is_owed_the_issues_of_the_paid_period(app: App) -> None:
    begin(app, [*members(3), LATE])
    deliver(app, {})
    assert missed(app) == []
    import_register(app, [replace(LATE, paid=50000)])
    assert missed(app) == [str(ISSUE)]
    assert missed(app, Period(first=date(2000, 1, 1), last=date(2000, 12, 31))) == []
    assert missed(app, EVER, "P001") == []
    send_supplement(app.context, ISSUE)
    assert missed(app) == []


def test_an_issue_that_has_not_left_is_not_missed(app: App) -> None:
    begin(app, [*members(3), LATE])
    import_register(app, [replace(LATE, paid=50000)])
    assert missed(app) == []
