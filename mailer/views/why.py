"""Shows why a person receives an issue, or does not: the JSON and the lines of `why`, what became of a copy first."""

from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.explanation import CopyFate, Explanation
from mailer.domain.names import label
from mailer.domain.remedy import Action
from mailer.views.entitlement import decision_sentence, shortfall_document
from mailer.views.fate import fate_sentence
from mailer.views.local_time import plain_day
from mailer.views.plain_words import held_back, plan_change, short
from mailer.views.remedies import advise, phrase


def why_document(explanation: Explanation, *, daemon: bool = True) -> dict[str, object]:
    """What became of the copies, and the decision with what it rests on, for programs."""
    entitlement, frozen = explanation.now.entitlement, explanation.frozen
    return {
        "person": explanation.person,
        "name": explanation.name,
        "issue": explanation.issue,
        "date": explanation.date,
        "decision": "recipient" if entitlement.receives else "excluded",
        "reason": entitlement.reason.value,
        "rule": entitlement.rule,
        "evidence": list(entitlement.evidence),
        "sentence": decision_sentence(explanation),
        "missing": list(map(shortfall_document, explanation.shortfalls)),
        "editions": list(entitlement.editions),
        "paid_until": entitlement.paid_until,
        "membership": explanation.now.candidate.membership.id,
        "frozen": None
        if frozen is None
        else {
            "decision": frozen.decision,
            "reason": frozen.reason,
            "rule": frozen.rule,
            "evidence": list(frozen.evidence),
            "editions": list(frozen.editions),
        },
        "copies": [_fate_document(explanation, fate, daemon=daemon) for fate in explanation.fates],
    }


def why_lines(explanation: Explanation, *, daemon: bool = True) -> list[str]:
    """The same for people."""
    who = label(explanation.person, explanation.name)
    issue = f"{explanation.issue} of {plain_day(explanation.date)}"
    if not explanation.fates:
        return [f"{who} {_without_copy(explanation, issue)}", *_frozen_lines(explanation)]
    return [
        f"{who}, {issue}:",
        *(f"  {_copy_sentence(explanation, fate, daemon=daemon)}" for fate in explanation.fates),
        f"  {_by_the_register(explanation)}",
        *_frozen_lines(explanation),
    ]


def _copy_sentence(explanation: Explanation, fate: CopyFate, *, daemon: bool) -> str:
    copy = fate.copy
    supplement = f", supplement {fate.supplement}" if fate.supplement else ""
    sentence = fate_sentence(explanation.issue, fate, explanation.timezone, daemon=daemon)
    return f"copy No. {copy.copy_number} ({copy.language}{supplement}) to {copy.address} {sentence}"


def _by_the_register(explanation: Explanation) -> str:
    entitled = "entitled to it" if explanation.now.entitlement.receives else "not entitled to it"
    line = f"by the register now, {entitled}: {_reason(explanation)}"
    if explanation.now.entitlement.receives and all(fate.copy.state is State.CANCELLED for fate in explanation.fates):
        line = advise(line, Action.LIST_UNSENT.of(explanation.issue))
    return line


def _without_copy(explanation: Explanation, issue: str) -> str:
    entitlement, frozen = explanation.now.entitlement, explanation.frozen
    if not entitlement.receives:
        return f"does not receive {issue}: {_reason(explanation)}"
    if frozen is None:
        return f"receives {issue}, once it is planned: {_reason(explanation)}"
    unsent = phrase(Action.LIST_UNSENT.of(explanation.issue))
    return f"has no copy of {issue}, and is entitled to it now: {_reason(explanation)}; {unsent}"


def _reason(explanation: Explanation) -> str:
    """The reason in a word, then the facts; the word alone where the facts begin with it."""
    reason, sentence = explanation.now.entitlement.reason.value, decision_sentence(explanation)
    if explanation.now.entitlement.reason is EntitlementReason.ADDRESS_HELD:
        sentence += "; `mailer hold list` shows why"
    return sentence if sentence.startswith(reason) else f"{short(reason)}: {sentence}"


def _frozen_lines(explanation: Explanation) -> list[str]:
    """What was planned, where that is not what the register says now."""
    frozen, entitlement = explanation.frozen, explanation.now.entitlement
    if frozen is None:
        return [] if entitlement.receives else ["  it is not planned yet"]
    if frozen.reason == entitlement.reason and frozen.editions == entitlement.editions:
        return []
    if frozen.decision == "recipient":
        return [f"  when it was planned, entitled to it: {plan_change(frozen.reason, 'en')}"]
    return [f"  when it was planned, not entitled to it: {held_back(frozen.reason, 'en')}"]


def _fate_document(explanation: Explanation, fate: CopyFate, *, daemon: bool) -> dict[str, object]:
    copy, failed = fate.copy, fate.failure if fate.copy.state.failed else None
    return {
        "id": copy.id,
        "language": copy.language,
        "state": copy.state.value,
        "copy_number": copy.copy_number,
        "address": copy.address,
        "supplement": fate.supplement,
        "accepted_at": fate.accepted_at,
        "failed_at": failed.at if failed is not None else None,
        "failure": failed.reason.value if failed is not None else None,
        "words": failed.words if failed is not None else "",
        "held_reason": copy.held_reason,
        "next_attempt_at": copy.next_attempt_at if copy.state is State.PENDING else None,
        "sentence": fate_sentence(explanation.issue, fate, explanation.timezone, daemon=daemon),
    }
