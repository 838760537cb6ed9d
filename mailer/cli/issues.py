"""Commands about issues: pull, list, show, check, preview, import."""

from pathlib import Path
from typing import Annotated

import typer

from mailer.app import installation as composition
from mailer.cli import console
from mailer.domain.errors import MailerError
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull as pulling
from mailer.pipeline.issues import shelf
from mailer.pipeline.mailings.dry_run import write_preview
from mailer.views.remedies import advise

Issue = Annotated[str, typer.Argument(metavar="ISSUE", help="<newsletter>/<serial>")]


def pull(newsletter: Annotated[str | None, typer.Argument(metavar="NEWSLETTER")] = None) -> None:
    """Pull finished issues now.

    Example: mailer pull russia-confidential
    """
    opened = console.installation()
    chosen = [opened.context.newsletter(newsletter)] if newsletter else list(opened.context.newsletters.values())
    found: list[tuple[str, pulling.Pulled]] = []
    down: list[str] = []
    for one in chosen:
        try:
            source = composition.source(opened, one)
            found += [(one.id, pulled) for pulled in pulling.pull(opened.context, one, source)]
        except MailerError as error:
            down.append(f"{one.id}: {error}")
    for line in down:
        console.complain(line)
    refused = [pulled for _, pulled in found if pulled.finding is pulling.Finding.REFUSED]
    for pulled in refused:
        console.complain(f"{pulled.folder} was not stored: {_reason(pulled)}")
    console.warn(warning for _, pulled in found for warning in pulled.warnings)
    console.show(
        [
            {
                "newsletter": identity,
                "folder": pulled.folder,
                "finding": pulled.finding.value,
                "issue": pulled.issue,
                "line": _reason(pulled),
                "warnings": list(pulled.warnings),
            }
            for identity, pulled in found
        ],
        ("folder", "", "issue", ""),
        [(pulled.folder, pulled.finding, pulled.issue, _reason(pulled)) for _, pulled in found],
        *([] if found or down else ["the source has no issue"]),
    )
    if refused or down:
        raise typer.Exit(1)


def _reason(pulled: pulling.Pulled) -> str:
    """What there is to say about a folder, without its name once more."""
    return advise(pulled.line.removeprefix(f"{pulled.folder}: "), *pulled.remedies)


def list_() -> None:
    """Every issue that was pulled.

    Example: mailer issue list
    """
    found = shelf.listing(console.context())
    console.show(
        [shelf.facts(one) for one in found],
        ("issue", "№", "date", "revision", "languages", "state", "title"),
        [
            (
                one.issue,
                one.revision.number,
                one.revision.date,
                one.revision.revision,
                one.revision.languages,
                one.state,
                one.revision.title,
            )
            for one in found
        ],
        *([] if found else ["no issue yet; `mailer pull` stores those that are finished"]),
    )


def show(issue: Issue) -> None:
    """One issue with its files and its state.

    Example: mailer issue show russia-confidential/253
    """
    one, files = shelf.show(console.context(), IssueName.parse(issue))
    document = shelf.facts(one) | {"files": [{"name": file.name, "bytes": len(file.content)} for file in files]}
    console.say(
        document,
        *(
            f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            for key, value in shelf.facts(one).items()
        ),
        *(f"  {file.name}: {len(file.content)} bytes" for file in files),
    )


def check(issue: Issue) -> None:
    """Compile every edition and see whether anything is wrong.

    Example: mailer issue check russia-confidential/253
    """
    warnings = shelf.check(console.context(), IssueName.parse(issue))
    console.warn(warnings)
    console.say({"issue": issue, "ok": True, "warnings": warnings}, f"{issue}: every edition can be compiled")


def preview(
    issue: Issue,
    person: Annotated[str, typer.Option("--person", metavar="ID")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the files go")],
) -> None:
    """Write one person's copies as files.

    Example: mailer issue preview russia-confidential/253 --person P001 --out look
    """
    written = write_preview(console.context(), IssueName.parse(issue), person, composition.spool(out))
    console.say({"issue": issue, "person": person, "files": [str(file) for file in written]}, *map(str, written))


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="raw Markdown, e.g. converted from print")],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="the issue's folder")],
    newsletter: Annotated[str, typer.Option("--newsletter", metavar="ID")],
    language: Annotated[str, typer.Option("--language", metavar="en")],
) -> None:
    """Turn raw Markdown into an issue folder and list what is wrong with it.

    Example: mailer issue import raw.md --into issues/2018-03 --newsletter russia-confidential --language en
    """
    made, imported = shelf.import_raw(file, into, newsletter=newsletter, language=language)
    console.show(
        {
            "file": str(made),
            "front_matter": dict(imported.front_matter),
            "defects": [{"line": defect.line, "what": defect.what} for defect in imported.defects],
        },
        ("line", "defect"),
        [(defect.line, defect.what) for defect in imported.defects],
        f"{made} is written as a draft; mend it, then set `status: finished`",
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(pull)
    group = typer.Typer(no_args_is_help=True, help="Issues. Example: mailer issue list")
    for name, command in (("list", list_), ("show", show), ("check", check), ("preview", preview), ("import", import_)):
        group.command(name)(command)
    app.add_typer(group, name="issue")
