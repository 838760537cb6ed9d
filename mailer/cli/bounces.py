"""Commands about returned mail: take reports in, list them, show one, settle them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import issue_if_any
from mailer.domain.errors import BadInput, Refused

if TYPE_CHECKING:
    from mailer.domain.bounce import RawReport

# More characters than are kept of any server's words.
ALL = 10_000


def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="mails as they came; - is standard input")
    ] = None,
    maildir: Annotated[Path | None, typer.Option("--maildir", metavar="DIR", help="every mail of a Maildir")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="read the mails that are kept once more, with today's parser")
    ] = False,
) -> None:
    """Take in reports from files, standard input or a Maildir; without these from the mailbox and Maildir of the settings.

    Example: mailer bounce ingest bounce.eml
    """
    if sum([bool(files), maildir is not None, again]) > 1:
        raise typer.BadParameter("name only one of these: files, --maildir, --again")
    if again:
        _read_again()
    elif files:
        _ingest_files(files)
    else:
        _fetch(maildir)


def _read_again() -> None:
    from mailer.pipeline.bounces.ingest import read_again

    read, changed = read_again(console.open_context())
    console.say({"read": read, "changed": changed}, f"{read} mails read again, {changed} are read differently now")


def _ingest_files(files: list[Path]) -> None:
    from mailer.pipeline.bounces.ingest import ingest
    from mailer.pipeline.register.people import names_of
    from mailer.views.returned_mail import reading_document, reading_line

    context = console.open_context()
    mails = [_read(file) for file in files]  # all of them, before any is stored
    ingested = [ingest(context, [mail])[0] for mail in mails]
    readings = [reading for mail in ingested for reading in mail.readings]
    names = names_of(context, (reading.person for reading in readings))
    console.say(
        [
            {"file": str(file), "new": mail.id is not None, "reports": list(map(reading_document, mail.readings))}
            for file, mail in zip(files, ingested, strict=True)
        ],
        *(
            f"{file}: "
            + (
                "; ".join(reading_line(reading, names) for reading in mail.readings)
                if mail.id is not None
                else "known already, nothing changed"
            )
            for file, mail in zip(files, ingested, strict=True)
        ),
        *(
            ["`mailer bounce list` shows what there is to do"]
            if any(reading.matter is not None for reading in readings)
            else []
        ),
    )


def _read(file: Path) -> "RawReport":
    from mailer.domain.bounce import RawReport, Way
    from mailer.gateways.inbox.maildir import read_file, read_stream

    mail = read_stream(sys.stdin.buffer, "standard input") if str(file) == "-" else read_file(file)
    if mail.why:
        raise BadInput(f"{mail.name}: {mail.why}")
    return RawReport(content=mail.content, recipient="", way=Way.FILE)


def _fetch(maildir: Path | None) -> None:
    from mailer.app import inbound
    from mailer.pipeline.bounces.fetch import fetch

    app = console.open_installation()
    inboxes = [inbound.maildir(maildir)] if maildir else inbound.inboxes(app)
    if not inboxes:
        raise BadInput(
            "there is nothing to fetch from: name files or a --maildir, or set [bounces] imap_url or maildir"
        )
    fetched = [fetch(app.context, inbox) for inbox in inboxes]
    names = ("new", "duplicates", "failed", "waiting", "unmoved")
    new, duplicates, failed, waiting, unmoved = (sum(getattr(each, name) for each in fetched) for name in names)
    console.say(
        {"new": new, "known": duplicates, "failed": failed, "waiting": waiting, "unmoved": unmoved},
        f"{new} new mails, {duplicates} known already, {failed} unreadable",
    )
    for each in fetched:
        for reason in each.why:
            console.complain(f"a mail cannot be read and was put aside: {reason}")
        for reason in each.why_waiting:
            console.complain(f"a mail could not be fetched and waits in its inbox: {reason}")
        if each.unmoved:
            console.complain(f"{each.unmoved} mails were taken in, but cannot be moved: {each.why_unmoved}")
    if failed or waiting or unmoved:
        raise typer.Exit(1)


def list_(
    issue: Annotated[
        str | None, typer.Argument(metavar="ISSUE", help="only reports about its copies", callback=issue_if_any)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="those that need no attention, too")] = False,
) -> None:
    """List the reports that need attention, and what to do.

    Example: mailer bounce list
    """
    from mailer.pipeline.bounces.ingest import listing
    from mailer.pipeline.register.people import subjects_of
    from mailer.views.returned_mail import report_document, report_lines

    context = console.open_context()
    reports = listing(context, every=every, issue=issue)
    open_reports = {report.id for report in (listing(context, every=False, issue=issue) if every else reports)}
    subjects = subjects_of(context, reports)
    first = next((report.id for report in reports if report.id in open_reports), None)
    none = "no mail came back" if every else "Nothing needs your attention."
    console.say(
        [report_document(report) | {"name": subjects[report.id].name} for report in reports],
        *(
            line
            for report in reports
            for line in report_lines(report, subjects[report.id], is_open=report.id in open_reports)
        ),
        *([f"when one is done: `mailer bounce settle {first}`"] if first is not None else []),
        *([] if reports else [none]),
    )


def show(
    report: Annotated[int, typer.Argument(metavar="REPORT", help="as `mailer bounce list` shows it")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the mail there as it came")] = None,
) -> None:
    """Show one report with all that was read from it, and the text of its mail.

    Example: mailer bounce show 12
    """
    from mailer.formats.report import readable
    from mailer.gateways import private_files
    from mailer.pipeline.bounces import ingest
    from mailer.pipeline.register.people import subjects_of
    from mailer.views.returned_mail import ending, headline, indent, origin_lines, report_document, statement

    context = console.open_context()
    stored, octets = ingest.show(context, report)
    if out is not None:
        if octets is None:
            raise Refused(f"the mail of report {report} is not kept any more ([bounces] keep_days)")
        private_files.write(out.parent, out.name, octets)
    subject = subjects_of(context, [stored])[stored.id]
    is_open = any(each.id == stored.id for each in ingest.listing(context, every=False))
    text = readable(octets) if octets is not None else ""
    console.say(
        report_document(stored) | {"name": subject.name, "text": text},
        headline(stored, subject),
        *indent(statement(stored, most=ALL), *origin_lines(stored)),
        *indent(*ending(stored, subject, is_open=is_open, shown=bool(text))),
        *(["", text] if text else []),
        *([] if octets is not None else indent("its mail is not kept any more")),
        *([f"the mail as it came is in {out}"] if out is not None else []),
    )


def settle(
    reports: Annotated[list[int], typer.Argument(metavar="REPORT…", help="as `mailer bounce list` shows them")],
) -> None:
    """Mark these reports as settled: they are not listed any more.

    Example: mailer bounce settle 12 15
    """
    from mailer.pipeline.bounces.ingest import settle

    settle(console.open_context(), reports)
    console.say({"settled": reports}, f"settled: {', '.join(map(str, reports))}")


def join(app: typer.Typer) -> None:
    """Add these commands."""
    bounce = typer.Typer(no_args_is_help=True, help="Returned mail. Example: mailer bounce list")
    for name, command in (("ingest", ingest), ("list", list_), ("show", show), ("settle", settle)):
        bounce.command(name)(command)
    app.add_typer(bounce, name="bounce")
