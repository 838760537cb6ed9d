"""Commands about what comes back: take reports in, list them, show one, settle them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mailer.app import inbound
from mailer.cli import console, matters
from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import BadInput, Refused
from mailer.domain.person import ReportSubject
from mailer.domain.report import Report
from mailer.formats.report import readable
from mailer.gateways import private_files
from mailer.gateways.inbox.maildir import read_file, read_stream
from mailer.pipeline.bounces import fetch
from mailer.pipeline.bounces import ingest as ingesting
from mailer.pipeline.bounces.ingest import Ingested
from mailer.pipeline.register import people

# More characters than are kept of anything that a server says.
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
    """Take in reports: from files, standard input or a Maildir; else what waits in the mailbox and Maildir of the settings.

    Example: mailer bounce ingest bounce.eml
    """
    if sum([bool(files), maildir is not None, again]) > 1:
        raise typer.BadParameter("say one of these: files, --maildir, --again")
    opened = console.installation()
    if again:
        read, changed = ingesting.read_again(opened.context)
        console.say({"read": read, "changed": changed}, f"{read} mails read again, {changed} say something else now")
        return
    if files:
        mails = [_mail(file) for file in files]  # all of them, before anything is kept
        _say_ingested(files, [ingesting.ingest(opened.context, [mail])[0] for mail in mails])
        return
    inboxes = [inbound.maildir(maildir)] if maildir else inbound.inboxes(opened)
    if not inboxes:
        raise BadInput(
            "there is nothing to fetch from: name files or a --maildir, or set [bounces] imap_url or maildir"
        )
    fetched = [fetch.fetch(opened.context, inbox) for inbox in inboxes]
    new, known, failed = (sum(getattr(one, name) for one in fetched) for name in ("new", "known", "failed"))
    console.say(
        {"new": new, "known": known, "failed": failed}, f"{new} new mails, {known} known already, {failed} unreadable"
    )
    for one in fetched:
        for why in one.why:
            console.complain(f"it cannot be read and lies aside: {why}")
    if failed:
        raise typer.Exit(1)


def list_(
    issue: Annotated[str | None, typer.Argument(metavar="ISSUE", help="only reports about its copies")] = None,
    every: Annotated[bool, typer.Option("--all", help="those that need nobody, too")] = False,
) -> None:
    """The reports that somebody has to see to, and what to do.

    Example: mailer bounce list
    """
    context = console.context()
    found = ingesting.listing(context, every=every, issue=issue)
    waiting = {one.id for one in (ingesting.listing(context, every=False, issue=issue) if every else found)}
    known = people.subjects_of(context, found)
    first = next((one.id for one in found if one.id in waiting), None)
    console.say(
        [_report_facts(one) | {"name": known[one.id].name} for one in found],
        *(line for one in found for line in _lines(one, known[one.id], is_open=one.id in waiting)),
        *([f"when one is done: `mailer bounce settle {first}`"] if first is not None else []),
        *([] if found else [f"nothing came back{'' if every else ' that somebody has to see to'}"]),
    )


def show(
    report: Annotated[int, typer.Argument(metavar="REPORT", help="as `mailer bounce list` shows it")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the mail there as it came")] = None,
) -> None:
    """One report with all that was read from it, and what its mail says.

    Example: mailer bounce show 12
    """
    context = console.context()
    found, octets = ingesting.show(context, report)
    if out is not None:
        if octets is None:
            raise Refused(f"the mail of report {report} is not kept any more ([bounces] keep_days)")
        private_files.write(out.parent, out.name, octets)
    known = people.subjects_of(context, [found])[found.id]
    is_open = any(one.id == found.id for one in ingesting.listing(context, every=False))
    text = readable(octets) if octets is not None else ""
    console.say(
        _report_facts(found) | {"text": text},
        matters.head(found, known),
        *_indented(matters.said(found, most=ALL), *matters.known_by(found)),
        *_indented(*_ending(found, known, is_open=is_open, shown=bool(text))),
        *(["", text] if text else []),
        *([] if octets is not None else _indented("its mail is not kept any more")),
        *([f"the mail as it came is in {out}"] if out is not None else []),
    )


def settle(
    reports: Annotated[list[int], typer.Argument(metavar="REPORT…", help="as `mailer bounce list` shows them")],
) -> None:
    """Say that these reports are seen to: they are told no more.

    Example: mailer bounce settle 12 15
    """
    ingesting.settle(console.context(), reports)
    console.say({"settled": reports}, f"settled: {', '.join(map(str, reports))}")


def _lines(one: Report, known: ReportSubject, *, is_open: bool) -> list[str]:
    if not is_open:
        return [f"{matters.head(one, known)}: {matters.settled(one)}"]
    return [matters.head(one, known), *_indented(matters.said(one), *_ending(one, known, is_open=True))]


def _ending(one: Report, known: ReportSubject, *, is_open: bool, shown: bool = False) -> list[str]:
    """What is to be done, or who has seen to it."""
    if is_open:
        return [f"to do: {matters.to_do(one, known, shown=shown)}"]
    return ["nobody has to see to it" if one.matter is None else matters.settled(one)]


def _indented(*lines: str) -> list[str]:
    return [f"   {line}" for line in lines]


def _mail(file: Path) -> RawReport:
    found = read_stream(sys.stdin.buffer, "standard input") if str(file) == "-" else read_file(file)
    if found.why:
        raise BadInput(f"{found.name}: {found.why}")
    return RawReport(content=found.content, recipient="", way=Way.FILE)


def _say_ingested(files: Iterable[Path], done: list[Ingested]) -> None:
    documents, lines, somebody = [], [], False
    for file, one in zip(files, done, strict=True):
        readings = [
            {"kind": each.kind.value, "reason": each.reason.value, "hard": each.hard, "delivery": each.delivery}
            for each in one.readings
        ]
        documents.append({"file": str(file), "new": one.id is not None, "reports": readings})
        said = [f"{matters.in_short(each)}, {_copy(each.delivery)}" for each in one.readings]
        somebody |= any(each.matter is not None for each in one.readings)
        lines.append(f"{file}: {'; '.join(said) if one.id is not None else 'known already, nothing changed'}")
    console.say(documents, *lines, *(["`mailer bounce list` shows what there is to do"] if somebody else []))


def _copy(delivery: int | None) -> str:
    return f"delivery {delivery}" if delivery is not None else "names no copy of ours that may still come back"


def _report_facts(one: Report) -> dict[str, object]:
    names = (
        "id", "kind", "reason", "hard", "status", "code", "recipient", "final_recipient", "diagnostic", "reporting_mta",
        "rule", "returns_on", "successor", "sender", "subject", "delivery", "named_by", "person", "issue", "address",
        "copy_number", "forwarded", "matter", "way", "arrived_at", "settled_at", "settled_by",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


def join(app: typer.Typer) -> None:
    """Add these commands."""
    bounce = typer.Typer(no_args_is_help=True, help="What comes back. Example: mailer bounce list")
    for name, command in (("ingest", ingest), ("list", list_), ("show", show), ("settle", settle)):
        bounce.command(name)(command)
    app.add_typer(bounce, name="bounce")
