"""Shows what planning came to: the JSON and the lines of `plan`."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from mailer.domain.circulation import Decision
from mailer.domain.names import NamedPerson
from mailer.domain.plan import Plan
from mailer.views.circulation_change import change_document, change_sentence
from mailer.views.lazy_list import LazyList
from mailer.views.names import Labelled, name_first, named_document
from mailer.views.plain_words import short
from mailer.views.remedies import sentence


def plan_document(
    plan: Plan,
    *,
    gained: Callable[[], Iterable[NamedPerson]],
    lost: Callable[[], Iterable[NamedPerson]],
    decisions: Iterable[Decision],
) -> dict[str, object]:
    """A plan for programs; its people are read while it is printed."""
    return {
        "issue": plan.issue,
        "considered": plan.considered,
        "recipients": plan.recipients,
        "copies": plan.copies,
        "excluded": dict(plan.excluded),
        "gained": LazyList(named.person for named in gained()),
        "gained_people": LazyList(map(named_document, gained())),
        "lost": LazyList(named.person for named in lost()),
        "lost_people": LazyList(map(named_document, lost())),
        "replaced": change_document(plan.replaced)["people"] if plan.replaced else [],
        "warnings": list(map(sentence, plan.warnings)),
        "people": LazyList(map(_decision_document, decisions)),
    }


def plan_lines(
    plan: Plan, *, gained: Iterable[NamedPerson], lost: Iterable[NamedPerson], excluded: Mapping[str, list[NamedPerson]]
) -> list[str]:
    """A plan for people. `excluded` names the first people of each reason."""
    changes = [
        f"{number} {word} ({name_first(people, number)})"
        for number, word, people in ((plan.gained, "more", gained), (plan.lost, "fewer", lost))
        if number
    ]
    return [
        f"{plan.issue}: {plan.copies} copies for {plan.recipients} of {plan.considered} people",
        *(["  not to:"] if plan.excluded else []),
        *exclusion_lines(plan.excluded, excluded),
        *([f"since the previous issue: {', '.join(changes)}"] if changes else []),
        *([f"since it was planned before: {change_sentence(plan.replaced)}"] if plan.replaced else []),
    ]


def exclusion_lines(counts: Mapping[str, int], people: Mapping[str, Sequence[Labelled]]) -> list[str]:
    """A line for each reason of exclusion, with the first people."""
    return [
        f"    {counts[reason]} {short(reason)}: {name_first(people[reason], counts[reason])}"
        for reason in sorted(counts)
    ]


def _decision_document(decision: Decision) -> dict[str, object]:
    return {
        "person": decision.person,
        "name": decision.name,
        "decision": decision.decision,
        "reason": decision.reason,
        "editions": list(decision.editions),
    }
