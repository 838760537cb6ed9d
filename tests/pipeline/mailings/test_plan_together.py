"""Two who plan one issue in the same moment both have their answer, and the issue has one plan."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from mailer.pipeline.mailings import plan
from mailer.pipeline.mailings.plan import plan_arrived, plan_mailing
from mailer.store import plans
from tests.club import ISSUE, THURSDAY, Club, import_register, members, pull_issues, states
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.pipeline.relayed import the_mailings

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer")

PATIENCE = 30  # seconds; what is waited for takes a moment
MOMENT = 1  # second, for the other one to get in the way if it can


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have written their drafts before either is the plan; then each lets the other one have its turn, if it may."""
    written, published = Barrier(2), Barrier(2)
    describe, discard = plan._describe, plans.discard_drafts

    def described(*arguments: object) -> object:
        with suppress(BrokenBarrierError):  # the second writes another draft
            written.wait(PATIENCE)
            written.abort()
        return describe(*arguments)

    def discarded(*arguments: object) -> None:
        with suppress(BrokenBarrierError):
            published.wait(MOMENT)
        discard(*arguments)

    monkeypatch.setattr(plan, "_describe", described)
    monkeypatch.setattr(plans, "discard_drafts", discarded)


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("second", [plan_mailing, plan_arrived])
def test_two_plan_one_issue_at_once(club: Club, second) -> None:
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app, club.opened(clock) as other, ThreadPoolExecutor(2) as pool:
        pull_issues(app)
        import_register(app, members(3))
        made = [pool.submit(plan_mailing, app.context, ISSUE), pool.submit(second, other.context, ISSUE)]
        planned = [each.result() for each in made]
        [mailing] = the_mailings(app)
        assert mailing.id in [each.mailing for each in planned if each]
        assert states(app) == {"pending": 3}
