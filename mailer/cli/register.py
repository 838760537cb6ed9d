"""Commands about the register: import, export, people and payments."""

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Membership, Person
from mailer.cli.plan_changes import note_plan_changes
from mailer.domain.errors import BadInput


def import_(
    members: Annotated[Path | None, typer.Option("--members", metavar="FILE", help="CSV or XLSX")] = None,
    payments: Annotated[Path | None, typer.Option("--payments", metavar="FILE", help="CSV or XLSX")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="apply it; without this, the difference only")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="leave bad rows out and apply the others")] = False,
    end_missing: Annotated[bool, typer.Option("--end-missing", help="people absent from the file have left")] = False,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="of CSV, e.g. cp1252")] = None,
    ignore_columns: Annotated[
        str, typer.Option("--ignore-columns", metavar="NAME,NAME", help="columns of your own, which are left out")
    ] = "",
) -> None:
    """Import members and payments; show the difference first.

    Example: mailer register import --members m.csv --apply
    """
    from mailer.formats.register import files
    from mailer.pipeline.register import import_export
    from mailer.views.register_import import COLUMNS, ending_question, import_document, import_lines, import_rows

    if members is None and payments is None:
        raise typer.BadParameter("name --members, --payments or both")
    context = console.open_context()
    ignored = [name.strip().lower() for name in ignore_columns.split(",") if name.strip()]
    members_table = (
        files.read_members(members.name, _read(members), encoding=encoding, ignored=ignored) if members else None
    )
    payments_table = (
        files.read_payments(payments.name, _read(payments), encoding=encoding, ignored=ignored) if payments else None
    )
    files.check_ignored(ignored, [table.columns for table in (members_table, payments_table) if table is not None])
    end = context.clock.now().date() if end_missing else None
    difference = import_export.compare(
        context, members_table=members_table, payments_table=payments_table, end_missing=end
    )
    for row in difference.bad:
        console.complain(str(row))
    console.warn(difference.warnings)
    applied = apply and (skip_bad or not difference.bad)
    if applied and not difference.changes_nothing:
        if question := ending_question(difference):
            console.confirm(question)
        difference = import_export.import_register(
            context,
            members_table=members_table,
            payments_table=payments_table,
            end_missing=end,
            skip_bad=skip_bad,
        )
    changed = applied and not difference.changes_nothing
    console.show(
        import_document(difference, applied=applied) | {"plans": note_plan_changes(context) if changed else []},
        COLUMNS,
        import_rows(difference),
        *import_lines(difference, applied=applied),
    )
    if difference.bad:
        raise typer.Exit(1)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the files go")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="one register.xlsx with two sheets")] = False,
) -> None:
    """Write members.csv and payments.csv, as import takes them.

    Example: mailer register export --out backup
    """
    from mailer.app.installation import spool
    from mailer.formats.register import files
    from mailer.pipeline.register.import_export import export_register

    context = console.open_context()
    register = export_register(context)
    write = spool(out)
    if xlsx:
        written = [write("register.xlsx", files.write_xlsx(register))]
    else:
        written = [
            write("members.csv", files.write_members_csv(register)),
            write("payments.csv", files.write_payments_csv(register)),
        ]
    console.say({"files": [str(file) for file in written]}, *map(str, written))


def list_people() -> None:
    """List all people in the register.

    Example: mailer person list
    """
    from mailer.domain.remedy import Action
    from mailer.pipeline.register.people import list_entries
    from mailer.views.person import COLUMNS, entry_document, entry_row
    from mailer.views.remedies import advise

    entries = list_entries(console.open_context())
    console.show(
        list(map(entry_document, entries)),
        COLUMNS,
        map(entry_row, entries),
        *([] if entries else [advise("the register is empty", Action.IMPORT_REGISTER.of())]),
    )


def show_person(person: Person) -> None:
    """Show one person with memberships, payments and copies.

    Example: mailer person show P001
    """
    from mailer.pipeline.register.people import find_person
    from mailer.views.person import person_document, person_lines

    record = find_person(console.open_context(), person)
    console.say(person_document(record), *person_lines(record))


def erase_person(person: Person) -> None:
    """Erase a person's data; an anonymous ledger stays that still balances.

    Example: mailer person erase P001
    """
    from mailer.pipeline.register.erase import erase
    from mailer.pipeline.register.people import find_person

    context = console.open_context()
    find_person(context, person)
    console.confirm(f"Everything that tells who {person} is will be gone, here and in every mailing.", typed=person)
    alias = erase(context, person)
    plans = note_plan_changes(context)
    console.say({"person": person, "erased_as": alias, "plans": plans}, f"{person} is erased; the ledger keeps {alias}")


def resume_person(person: Person) -> None:
    """Send issues again to a person who unsubscribed and asks for them.

    Example: mailer person resume P001
    """
    from mailer.pipeline.bounces import preferences
    from mailer.pipeline.register.people import find_person

    context = console.open_context()
    find_person(context, person)
    since = preferences.paused_since(context, person)
    console.confirm(f"{person} unsubscribed on {since:%Y-%m-%d}. Send {person} the next issues again?")
    preferences.resume(context, person)
    plans = note_plan_changes(context)
    console.say(
        {"person": person, "resumed": True, "plans": plans}, f"{person} gets issues again, from the next plan on"
    )


def add_payment(
    membership: Membership,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="first day paid for")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="last day paid for")],
    amount: Annotated[str, typer.Option("--amount", metavar="N", help="negative for money paid back")],
    currency: Annotated[str, typer.Option("--currency", metavar="RUB")] = "RUB",
    paid_on: Annotated[str, typer.Option("--paid-on", metavar="DATE")] = "",
    in_full: Annotated[bool, typer.Option("--in-full", help="this pays the whole period, whatever the fee")] = False,
    reference: Annotated[str, typer.Option("--reference", metavar="R")] = "",
) -> None:
    """Enter a payment, after showing whose it is and until when it pays.

    Example: mailer payment add M001 --from 2018-01-01 --to 2018-12-31 --amount 50000
    """
    from mailer.formats.register.files import parse_payment
    from mailer.pipeline.register import import_export
    from mailer.views.payments import effect_document, effect_lines, entered_line

    payment = parse_payment(
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
    context = console.open_context()
    effect = import_export.preview_payment(context, payment)
    console.warn(effect.warnings)
    console.confirm("\n".join([*effect_lines(effect), "Enter this payment?"]))
    import_export.add_payment(context, payment)
    plans = note_plan_changes(context)
    console.say(effect_document(effect) | {"plans": plans}, entered_line(effect))


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
