"""A person as a document, and as lines for the terminal."""

from collections.abc import Iterable
from shlex import quote

from mailer.domain.bounce import ReportKind
from mailer.domain.delivery import Delivery
from mailer.domain.hold import OwnPause
from mailer.domain.membership import Payment
from mailer.domain.names import label
from mailer.domain.person import PersonRecord, RegisterEntry
from mailer.domain.register_columns import Cell, cells_of
from mailer.domain.report import Report
from mailer.views.plain_words import FAILURES, HOLDS

Document = dict[str, object]
# Kinds of report whose reason says more than the kind.
_WITH_REASON = frozenset({ReportKind.BOUNCE, ReportKind.COMPLAINT})


def entry_document(entry: RegisterEntry) -> Document:
    """One entry of the list of people."""
    seat, membership = entry.seat, entry.membership
    return {
        "person": seat.person,
        "membership": seat.membership,
        "kind": membership.kind.value,
        "organisation": membership.organisation,
        "circulation": membership.circle,
        "seat": seat.number,
        "name": seat.any_name,
        "email": str(seat.address) if seat.address else "",
        "languages": "+".join(seat.languages),
        "ended_on": seat.ended_on.isoformat() if seat.ended_on else None,
        "own_pause": own_pause_document(entry.own_pauses[0]) if entry.own_pauses else None,
    }


COLUMNS = ("person", "name", "membership", "kind", "e-mail", "languages", "ended on", "own pause")


def entry_row(entry: RegisterEntry) -> list[object]:
    """The same as a row of a table with these columns."""
    document = entry_document(entry)
    membership = label(entry.membership.id, entry.membership.organisation)
    rest = (document[key] for key in ("kind", "email", "languages", "ended_on"))
    pauses = "; ".join(map(own_pause_words, entry.own_pauses))
    return [entry.seat.person, entry.seat.any_name, membership, *rest, pauses]


def person_document(record: PersonRecord) -> Document:
    """One person with memberships, payments, copies, holds and open reports."""
    return {
        "person": record.person,
        "name": record.name,
        "memberships": [_membership_document(entry) for entry in record.entries],
        "payments": [_filled(cells_of(payment)) for payment in record.payments],
        "copies": [
            {
                "id": copy.id,
                "issue": issue,
                "language": copy.language,
                "copy_number": copy.copy_number,
                "state": copy.state.value,
            }
            for issue, copy in record.copies
        ],
        "unsubscribed_at": record.unsubscribed_at,
        "own_pause": own_pause_document(record.own_pause) if record.own_pause else None,
        "own_pauses": [own_pause_document(pause) for pause in record.own_pauses],
        "held": [{"address": hold.address, "reason": hold.reason, "since": hold.since} for hold in record.holds],
        "reports": [
            {
                "report": report.id,
                "arrived_at": report.arrived_at,
                "matter": report.matter,
                "kind": report.kind,
                "reason": report.reason,
                "issue": report.issue,
            }
            for report in record.reports
        ],
    }


def person_lines(record: PersonRecord) -> list[str]:
    """The same as lines: a block for each membership, a line for each payment, copy, hold and open report."""
    return [
        f"person {record.label}",
        *(line for entry in record.entries for line in _membership_lines(entry)),
        *_headed("payments", map(_payment_line, record.payments)),
        *_headed("copies", (_copy_line(issue, copy) for issue, copy in record.copies)),
        *(f"  {line}" for line in _obstacle_lines(record)),
    ]


def own_pause_document(pause: OwnPause) -> Document:
    """A person's own pause, for programs."""
    return {"newsletter": pause.newsletter or None, "from": pause.first, "until": pause.last, "since": pause.since}


def own_pause_words(pause: OwnPause) -> str:
    """Since when a person wants no copies, and until when."""
    of = f" from {pause.newsletter}" if pause.newsletter else ""
    if pause.has_unsubscribed:
        return f"unsubscribed{of} on {pause.since:%Y-%m-%d}"
    until = f" until {pause.last}" if pause.last else ", without an end"
    which = f" ({pause.newsletter})" if pause.newsletter else ""
    return f"paused at their wish{which}, from {pause.first}{until}"


def _membership_document(entry: RegisterEntry) -> Document:
    return {**entry_document(entry), **_filled(cells_of(entry.seat))}


def _filled(cells: dict[str, Cell]) -> Document:
    return {column: str(cell) for column, cell in cells.items() if cell not in {None, ""}}


def _membership_lines(entry: RegisterEntry) -> list[str]:
    # `name` repeats one of the columns for each language.
    facts = {
        key: value
        for key, value in _membership_document(entry).items()
        if value and key not in {"person", "membership", "name", "own_pause"}
    }
    return [f"  on membership {entry.seat.membership}", *(f"    {key}: {value}" for key, value in facts.items())]


def _payment_line(payment: Payment) -> str:
    cells = _filled(cells_of(payment))
    return ", ".join(
        [
            f"{cells['membership']}, {cells['period_from']} to {cells['period_to']}: {cells['amount']} {cells['currency']}",
            *(f"{key} {cells[key]}" for key in ("paid_on", "in_full", "reference") if key in cells),
        ]
    )


def _copy_line(issue: str, copy: Delivery) -> str:
    return f"{issue}: copy No. {copy.copy_number} ({copy.language}) {copy.state.value}, delivery {copy.id}"


def _headed(heading: str, lines: Iterable[str]) -> list[str]:
    indented = [f"    {line}" for line in lines]
    return [f"  {heading}", *indented] if indented else [f"  no {heading}"]


def _obstacle_lines(record: PersonRecord) -> Iterable[str]:
    for pause in record.own_pauses:
        yield (f"{own_pause_words(pause)}; `mailer person resume {quote(record.person)}` when they want copies again")
    for hold in record.holds:
        if hold.reason is None:  # failures are counted, the address is not held yet
            continue
        yield f"nothing is sent to {hold.address}: {HOLDS['en'][hold.reason]}; `mailer hold list`"
    yield from map(_report_line, record.reports)


def _report_line(report: Report) -> str:
    of_issue = f" of {report.issue}" if report.issue else ", perhaps about them"
    reason = f": {FAILURES['en'][report.reason]}" if report.kind in _WITH_REASON else ""
    return f"report {report.id}{of_issue}, {report.matter}{reason}; `mailer bounce show {report.id}`"
