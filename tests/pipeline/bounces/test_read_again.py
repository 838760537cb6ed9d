"""Of mails that are read once more only what they say anew has consequences, and none is counted again."""

import pytest

from mailer.app.installation import App
from mailer.app.metrics import MetricsReader
from mailer.domain.bounce import BounceReport, FailureReason, ReportKind
from mailer.domain.delivery import State
from mailer.pipeline.bounces import holds, ingest, interpret
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.views.metrics import BOUNCES
from tests.club import ISSUE, LETTER, Club, copies, import_register, members, pull_issues
from tests.photographed import photograph
from tests.pipeline.relayed import LOST, answer, claim, deliver
from tests.reported import FULL, UNKNOWN, bounce, come, come_back, path_of

PEOPLE = members(30)
SECOND = IssueName(newsletter=LETTER, serial=42)
HARD = BounceReport(kind=ReportKind.BOUNCE, reason=FailureReason.USER_UNKNOWN, hard=True)
SOFT = BounceReport(kind=ReportKind.BOUNCE, reason=FailureReason.MAILBOX_FULL, hard=False)
NONE = BounceReport(kind=ReportKind.OTHER)


def send_second(app: App, club: Club) -> None:
    club.write_issue(serial=42, number=8)
    pull_issues(app)
    plan_mailing(app.context, SECOND)
    approve_mailing(app.context, SECOND)
    send_mailing(app.context, SECOND)
    deliver(app)


def test_an_address_is_not_held_for_what_a_later_report_has_put_right(app: App, club: Club) -> None:
    come_back(app, "P001", UNKNOWN)
    come_back(app, "P001", FULL)  # the last one says why
    send_second(app, club)
    copy = {one.person: one for one in list_deliveries(app.context, SECOND, None)}["P001"]
    come(app, bounce(path_of(app, copy), copy.address, UNKNOWN), path_of(app, copy))
    assert holds.listing(app.context) == []
    before = photograph(app, without=())
    assert ingest.read_again(app.context) == (3, 0)
    assert photograph(app, without=()) == before


def test_a_copy_that_was_sent_once_more_is_not_taken_back_by_a_report_of_its_first_attempt(app: App) -> None:
    import_register(app, members(1, first=31))
    send_supplement(app.context, ISSUE)
    [work] = claim(app)
    answer(app, work, LOST)
    settle_delivery(app.context, work.claim.delivery, accepted=False)
    come_back(app, "P031")
    deliver(app)
    before = photograph(app, without=())
    assert copies(app)["P031"].state is State.ACCEPTED
    assert ingest.read_again(app.context) == (1, 0)
    assert photograph(app, without=()) == before


@pytest.mark.parametrize("order", [(UNKNOWN, FULL), (FULL, UNKNOWN)])
def test_of_two_bounces_of_a_copy_the_last_one_says_why_when_the_first_is_read_otherwise(
    app: App, monkeypatch: pytest.MonkeyPatch, order
) -> None:
    read, first = interpret.read_reports, []

    def unsure(parts):
        return [NONE] if not first else read(parts)

    monkeypatch.setattr(interpret, "read_reports", unsure)
    come_back(app, "P001", order[0])
    first.append("it is read now")
    come_back(app, "P001", order[1])
    failures = photograph(app)["failures"]
    assert ingest.read_again(app.context) == (2, 1)
    assert photograph(app)["failures"] == failures


def counted(app: App) -> dict[str, float]:
    [bounces] = [metric for metric in MetricsReader().read(app) if metric.name is BOUNCES]
    return {name: number for (name,), number in bounces.values.items() if number}


@pytest.mark.parametrize("later", [[HARD], [SOFT], [NONE], [HARD, HARD], [HARD, SOFT, NONE]])
@pytest.mark.parametrize("first", [[HARD], [SOFT], [HARD, HARD]])
def test_a_mail_is_counted_as_it_was_first_read(
    app: App, monkeypatch: pytest.MonkeyPatch, first: list[BounceReport], later: list[BounceReport]
) -> None:
    monkeypatch.setattr(interpret, "read_reports", lambda _mail: first)
    come_back(app, "P001")
    before = counted(app)
    assert sum(before.values()) == len(first)
    monkeypatch.setattr(interpret, "read_reports", lambda _mail: later)
    ingest.read_again(app.context)
    assert counted(app) == before
    come_back(app, "P001")
    assert counted(app) == before
