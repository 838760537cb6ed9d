"""Shows what an import changes in the register: the JSON, the table and the lines of `register import`."""

from collections.abc import Iterator

from mailer.domain.register_change import Difference, FieldChange

COLUMNS = ("", "who", "change")


def import_document(difference: Difference, *, applied: bool) -> dict[str, object]:
    """The changes for programs."""
    return {
        "applied": applied and not difference.changes_nothing,
        "counts": difference.counts,
        "changes": [{"what": what, "who": who, "change": change} for what, who, change in import_rows(difference)],
        "bad": [str(row) for row in difference.bad],
        "warnings": list(difference.warnings),
    }


def import_rows(difference: Difference) -> Iterator[tuple[str, str, str]]:
    """The changes as rows of a table with these columns."""
    for membership in difference.memberships:
        change = _changed_fields(membership.fields) if membership.before else f"new, {membership.after.kind}"
        yield "membership", membership.after.id, change
    for seat in difference.seats:
        change = _changed_fields(seat.fields) if seat.before else "new"
        yield "person", f"{seat.after.person} on {seat.after.membership}", change
    for payment in difference.payments:
        amount = f"{payment.amount.normalize():f} {payment.currency}"
        paid = f"{payment.period.first} to {payment.period.last}: {amount}"
        yield "payment", payment.membership, f"{paid} {payment.reference}".strip()


def import_lines(difference: Difference, *, applied: bool) -> list[str]:
    """How many changes of each kind there are, and whether they were applied."""
    counts = [f"{what.replace('_', ' ')}: {count}" for what, count in difference.counts.items() if count]
    return [*([", ".join(counts)] if counts else []), _conclusion(difference, applied=applied)]


def _conclusion(difference: Difference, *, applied: bool) -> str:
    if difference.bad and not applied:
        return "nothing is applied: correct the bad rows, or leave them out with --skip-bad"
    if difference.changes_nothing:
        return "the good rows change nothing" if difference.bad else "the register is as the files say: nothing changes"
    return "applied" if applied else "nothing is applied yet: the same command with --apply does it"


def _changed_fields(changes: tuple[FieldChange, ...]) -> str:
    return "; ".join(f"{each.field}: {each.before or '(empty)'} → {each.after or '(empty)'}" for each in changes)
