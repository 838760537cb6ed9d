"""Writes down what the daily letter says: every item that waits for the secretary, and what can be done about it."""

from collections.abc import Mapping

from mailer.domain.delivery import Delivery
from mailer.domain.mailing import MailingState
from mailer.domain.names import name_in
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.pipeline.letters.facts import Facts, copy_facts, cut, failure_facts, first, hold_facts
from mailer.pipeline.mailings.open_items import gather
from mailer.store import Connection, mailings, members
from mailer.store.copies import deliveries


def daily_facts(context: Context) -> Facts | None:
    """What the daily letter says, as plain values; None when nothing is open."""
    with context.store.reading() as connection:
        items = gather(connection, context)
        if not items.count:
            return None
        copies, language = items.copies, context.language
        named = first(items.reports)
        reported = deliveries.deliveries_with(
            connection, sorted({report.delivery for report in named if report.delivery is not None})
        )
        names = members.names_of(connection, sorted({report.person for report in named if report.person}))
        return {
            "number": items.count,
            **cut(
                "matters",
                items.reports,
                lambda report: _report_facts(report, reported, names.get(report.person, {}), language),
            ),
            **cut(
                "failed",
                copies.failed,
                lambda failed: {**copy_facts(failed.copy), "issue": failed.issue, **failure_facts(failed.failure)},
            ),
            **cut(
                "held",
                copies.held,
                lambda held: {**copy_facts(held.copy), "issue": held.issue, "why": held.why},
            ),
            **cut("owed", list(copies.owed.items()), lambda owed: {"issue": owed[0], "copies": len(owed[1])}),
            **cut(
                "holds",
                items.holds,
                lambda held: {
                    **hold_facts(*held, language),
                    "reports": items.held_reports.get(held[0].address, []),
                },
            ),
            **cut("uncertain", copies.uncertain, lambda doubt: _uncertain_facts(connection, *doubt)),
        }


def _uncertain_facts(connection: Connection, issue: str, copy: Delivery) -> Facts:
    # Of a cancelled mailing no copy goes out once more.
    cancelled = mailings.mailing(connection, copy.mailing).state is MailingState.CANCELLED
    return {**copy_facts(copy), "issue": issue, "cancelled": cancelled}


def _report_facts(report: Report, copies: dict[int, Delivery], names: Mapping[str, str], language: str) -> Facts:
    copy = copies.get(report.delivery) if report.delivery is not None else None
    assert report.matter is not None, "an unsettled report has a matter"
    return {
        "id": report.id,
        "matter": report.matter.value,
        "at": report.arrived_at.isoformat(),
        "person": report.person,
        "name": copy.copy.name if copy is not None else name_in(names, language),
        "address": copy.address if copy is not None else report.recipient or "",
        "number": copy.copy_number if copy is not None else 0,
        "issue": report.issue,
        "reason": report.reason.value,
        "said": report.diagnostic,
        "sender": report.sender,
        "subject": report.subject,
        "successor": report.successor or "",
    }
