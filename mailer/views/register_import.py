"""Shows what an import changes in the register: the JSON, the table and the lines of `register import`."""

from collections.abc import Iterator

from mailer.domain.membership import figure
from mailer.domain.register_difference import Difference, FieldChange
from mailer.views.names import NAMED, name_first
from mailer.views.plain_words import counted

COLUMNS = ("", "who", "change")


def import_document(difference: Difference, *, applied: bool) -> dict[str, object]:
    """The changes for programs."""
    return {
        "applied": applied and not difference.changes_nothing,
        "counts": difference.counts,
        "changes": [
            {"what": what, "who": who, "name": name, "change": change}
            for what, who, name, change in _changes(difference)
        ],
        "absent": [
            {"person": seat.person, "name": seat.any_name, "membership": seat.membership} for seat in difference.staying
        ],
        "bad": [str(row) for row in difference.bad],
        "warnings": list(difference.warnings),
        "remarks": list(difference.remarks),
    }


def import_rows(difference: Difference) -> Iterator[tuple[str, str, str]]:
    """The changes as rows of a table with these columns, and the first people who are absent from the file."""
    for what, who, name, change in _changes(difference):
        identity, *membership = who.split(" on ")
        yield what, " on ".join([f"{identity} {name}".strip(), *membership]), change
    for seat in difference.staying[:NAMED]:
        yield "person", f"{seat.label} on {seat.membership}", "stays, absent from the file"


def import_lines(difference: Difference, *, applied: bool) -> list[str]:
    """How many changes of each kind there are, who stays although absent, and whether they were applied."""
    counts = [f"{what.replace('_', ' ')}: {count}" for what, count in difference.counts.items() if count]
    return [
        *([", ".join(counts)] if counts else []),
        *difference.remarks,
        *_absent_lines(difference),
        _conclusion(difference, applied=applied),
    ]


def ending_question(difference: Difference) -> str:
    """Who leaves because of `--end-missing`, for the question before it; empty when it ends no one."""
    staying = {(seat.membership, seat.person) for seat in difference.staying}
    ending = [seat for seat in difference.absent if (seat.membership, seat.person) not in staying]
    if not ending:
        return ""
    people = counted(len(ending), "person", "people")
    return f"{people} absent from the file will get no further copies: {name_first(ending, len(ending))}."


def _changes(difference: Difference) -> Iterator[tuple[str, str, str, str]]:
    """What changes: the kind of thing, its id, its name, and the change."""
    for membership in difference.memberships:
        change = _changed_fields(membership.fields) if membership.before else f"new, {membership.after.kind}"
        yield "membership", membership.after.id, difference.owners[membership.after.id], change
    for seat in difference.seats:
        change = _changed_fields(seat.fields) if seat.before else "new"
        yield "person", f"{seat.after.person} on {seat.after.membership}", seat.after.any_name, change
    for payment in difference.payments:
        change = f"{payment.period}: {figure(payment.amount, payment.currency)} {payment.reference}".strip()
        yield "payment", payment.membership, difference.owners[payment.membership], change


def _absent_lines(difference: Difference) -> list[str]:
    number = len(difference.staying)
    if not number:
        return []
    people = "1 person of the register is" if number == 1 else f"{number} people of the register are"
    more = f" (the first {NAMED} are named above)" if number > NAMED else ""
    stays, them = ("stays", "this one") if number == 1 else ("stay", "them")
    return [f"{people} absent from the file and {stays}{more}; `--end-missing` ends {them}"]


def _conclusion(difference: Difference, *, applied: bool) -> str:
    if difference.bad and not applied:
        return "nothing is applied: correct the bad rows, or leave them out with --skip-bad"
    if difference.changes_nothing:
        if difference.bad:
            return "the good rows change nothing"
        return (
            "the rows of the file are in the register already"
            if difference.staying
            else "the register is as the files say: nothing changes"
        )
    return "applied" if applied else "nothing is applied yet: the same command with --apply does it"


def _changed_fields(changes: tuple[FieldChange, ...]) -> str:
    return "; ".join(f"{each.field}: {each.before or '(empty)'} → {each.after or '(empty)'}" for each in changes)
