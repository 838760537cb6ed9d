"""Shows how a plan differs from the register now: the JSON, the lines for people, and the sentence of a refusal."""

from mailer.domain.circulation_change import ChangeKind, CirculationChange, PersonChange
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action
from mailer.views.names import NAMED
from mailer.views.plain_words import plan_change
from mailer.views.remedies import advise

_HEADS = {
    ChangeKind.LOST: "no copy any more for",
    ChangeKind.GAINED: "a copy in addition for",
    ChangeKind.CHANGED: "a different copy for",
}


def change_document(change: CirculationChange) -> dict[str, object]:
    """The difference for programs."""
    return {
        "issue": change.issue,
        "state": change.state.value,
        "people": [
            {"person": each.person, "name": each.name, "change": each.kind.value, "reasons": list(each.reasons)}
            for each in change.people
        ],
    }


def change_lines(change: CirculationChange) -> list[str]:
    """The difference for people: what would become of the mailing, then a line for each person."""
    people = [f"  {_HEADS[each.kind]} {_person(each)}" for each in change.people[:NAMED]]
    more = [f"  and {len(change.people) - NAMED} more"] if len(change.people) > NAMED else []
    return [_head(change), *people, *more]


def change_sentence(change: CirculationChange) -> str:
    """The difference in one sentence."""
    parts = []
    for kind, head in _HEADS.items():
        people = change.of(kind)
        more = f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
        parts += [f"{head} {', '.join(map(_person, people[:NAMED]))}{more}"] if people else []
    return "; ".join(parts)


def _person(change: PersonChange) -> str:
    why = ", ".join(plan_change(reason, "en") for reason in change.reasons)
    return f"{change.person} {change.name} ({why})" if change.name else f"{change.person} ({why})"


def _head(change: CirculationChange) -> str:
    issue = change.issue
    if change.state is MailingState.PLANNED:
        return advise(f"the register has changed since {issue} was planned", Action.PLAN.of(issue))
    if change.state is MailingState.SENDING:
        return advise(f"the register has changed, and {issue} is about to leave as planned", Action.PAUSE.of(issue))
    if change.state is MailingState.APPROVED:
        return advise(f"the register has changed, and {issue} goes out as approved", Action.PLAN.of(issue))
    return advise(
        f"the register has changed since {issue} was planned, and it is {change.state}", Action.PLAN.of(issue)
    )
