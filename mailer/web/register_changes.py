"""What an import changes, as the rows of a table in the language of the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.domain.names import label
from mailer.domain.register_difference import Difference, FieldChange
from mailer.formats.dates_and_money import amount
from mailer.web.dates import day
from mailer.web.register_form import label_of
from mailer.web.visit import Visit
from mailer.web.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change: the kind of thing, whose it is, and what changes."""

    thing: str
    who: str
    change: str


def change_rows(visit: Visit, change: Difference) -> Iterator[ChangeRow]:
    """Every change: memberships, then people, then payments."""
    for contract in change.memberships:
        kind = word(contract.after.kind, visit.texts)
        new = visit.text("new, {kind}", kind=kind)
        yield ChangeRow(
            thing=visit.text("Membership"),
            who=label(contract.after.id, change.owners[contract.after.id]),
            change=_fields(visit, contract.fields) if contract.before else new,
        )
    for seat in change.seats:
        yield ChangeRow(
            thing=visit.text("Person"),
            who=f"{seat.after.label} · {seat.after.membership}",
            change=_fields(visit, seat.fields) if seat.before else visit.text("new"),
        )
    for payment in change.payments:
        days = f"{day(payment.period.first, visit.language)} – {day(payment.period.last, visit.language)}"
        money = f"{amount(payment.amount, visit.language)} {payment.currency}"
        yield ChangeRow(
            thing=visit.text("Payment"),
            who=label(payment.membership, change.owners[payment.membership]),
            change=" · ".join(filter(None, (money, days, payment.reference))),
        )


def _fields(visit: Visit, fields: Iterable[FieldChange]) -> str:
    return "; ".join(f"{label_of(visit, each.field)}: {each.before or '—'} → {each.after or '—'}" for each in fields)
