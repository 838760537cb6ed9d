"""Commands about what comes back: take reports in, list them, show one, settle them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mailer import inbound
from mailer.cli import console
from mailer.domain.bounce import Kind, Matter, RawReport, Reason, Way
from mailer.domain.errors import BadInput, Refused
from mailer.formats.plain_words import FAILURES
from mailer.formats.report import readable
from mailer.gateways import spool
from mailer.gateways.maildir import read_file, read_stream
from mailer.pipeline import bouncing, fetching
from mailer.pipeline.bouncing import Ingested
from mailer.store.reports import Reading, Report

# So many characters of a server's words stand in a table.
MOST_SHOWN = 80
# What a person does about each matter.
_TO_DO = {
    Matter.BOUNCED: "where the address is wrong, put the right one into the register; where it is right (a full mailbox, or our own fault that is mended), `mailer hold lift ADDRESS`; then `mailer unsent ISSUE --send`",
    Matter.COMPLAINED: "ask the person; `mailer hold lift ADDRESS` writes there again",
    Matter.WANTS_NO_MORE: "ask the person; their pause goes into the register (pause_from)",
    Matter.UNSUBSCRIBED: "their copies are paused, the membership is not; `mailer person resume PERSON` when they want them again",
    Matter.CHALLENGED: "answer it as it asks, or ask the person to let our sender through",
    Matter.MOVED: "ask whether the address in the register is still right",
    Matter.UNREAD: "read it (`mailer bounce show REPORT`): a reader wrote there, or a server reports in words we do not know",
    Matter.UNNAMED: "nothing was changed: find out which copy it means; `mailer delivery list ISSUE`",
}


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
    rules = opened.config.consequences
    if again:
        read, changed = bouncing.read_again(opened.press, rules)
        console.say({"read": read, "changed": changed}, f"{read} mails read again, {changed} say something else now")
        return
    if files:
        mails = [_mail(file) for file in files]  # all of them, before anything is kept
        _say_ingested(files, [bouncing.ingest(opened.press, rules, [mail])[0] for mail in mails])
        return
    inboxes = [inbound.maildir(maildir)] if maildir else inbound.inboxes(opened)
    if not inboxes:
        raise BadInput(
            "there is nothing to fetch from: name files or a --maildir, or set [bounces] imap_url or maildir"
        )
    fetched = [fetching.fetch(opened.press, rules, inbox) for inbox in inboxes]
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
    found = bouncing.listing(console.press(), every=every, issue=issue)
    console.show(
        [_report_facts(one) for one in found],
        ("report", "came", "issue", "person", "address", "what", "to see to", "server's words"),
        [
            (
                *(one.id, one.arrived_at, one.issue, one.person, _address(one), what(one), _matter(one)),
                shorten(one.diagnostic or one.subject),
            )
            for one in found
        ],
        *(f"{_named(matter)}: {_TO_DO[matter]}" for matter in Matter if any(_is_open(one, matter) for one in found)),
        *(["`mailer bounce settle REPORT` when it is done"] if any(map(_is_open, found)) else []),
        *([] if found else [f"nothing came back{'' if every else ' that somebody has to see to'}"]),
    )


def show(
    report: Annotated[int, typer.Argument(metavar="REPORT", help="as `mailer bounce list` shows it")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the mail there as it came")] = None,
) -> None:
    """One report with all that was read from it, and what its mail says.

    Example: mailer bounce show 12
    """
    found, octets = bouncing.show(console.press(), report)
    if out is not None:
        if octets is None:
            raise Refused(f"the mail of report {report} is not kept any more ([bounces] keep_days)")
        spool.write(out.parent, out.name, octets)
    facts = _report_facts(found)
    shown = {
        name: {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        for name, value in facts.items()
    }
    text = readable(octets) if octets is not None else ""
    console.say(
        facts | {"text": text},
        *(
            f"{name.replace('_', ' ')}: {console.word(value)}"
            for name, value in shown.items()
            if value not in {None, ""}
        ),
        *(["", text] if text else []),
        *([f"the mail as it came is in {out}"] if out is not None else []),
    )


def settle(
    reports: Annotated[list[int], typer.Argument(metavar="REPORT…", help="as `mailer bounce list` shows them")],
) -> None:
    """Say that these reports are seen to: they are told no more.

    Example: mailer bounce settle 12 15
    """
    bouncing.settle(console.press(), reports)
    console.say({"settled": reports}, f"settled: {', '.join(map(str, reports))}")


def what(report: Report) -> str:
    """What a report says, in a few words."""
    said = _said(report)
    hard = ", for good" if report.hard else ""
    forwarded = f", forwarded to {report.final_recipient or report.recipient}" if report.forwarded else ""
    more = "".join(
        f", {name} {value}" for name, value in (("back on", report.returns_on), ("now", report.successor)) if value
    )
    return f"{said}{hard}{forwarded}{more}"


def _said(reading: Reading) -> str:
    known = reading.reason is not Reason.UNKNOWN and reading.kind in {Kind.BOUNCE, Kind.DELAYED, Kind.COMPLAINT}
    return f"{reading.kind}: {FAILURES['en'][reading.reason]}" if known else str(reading.kind)


def shorten(words: str) -> str:
    """So much of a server's words as fits into a line; `--json` and `mailer bounce show` have all."""
    return words if len(words) <= MOST_SHOWN else f"{words[: MOST_SHOWN - 1]}…"


def _named(matter: Matter) -> str:
    return matter.replace("_", " ")


def _is_open(one: Report, matter: Matter | None = None) -> bool:
    return one.matter is not None and one.settled_at is None and matter in {None, one.matter}


def _matter(one: Report) -> str:
    if one.matter is None:
        return ""
    return f"{_named(one.matter)} (settled)" if one.settled_at else _named(one.matter)


def _mail(file: Path) -> RawReport:
    found = read_stream(sys.stdin.buffer, "standard input") if str(file) == "-" else read_file(file)
    if found.why:
        raise BadInput(f"{found.name}: {found.why}")
    return RawReport(content=found.content, recipient="", way=Way.FILE)


def _say_ingested(files: Iterable[Path], done: list[Ingested]) -> None:
    documents, lines, matters = [], [], False
    for file, one in zip(files, done, strict=True):
        readings = [
            {"kind": each.kind.value, "reason": each.reason.value, "hard": each.hard, "delivery": each.delivery}
            for each in one.readings
        ]
        documents.append({"file": str(file), "new": one.id is not None, "reports": readings})
        said = [f"{_said(each)}, {_copy(each.delivery)}" for each in one.readings]
        matters |= any(each.matter is not None for each in one.readings)
        lines.append(f"{file}: {'; '.join(said) if one.id is not None else 'known already, nothing changed'}")
    console.say(documents, *lines, *(["`mailer bounce list` shows what there is to do"] if matters else []))


def _copy(delivery: int | None) -> str:
    return f"delivery {delivery}" if delivery is not None else "names no copy of ours that may still come back"


def _address(report: Report) -> str:
    return report.address or report.recipient or report.sender


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
