"""Shows why a person receives an issue, or does not: the JSON and the lines of `why`."""

from mailer.domain.entitlement import RULES
from mailer.domain.explanation import Explanation


def why_document(explanation: Explanation) -> dict[str, object]:
    """The decision and what it rests on, for programs."""
    entitlement, frozen = explanation.now.entitlement, explanation.frozen
    return {
        "person": explanation.person,
        "issue": explanation.issue,
        "decision": "recipient" if entitlement.receives else "excluded",
        "reason": entitlement.reason.value,
        "rule": entitlement.rule,
        "evidence": list(entitlement.evidence),
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
        "copies": [
            {"id": delivery.id, "language": delivery.language, "state": delivery.state.value}
            for delivery in explanation.copies
        ],
    }


def why_lines(explanation: Explanation) -> list[str]:
    """The same for people."""
    entitlement, frozen = explanation.now.entitlement, explanation.frozen
    receives = "receives" if entitlement.receives else "does not receive"
    planned = (
        f"  as planned: {frozen.decision}, {frozen.reason} (rule {frozen.rule})" if frozen else "  not planned yet"
    )
    return [
        f"{explanation.person} {receives} {explanation.issue}: {entitlement.reason}",
        f"  rule {entitlement.rule}: {RULES[entitlement.rule].text}",
        *(f"  {fact}" for fact in entitlement.evidence),
        planned,
        *(
            f"  copy No. {delivery.copy_number} ({delivery.language}): {delivery.state}"
            for delivery in explanation.copies
        ),
    ]
