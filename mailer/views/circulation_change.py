"""Shows how a plan differs from the register now: the JSON, the lines for people, and the sentence of a refusal."""

from collections.abc import Mapping

from mailer.domain.circulation_change import ChangeKind, CirculationChange, PersonChange
from mailer.domain.mailing import MailingState
from mailer.domain.names import label
from mailer.domain.remedy import Action
from mailer.views.names import NAMED
from mailer.views.plain_words import plan_change
from mailer.views.remedies import advise

# What the sentences are made of, in English and in Russian; the Russian pages find them by the English ones.
CHANGES: Mapping[str, Mapping[str, str]] = {
    "en": {
        ChangeKind.LOST: "no copy any more for {0}",
        ChangeKind.GAINED: "a copy in addition for {0}",
        ChangeKind.CHANGED: "a different copy for {0}",
        MailingState.PLANNED: "the register has changed since {0} was planned",
        MailingState.SENDING: "the register has changed, and {0} is about to leave as planned",
        MailingState.APPROVED: "the register has changed, and {0} goes out as approved",
        "otherwise": "the register has changed since {0} was planned, and it is {1}",
        "person": "{0} ({1})",
        "more": "and {0} more",
        "list": "{0} and {1} more",
    },
    "ru": {
        ChangeKind.LOST: "больше не получит экземпляр: {0}",
        ChangeKind.GAINED: "получит экземпляр дополнительно: {0}",
        ChangeKind.CHANGED: "получит другой экземпляр: {0}",
        MailingState.PLANNED: "с тех пор как запланирован выпуск {0}, реестр изменился",
        MailingState.SENDING: "реестр изменился, а выпуск {0} вот-вот уйдёт так, как был запланирован",
        MailingState.APPROVED: "реестр изменился, а выпуск {0} уйдёт так, как был утверждён",
        "otherwise": "с тех пор как запланирован выпуск {0} (сейчас: {1}), реестр изменился",
        "person": "{0} ({1})",
        "more": "и ещё {0}",
        "list": "{0} и ещё {1}",
    },
}
_WORDS = CHANGES["en"]


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
    """The difference for people: what would become of the mailing and what to do, then a line for each person."""
    action = Action.PAUSE if change.state is MailingState.SENDING else Action.PLAN
    head, *people = change_words(change)
    return [advise(head, action.of(change.issue)), *(f"  {line}" for line in people)]


def change_words(change: CirculationChange) -> list[str]:
    """The same without what to do."""
    head = _WORDS.get(change.state, _WORDS["otherwise"]).format(change.issue, change.state)
    people = [_WORDS[each.kind].format(_person(each)) for each in change.people[:NAMED]]
    return [head, *people, *_more(len(change.people))]


def change_sentence(change: CirculationChange) -> str:
    """The difference in one sentence."""
    parts = []
    for kind in ChangeKind:
        people = change.of(kind)
        named = " ".join([", ".join(map(_person, people[:NAMED])), *_more(len(people))])
        parts += [_WORDS[kind].format(named)] if people else []
    return "; ".join(parts)


def _more(number: int) -> list[str]:
    return [_WORDS["more"].format(number - NAMED)] if number > NAMED else []


def _person(change: PersonChange) -> str:
    why = ", ".join(plan_change(reason, "en") for reason in change.reasons)
    return _WORDS["person"].format(label(change.person, change.name), why)
