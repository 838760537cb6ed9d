"""Shows the distribution report: the JSON and the lines of `report`."""

from mailer.domain.circulation import Decision
from mailer.domain.distribution_report import DistributionReport
from mailer.domain.names import NamedPerson, label
from mailer.views.copies import open_copy_lines
from mailer.views.entitlement import shortfall_document, shortfall_sentence
from mailer.views.names import name_all, named_document
from mailer.views.plan import exclusion_lines
from mailer.views.unsent import sent_before_restore


def report_document(report: DistributionReport) -> dict[str, object]:
    """The distribution report for programs."""
    balance = report.balance
    return {
        "issue": report.issue,
        "state": report.state.value,
        "considered": balance.considered,
        "recipients": balance.recipients,
        "copies": balance.copies,
        "excluded": dict(balance.excluded),
        "deliveries": dict(balance.deliveries),
        "balanced": balance.balanced,
        "gained": [judged.person for judged in report.gained],
        "gained_people": list(map(named_document, report.gained)),
        "without_address": [{"person": person, "name": name} for person, name in sorted(report.unreachable.items())],
        "partly_paid": [
            {"person": each.person, "name": each.name, **shortfall_document(each.shortfall)}
            for each in report.partly_paid
        ],
        "needing_a_person": report.needing_a_person,
        "cancelled_supplements": list(report.cancelled_supplements),
    }


def report_lines(report: DistributionReport) -> list[str]:
    """The distribution report for people."""
    balance = report.balance
    excluded = sum(balance.excluded.values())
    people: dict[str, list[Decision]] = {}
    for decision in report.decisions:
        if decision.decision == "excluded":
            people.setdefault(decision.reason, []).append(decision)
    states = " + ".join(f"{count} {state}" for state, count in balance.deliveries.items() if count) or "none"
    gained = f"  entitled now and without a copy: {name_all(report.gained)}; see `mailer unsent {report.issue}`"
    people_without_address = [
        NamedPerson(person=person, name=name) for person, name in sorted(report.unreachable.items())
    ]
    unreachable = f"  entitled, but without an e-mail address in the register: {name_all(people_without_address)}"
    return [
        f"Distribution report of {report.issue} ({report.state})",
        f"  {balance.considered} people considered = {balance.recipients} recipients + {excluded} excluded",
        *exclusion_lines(balance.excluded, people),
        *(
            f"    paid in part: {label(each.person, each.name)}, {shortfall_sentence(each.shortfall)}"
            for each in report.partly_paid
        ),
        f"  {balance.copies} copies = {states}",
        *(f"  {line}" for line in open_copy_lines(report.issue, report.open_copies, report.failures, report.owed)),
        *([gained] if report.gained else []),
        *([unreachable] if report.unreachable else []),
        *(f"  supplement {number} was cancelled; the issue itself was not" for number in report.cancelled_supplements),
        *([] if report.circulation_known else [f"  {sent_before_restore(report.issue)}"]),
        "  The report balances.",
    ]
