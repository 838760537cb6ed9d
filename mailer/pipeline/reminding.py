"""Gathers what is not settled yet: copies that came back, addresses that are held, copies whose fate nobody knows."""

from mailer.pipeline.digesting import Facts, copy_facts, cut, hold_facts, name_in
from mailer.pipeline.press import Press
from mailer.store import Connection, deliveries, holds, members, reports
from mailer.store.reports import Report


def unsettled(press: Press) -> Facts | None:
    """What a reminder tells, as plain values; None when nothing waits for anybody."""
    with press.store.reading() as connection:
        matters = reports.listing(connection, unsettled=True)
        held = [hold_facts(connection, one, press.language) for one in holds.listing(connection)]
        # An address that nobody has any more asks for nothing.
        owned = [one for one in held if one["people"]]
        doubted = deliveries.all_uncertain(connection)
        number = len(matters) + len(owned) + len(doubted)
        if not number:
            return None
        return {
            "number": number,
            **cut("matters", _matters(connection, matters, press.language)),
            **cut("holds", owned),
            **cut("uncertain", [{**copy_facts(one), "issue": issue} for issue, one in doubted]),
        }


def _matters(connection: Connection, found: list[Report], language: str) -> list[Facts]:
    copies = deliveries.deliveries_with(connection, sorted({one.delivery for one in found if one.delivery is not None}))
    names = members.names_of(connection, sorted({one.person for one in found if one.person}))
    return [_matter(one, copies, names.get(one.person, {}), language) for one in found]


def _matter(report: Report, copies: dict[int, deliveries.Delivery], names: dict[str, str], language: str) -> Facts:
    copy = copies.get(report.delivery) if report.delivery is not None else None
    assert report.matter is not None, "only what is unsettled has been asked for"
    return {
        "id": report.id,
        "matter": report.matter.value,
        "at": report.arrived_at.isoformat(),
        "person": report.person,
        "name": copy.name if copy is not None else name_in(names, language),
        "address": copy.address if copy is not None else report.recipient or "",
        "number": copy.copy_number if copy is not None else 0,
        "issue": report.issue,
        "reason": report.reason.value,
        "said": report.diagnostic,
        "sender": report.sender,
        "subject": report.subject,
        "successor": report.successor or "",
    }
