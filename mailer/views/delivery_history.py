"""Shows all that happened to one copy: the JSON and the lines of `delivery show`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from mailer.domain.delivery import Attempt
from mailer.domain.history import DeliveryHistory
from mailer.views.copies import copy_document, state_of
from mailer.views.returned_mail import describe, shorten


def delivery_history_document(history: DeliveryHistory) -> dict[str, object]:
    """One copy with its attempts, reports and decisions in the order of time, for programs."""
    attempts = [{"at": attempt.started_at, "what": "attempt", **asdict(attempt)} for attempt in history.attempts]
    reports = [
        {
            "at": report.arrived_at,
            "what": "report",
            "report": report.id,
            "kind": report.kind,
            "reason": report.reason,
            "hard": report.hard,
            "recipient": report.recipient,
            "diagnostic": report.diagnostic,
            "rule": report.rule,
            "named_by": report.named_by,
            "matter": report.matter,
            "settled_at": report.settled_at,
        }
        for report in history.reports
    ]
    decisions = [{"what": "decision", **asdict(decision)} for decision in history.decisions]
    timeline = sorted([*attempts, *reports, *decisions], key=_instant)
    return copy_document(history.delivery) | {"timeline": timeline, "decisions": decisions}


def _instant(event: Mapping[str, object]) -> datetime:
    instant = event["at"]
    assert isinstance(instant, datetime), "each event has its instant"
    return instant


COLUMNS = ("when", "what", "words")


def delivery_history_rows(history: DeliveryHistory) -> list[tuple[datetime, str, str]]:
    """The same events as rows of a table with these columns."""
    return sorted(
        [
            *(
                (attempt.started_at, f"attempt {attempt.number}: {attempt.outcome}", _answer(attempt))
                for attempt in history.attempts
            ),
            *(
                (report.arrived_at, f"report {report.id}: {describe(report)}", shorten(report.diagnostic))
                for report in history.reports
            ),
            *((decision.at, f"{decision.who}: {decision.verb}", decision.detail) for decision in history.decisions),
        ]
    )


def delivery_history_lines(history: DeliveryHistory) -> list[str]:
    """Which copy it is."""
    delivery = history.delivery
    copy = f"delivery {delivery.id}: copy No. {delivery.copy_number} ({delivery.language})"
    return [
        *([] if history.attempts else ["no attempt yet"]),
        f"{copy} for {delivery.label} <{delivery.address}>: {state_of(delivery)}",
        f"  {delivery.message_id}",
    ]


def _answer(attempt: Attempt) -> str:
    reply = " ".join(str(word) for word in (attempt.code, attempt.status, attempt.text) if word)
    facts = [("by", attempt.relay), ("queue id", attempt.queue_id), ("TLS", attempt.tls_version or "none")]
    return ", ".join([reply or "no answer", *(f"{name} {value}" for name, value in facts if value)])
