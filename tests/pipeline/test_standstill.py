"""While the service stands still, exactly those verbs refuse that the table names."""

from collections.abc import Callable, Mapping

import pytest

from mailer.app.installation import App, source
from mailer.domain.errors import Refused
from mailer.domain.remedy import Action
from mailer.domain.standstill import REFUSED, Standstill
from mailer.pipeline.issues.pull import pull
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.departure import departures
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import review_send, send_mailing
from mailer.pipeline.mailings.standings import issue_standings
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing
from mailer.views.progress import departure_shortly, leaves_at
from tests.club import ISSUE, LETTER, begin, import_register, make_ready, members, pull_issues
from tests.pipeline.relayed import deliver
from tests.pipeline.standing_still import stand_still

PEOPLE = members(3)


def stocked(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)


def planned(app: App) -> None:
    stocked(app)
    plan_mailing(app.context, ISSUE)


def ready(app: App) -> None:
    make_ready(app, PEOPLE)


def owing(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, members(1, first=4))


def pull_now(app: App) -> None:
    newsletter = app.context.newsletters[LETTER]
    pull(app.context, newsletter, source(app, newsletter))


# What comes before each verb, and the verb.
VERBS: Mapping[Action, tuple[Callable[[App], None], Callable[[App], object]]] = {
    Action.PULL: (stocked, pull_now),
    Action.PLAN: (stocked, lambda app: plan_mailing(app.context, ISSUE)),
    Action.TEST: (planned, lambda app: prepare_test_mailing(app.context, ISSUE)),
    Action.APPROVE: (planned, lambda app: approve_mailing(app.context, ISSUE)),
    Action.SEND: (ready, lambda app: send_mailing(app.context, ISSUE)),
    Action.SEND_UNSENT: (owing, lambda app: send_supplement(app.context, ISSUE)),
}


def test_every_verb_of_the_table_is_tried() -> None:
    assert set.union(*map(set, REFUSED.values())) == VERBS.keys()


@pytest.mark.parametrize("action", VERBS)
@pytest.mark.parametrize("standstill", Standstill)
def test_a_verb_refuses_at_the_standstills_of_the_table(app: App, standstill: Standstill, action: Action) -> None:
    before, verb = VERBS[action]
    before(app)
    stand_still(app, standstill)
    if action in REFUSED[standstill]:
        with pytest.raises(Refused, match="nothing is"):
            verb(app)
    else:
        verb(app)


@pytest.mark.parametrize("standstill", Standstill)
def test_nothing_is_said_to_leave_by_itself(app: App, standstill: Standstill) -> None:
    ready(app)
    [departure] = departures(app.context).values()
    assert leaves_at(departure) == departure.at
    stand_still(app, standstill)
    [departure] = departures(app.context).values()
    assert (leaves_at(departure), departure_shortly(departure)) == (None, "stands still")
    [standing] = issue_standings(app.context)
    assert (standing.step, standing.at, standing.standstill) == ("stand_still", None, standstill)
    assert review_send(app.context, ISSUE).refusal is not None
