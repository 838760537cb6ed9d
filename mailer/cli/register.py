"""Commands about the register: import and export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.plan_changes import note_plan_changes
from mailer.domain.errors import BadInput

if TYPE_CHECKING:
    from mailer.pipeline.register.import_export import MembersTable, PaymentsTable


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
    from mailer.pipeline.register import import_export
    from mailer.views.register_import import COLUMNS, ending_question, import_document, import_lines, import_rows

    if members is None and payments is None:
        raise typer.BadParameter("name --members, --payments or both")
    context = console.open_context()
    members_table, payments_table = _read_tables(members, payments, encoding, ignore_columns)
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
            shown=difference,
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
    from mailer.formats.register import write as tables
    from mailer.pipeline.register.import_export import export_register

    context = console.open_context()
    register = export_register(context)
    write = spool(out)
    if xlsx:
        written = [write("register.xlsx", tables.write_xlsx(register))]
    else:
        written = [
            write("members.csv", tables.write_members_csv(register)),
            write("payments.csv", tables.write_payments_csv(register)),
        ]
    console.say({"files": [str(file) for file in written]}, *map(str, written))


def _read_tables(
    members: Path | None, payments: Path | None, encoding: str | None, ignore_columns: str
) -> "tuple[MembersTable | None, PaymentsTable | None]":
    from mailer.formats.register import files

    ignored = [name.strip().lower() for name in ignore_columns.split(",") if name.strip()]
    members_table = (
        files.read_members(members.name, _read(members), encoding=encoding, ignored=ignored) if members else None
    )
    payments_table = (
        files.read_payments(payments.name, _read(payments), encoding=encoding, ignored=ignored) if payments else None
    )
    files.check_ignored(ignored, [table.columns for table in (members_table, payments_table) if table is not None])
    return members_table, payments_table


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
    app.add_typer(register, name="register")
