"""`why` gives the present decision and the frozen one, with the facts that decided."""

from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.errors import NotFound
from mailer.domain.remedy import Action
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.why import explain_entitlement
from tests.club import ISSUE, Member, begin, import_register, members, pull_issues, reverse
from tests.pipeline.relayed import deliver

ANNA, LATE = Member(number=1), Member(number=2, paid=0)


def test_before_the_plan_only_the_present_counts(app: App) -> None:
    import_register(app, [ANNA, LATE])
    pull_issues(app)
    answer = explain_entitlement(app.context, "P001", ISSUE)
    assert (answer.person, answer.issue, answer.frozen, answer.copies) == ("P001", str(ISSUE), None, ())
    assert (answer.now.entitlement.reason, answer.now.entitlement.rule) == ("paid", 6)
    assert answer.now.entitlement.evidence == ("2018-01-01 to 2018-12-31: 50000 RUB, paid in full",)
    other = explain_entitlement(app.context, "P002", ISSUE).now.entitlement
    assert (other.reason, other.rule, other.evidence) == ("unpaid", 9, ("no payment",))


def test_what_was_frozen_stands_beside_what_holds_now(app: App) -> None:
    import_register(app, [ANNA, LATE])
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    reverse(app, ANNA)
    import_register(app, [replace(LATE, paid=50000)])
    lost, gained = explain_entitlement(app.context, "P001", ISSUE), explain_entitlement(app.context, "P002", ISSUE)
    assert (lost.now.entitlement.reason, lost.frozen.decision, lost.frozen.reason) == ("unpaid", "recipient", "paid")
    assert [copy.copy_number for copy in lost.copies] == [1]
    assert (gained.now.entitlement.reason, gained.frozen.decision, gained.frozen.reason) == (
        "paid",
        "excluded",
        "unpaid",
    )
    assert gained.copies == ()


def test_copies_are_told_with_what_became_of_them(app: App) -> None:
    begin(app, members(2))
    deliver(app)
    [copy] = explain_entitlement(app.context, "P002", ISSUE).copies
    assert (copy.state, copy.last_code, copy.address) == ("accepted", 250, "desk002@members.example")


def test_nobody_and_no_issue(app: App) -> None:
    with pytest.raises(NotFound, match="has not been pulled"):
        explain_entitlement(app.context, "P001", ISSUE)
    pull_issues(app)
    with pytest.raises(NotFound, match="there is no person 'P001' in the register") as refused:
        explain_entitlement(app.context, "P001", ISSUE)
    assert refused.value.remedies == (Action.LIST_PEOPLE.of(),)
