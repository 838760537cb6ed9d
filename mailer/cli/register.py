"""Commands about the register: import, export, people and payments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from mailer.app import installation as composition
from mailer.cli import console
from mailer.domain.errors import BadInput
from mailer.domain.register_change import Difference, FieldChange
from mailer.formats.register import files as formats
from mailer.pipeline.bounces import preferences
from mailer.pipeline.register import erase, import_export, people
from mailer.views.person import entry_document, person_document, person_lines

Person = Annotated[str, typer.Argument(metavar="ID", help="as in the register, e.g. P001")]


def import_(
    members: Annotated[Path | None, typer.Option("--members", metavar="FILE", help="CSV or XLSX")] = None,
    payments: Annotated[Path | None, typer.Option("--payments", metavar="FILE", help="CSV or XLSX")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="apply it; without this, the difference only")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="leave bad rows out and apply the others")] = False,
    end_missing: Annotated[bool, typer.Option("--end-missing", help="who is absent from the file has left")] = False,
) -> None:
    """Import members and payments; the difference first.

    Example: mailer register import --members m.csv --apply
    """
    if members is None and payments is None:
        raise typer.BadParameter("name --members, --payments or both")
    context = console.context()
    now = context.clock.now()
    members_table = formats.read_members(members.name, _read(members)) if members else None
    payments_table = formats.read_payments(payments.name, _read(payments)) if payments else None
    end = now.date() if end_missing else None
    found = import_export.compare(
        context.store, members_table=members_table, payments_table=payments_table, end_missing=end
    )
    for bad in found.bad:
        console.complain(str(bad))
    console.warn(found.warnings)
    applied = apply and (skip_bad or not found.bad)
    if applied and not found.changes_nothing:
        ended = found.counts["people_ended"]
        if ended and end_missing:
            console.confirm(f"{ended} people who are absent from the file get no further copies.")
        found = import_export.import_register(
            context.store,
            members_table=members_table,
            payments_table=payments_table,
            end_missing=end,
            skip_bad=skip_bad,
            who=context.who,
            now=now,
        )
    _tell(found, applied=applied)
    if found.bad:
        raise typer.Exit(1)


def _tell(found: Difference, *, applied: bool) -> None:
    changes = [*_changes(found)]
    counted = [f"{what.replace('_', ' ')}: {count}" for what, count in found.counts.items() if count]
    if found.bad and not applied:
        last = "nothing is applied: mend the bad rows, or leave them out with --skip-bad"
    elif found.changes_nothing and found.bad:
        last = "the good rows change nothing"
    elif found.changes_nothing:
        last = "the register is as the files say: nothing changes"
    elif applied:
        last = "applied"
    else:
        last = "nothing is applied yet: the same command with --apply does it"
    console.show(
        {
            "applied": applied and not found.changes_nothing,
            "counts": found.counts,
            "changes": [{"what": what, "who": who, "change": change} for what, who, change in changes],
            "bad": [str(bad) for bad in found.bad],
            "warnings": list(found.warnings),
        },
        ("", "who", "change"),
        changes,
        *([", ".join(counted)] if counted else []),
        last,
    )


def _changes(found: Difference) -> Iterator[tuple[str, str, str]]:
    for one in found.memberships:
        yield "membership", one.after.id, _said(one.fields) if one.before else f"new, {one.after.kind}"
    for seat in found.seats:
        yield "person", f"{seat.after.person} on {seat.after.membership}", _said(seat.fields) if seat.before else "new"
    for payment in found.payments:
        said = f"{payment.period.first} to {payment.period.last}: {payment.amount.normalize():f} {payment.currency}"
        yield "payment", payment.membership, f"{said} {payment.reference}".strip()


def _said(fields: tuple[FieldChange, ...]) -> str:
    return "; ".join(f"{field.field}: {field.before or '(empty)'} → {field.after or '(empty)'}" for field in fields)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the files go")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="one register.xlsx with two sheets")] = False,
) -> None:
    """Write members.csv and payments.csv, as import takes them.

    Example: mailer register export --out backup
    """
    context = console.context()
    found = import_export.export_register(context.store, who=context.who, now=context.clock.now())
    spool = composition.spool(out)
    if xlsx:
        written = [spool("register.xlsx", formats.write_xlsx(found))]
    else:
        written = [
            spool("members.csv", formats.write_members_csv(found)),
            spool("payments.csv", formats.write_payments_csv(found)),
        ]
    console.say({"files": [str(file) for file in written]}, *map(str, written))


def list_people() -> None:
    """Everybody in the register.

    Example: mailer person list
    """
    found = [entry_document(entry) for entry in people.list_entries(console.context())]
    console.show(
        found,
        ("person", "membership", "kind", "name", "e-mail", "languages", "ended on"),
        [
            [one[key] for key in ("person", "membership", "kind", "name", "email", "languages", "ended_on")]
            for one in found
        ],
        *([] if found else ["the register is empty; `mailer register import` fills it"]),
    )


def show_person(person: Person) -> None:
    """One person with memberships, payments and copies.

    Example: mailer person show P001
    """
    record = people.find_person(console.context(), person)
    console.say(person_document(record), *person_lines(record))


def erase_person(person: Person) -> None:
    """Forget a person; an anonymous ledger stays that still balances.

    Example: mailer person erase P001
    """
    context = console.context()
    people.find_person(context, person)
    console.confirm(f"Everything that tells who {person} is will be gone, here and in every mailing.", typed=person)
    alias = erase.erase(context, person)
    console.say({"person": person, "erased_as": alias}, f"{person} is erased; the ledger keeps {alias}")


def resume_person(person: Person) -> None:
    """Let a person who unsubscribed get issues again, because they ask for it.

    Example: mailer person resume P001
    """
    context = console.context()
    people.find_person(context, person)
    since = preferences.paused_since(context, person)
    console.confirm(f"{person} unsubscribed on {since:%Y-%m-%d}. Let {person} get the next issues again?")
    preferences.resume(context, person)
    console.say({"person": person, "resumed": True}, f"{person} gets issues again, from the next plan on")


def add_payment(
    membership: Annotated[str, typer.Argument(metavar="MEMBERSHIP")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="first day paid for")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="last day paid for")],
    amount: Annotated[str, typer.Option("--amount", metavar="N", help="negative for money paid back")],
    currency: Annotated[str, typer.Option("--currency", metavar="RUB")] = "RUB",
    paid_on: Annotated[str, typer.Option("--paid-on", metavar="DATE")] = "",
    in_full: Annotated[bool, typer.Option("--in-full", help="this pays the whole period, whatever the fee")] = False,
    reference: Annotated[str, typer.Option("--reference", metavar="R")] = "",
) -> None:
    """Enter a payment.

    Example: mailer payment add M001 --from 2018-01-01 --to 2018-12-31 --amount 50000
    """
    payment = formats.parse_payment(
        {
            "membership": membership,
            "period_from": first,
            "period_to": last,
            "amount": amount,
            "currency": currency,
            "paid_on": paid_on,
            "in_full": "yes" if in_full else "",
            "reference": reference,
        }
    )
    context = console.context()
    import_export.add_payment(context.store, payment, who=context.who, now=context.clock.now())
    period = f"{payment.period.first} to {payment.period.last}"
    console.say(
        {"membership": membership, "from": payment.period.first, "to": payment.period.last, "amount": payment.amount},
        f"{payment.amount.normalize():f} {payment.currency} entered for {membership}, {period}",
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error


def join(app: typer.Typer) -> None:
    """Add these commands."""
    register = typer.Typer(no_args_is_help=True, help="The register. Example: mailer register import --members m.csv")
    register.command("import")(import_)
    register.command("export")(export)
    person = typer.Typer(no_args_is_help=True, help="People. Example: mailer person show P001")
    for name, command in (
        ("list", list_people),
        ("show", show_person),
        ("resume", resume_person),
        ("erase", erase_person),
    ):
        person.command(name)(command)
    payment = typer.Typer(
        no_args_is_help=True, help="Payments. Example: mailer payment add M001 --from … --to … --amount 50000"
    )
    payment.command("add")(add_payment)
    for name, group in (("register", register), ("person", person), ("payment", payment)):
        app.add_typer(group, name=name)
