"""Commands about issues: pull, list, show, check, preview, upload, import, drop."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import PERSON_HELP, Issue, one_issue, one_person
from mailer.domain.errors import MailerError, NotFound

if TYPE_CHECKING:
    from mailer.pipeline.issues.desk import CheckedFolder


def pull(newsletter: Annotated[str | None, typer.Argument(metavar="NEWSLETTER")] = None) -> None:
    """Pull finished issues now.

    Example: mailer pull russia-confidential
    """
    from mailer.app.installation import source
    from mailer.domain.shelf import Finding, PulledFolder
    from mailer.pipeline.issues.pull import pull
    from mailer.views.issues import PULL_COLUMNS, pulled_document, pulled_row, refusal_lines
    from mailer.views.remedies import sentence

    app = console.open_installation()
    newsletters = [app.context.newsletter(newsletter)] if newsletter else list(app.context.newsletters.values())
    folders: list[tuple[str, PulledFolder]] = []
    failures: list[str] = []
    for each in newsletters:
        try:
            folders += [(each.id, folder) for folder in pull(app.context, each, source(app, each))]
        except MailerError as error:
            failures.append(f"{each.id}: {sentence(error)}")
    for failure in failures:
        console.complain(failure)
    refused = [folder for _, folder in folders if folder.finding is Finding.REFUSED]
    for folder in refused:
        for line in refusal_lines(folder):
            console.complain(line)
    console.warn(warning for _, folder in folders for warning in folder.warnings)
    console.show(
        [pulled_document(newsletter_id, folder) for newsletter_id, folder in folders],
        PULL_COLUMNS,
        [pulled_row(folder) for _, folder in folders],
        *([] if folders or failures else ["the source has no issue"]),
    )
    if refused or failures:
        raise typer.Exit(1)


def list_() -> None:
    """List every issue that was pulled.

    Example: mailer issue list
    """
    from mailer.app.scheduler import daemon_runs
    from mailer.pipeline.issues.shelf import listing
    from mailer.pipeline.mailings.departure import departures
    from mailer.views.issues import COLUMNS, issue_document, issue_row

    app = console.open_installation()
    issues, departing = listing(app.context), departures(app.context)
    notes = [] if issues else ["no issue yet; `mailer pull` stores those that are finished"]
    if departing and not daemon_runs(app):
        notes.append("no daemon runs, so none leaves by itself")
    console.show(
        [issue_document(issue, departing.get(issue.issue)) for issue in issues],
        COLUMNS,
        [issue_row(issue, departing.get(issue.issue)) for issue in issues],
        *notes,
    )


def show(issue: Issue) -> None:
    """Show one issue with its files and its state.

    Example: mailer issue show russia-confidential/253
    """
    from mailer.pipeline.issues.shelf import show
    from mailer.views.issues import issue_lines, issue_with_files_document

    shelved, files = show(console.open_context(), console.parse_issue(issue))
    console.say(issue_with_files_document(shelved, files), *issue_lines(shelved, files))


IssueOrFolder = Annotated[
    str, typer.Argument(metavar="ISSUE|FOLDER", help="a pulled issue, or an issue's folder as it lies there")
]


def check(issue: IssueOrFolder) -> None:
    """Compile every edition, to see whether anything is wrong; of a folder, name everything that `pull` would refuse.

    Example: mailer issue check issues/2026-10
    """
    if folder := _folder(issue):
        from mailer.views.issues import folder_document, folder_lines, folder_refusal

        checked = _check_folder(folder)
        console.warn(checked.notes)
        console.say(folder_document(issue, checked.problems, checked.notes), *folder_lines(issue, checked.problems))
        if checked.problems:
            console.complain(folder_refusal(issue, checked.problems))
            raise typer.Exit(1)
        return
    from mailer.pipeline.issues.shelf import check

    issue = one_issue(issue)
    warnings = check(console.open_context(), console.parse_issue(issue))
    console.warn(warnings)
    console.say({"issue": issue, "ok": True, "warnings": warnings}, f"{issue}: every edition can be compiled")


def preview(
    issue: IssueOrFolder,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the files go")],
    person: Annotated[
        str | None,
        typer.Option(
            "--person",
            metavar="PERSON",
            help=f"whose copies: {PERSON_HELP}; of a folder, a made-up person's",
        ),
    ] = None,
) -> None:
    """Write one person's copies as files.

    Example: mailer issue preview russia-confidential/253 --person P001 --out look
    """
    name = ""
    if folder := _folder(issue):
        if person is not None:
            raise typer.BadParameter("a folder is shown to a made-up person: leave --person out", param_hint="--person")
        from mailer.app.installation import desk_spool
        from mailer.gateways.clock import SystemClock
        from mailer.pipeline.issues.desk import preview_folder

        checked = _check_folder(folder)
        console.warn(checked.notes)
        files = preview_folder(checked, SystemClock().now(), desk_spool(out))
    elif person is None:
        raise typer.BadParameter("name the person whose copies of this issue you want to see", param_hint="--person")
    else:
        from mailer.app.installation import spool
        from mailer.pipeline.mailings.dry_run import write_preview
        from mailer.pipeline.register.people import find_person

        issue, person, context = one_issue(issue), one_person(person), console.open_context()
        files = write_preview(context, console.parse_issue(issue), person, spool(out))
        name = find_person(context, person).name
    document = {"issue": issue, "person": person, "name": name, "files": [str(file) for file in files]}
    console.say(document, *map(str, files))


def _folder(typed: str) -> Path | None:
    """The folder that was typed: one that is there, or anything that cannot be the name of an issue; else None."""
    folder = Path(typed).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists() or not re.fullmatch(r"[^./~][^/]*(/\d+)?", typed):
        raise NotFound(f"{typed} is not a folder; name an issue's folder, or an issue as <newsletter>/<serial>")
    return None


def _check_folder(folder: Path) -> "CheckedFolder":
    from mailer.app.desk import open_desk
    from mailer.gateways.clock import SystemClock
    from mailer.gateways.sources.folder import read_folder
    from mailer.pipeline.issues.desk import check_folder

    desk = open_desk(console.invocation.config, folder)
    return check_folder(desk, read_folder(folder), SystemClock().now())


def upload(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="a .zip of the issue's folder, or its texts and pictures")
    ],
    newsletter: Annotated[
        str, typer.Option("--newsletter", metavar="ID", help="whose issue it is, where its texts do not say it")
    ] = "",
) -> None:
    """Put an issue into its newsletter's source and say what its check finds; a folder that it replaces is kept.

    Example: mailer issue upload 2026-10.zip
    """
    from functools import partial

    from mailer.app.installation import editable_source
    from mailer.domain.ports import RawFile
    from mailer.pipeline.issues.upload import upload_issue
    from mailer.views.upload import placed_document, placed_lines

    app = console.open_installation()
    uploaded = [RawFile(name=file.name, content=_read(file)) for file in files]
    placed = upload_issue(app.context, uploaded, partial(editable_source, app), newsletter=newsletter)
    console.warn(placed.notes)
    for problem in placed.problems:
        console.complain(problem)
    console.say(placed_document(placed), *placed_lines(placed))
    if placed.problems:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}") from error


def drop(issue: Issue) -> None:
    """Take back a pulled issue of which nothing was approved or left.

    Example: mailer issue drop russia-confidential/3200
    """
    from mailer.app.dead_senders import free_copies_of_dead
    from mailer.pipeline.issues.drop import drop_issue, find_drop
    from mailer.views.issues import drop_question, dropped_document, dropped_lines

    app, name = console.open_installation(), console.parse_issue(issue)
    free_copies_of_dead(app)
    context = app.context
    console.confirm(drop_question(find_drop(context, name)))
    dropped = drop_issue(context, name)
    console.say(dropped_document(dropped), *dropped_lines(dropped))


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="raw Markdown, e.g. converted from print")],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="the issue's folder")],
    newsletter: Annotated[str, typer.Option("--newsletter", metavar="ID")],
    language: Annotated[str, typer.Option("--language", metavar="en")],
) -> None:
    """Turn raw Markdown into an issue folder and list its defects.

    Example: mailer issue import raw.md --into issues/2018-03 --newsletter russia-confidential --language en
    """
    from mailer.app.installation import spool
    from mailer.pipeline.issues.shelf import import_raw

    draft, imported = import_raw(file, spool(into), newsletter=newsletter, language=language)
    console.show(
        {
            "file": str(draft),
            "front_matter": dict(imported.front_matter),
            "defects": [{"line": defect.line, "what": defect.what} for defect in imported.defects],
        },
        ("line", "defect"),
        [(defect.line, defect.what) for defect in imported.defects],
        f"{draft} is written as a draft; correct it, then set `status: finished`",
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(pull)
    group = typer.Typer(no_args_is_help=True, help="Issues. Example: mailer issue list")
    for name, command in (
        ("list", list_),
        ("show", show),
        ("check", check),
        ("preview", preview),
        ("upload", upload),
        ("import", import_),
        ("drop", drop),
    ):
        group.command(name)(command)
    app.add_typer(group, name="issue")
