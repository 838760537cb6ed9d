"""Commands about what comes back: take reports in, list and settle them; list the holds on addresses, lift one."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mailer import inbound
from mailer.cli import console
from mailer.domain.bounce import Kind, Matter, RawReport, Reason, Way
from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import Seat
from mailer.formats.plain_words import FAILURES, HOLDS
from mailer.formats.report import readable
from mailer.gateways import spool
from mailer.gateways.maildir import read_file, read_stream
from mailer.pipeline import bouncing, fetching, holding
from mailer.pipeline.bouncing import Ingested
from mailer.store.holds import Hold
from mailer.store.reports import Report

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
        list[Path] | None, typer.Argument(metavar="[FILE… | -]", help="mails as they came; - is standard input")
    ] = None,
    maildir: Annotated[Path | None, typer.Option("--maildir", metavar="DIR", help="every mail of a Maildir")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="read the mails that are kept once more, with today's parser")
    ] = False,
) -> None:
    """Take in reports: from files, standard input or a Maildir; else what waits in the mailbox and Maildir of the settings.

    Example: mailer bounce ingest bounce.eml
    """
    opened = console.installation()
    rules = opened.config.consequences
    if again:
        read, changed = bouncing.read_again(opened.press, rules)
        console.say({"read": read, "changed": changed}, f"{read} mails read again, {changed} say something else now")
        return
    if files:
        _say_ingested(files, [bouncing.ingest(opened.press, rules, [_mail(file)])[0] for file in files])
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
    issue: Annotated[str | None, typer.Argument(metavar="[ISSUE]", help="only reports about its copies")] = None,
    every: Annotated[bool, typer.Option("--all", help="those that need nobody, too")] = False,
) -> None:
    """The reports that somebody has to see to, and what to do.

    Example: mailer bounce list
    """
    found = bouncing.listing(console.press(), every=every, issue=issue)
    console.show(
        [_report_facts(one) for one in found],
        ("report", "came", "issue", "person", "address", "what", "server's words"),
        [
            (one.id, one.arrived_at, one.issue, one.person, _address(one), what(one), one.diagnostic or one.subject)
            for one in found
        ],
        *(f"{matter}: {_TO_DO[matter]}" for matter in Matter if any(one.matter is matter for one in found)),
        *(["`mailer bounce settle REPORT` when it is done"] if any(one.matter for one in found) else []),
        *([] if found else ["nothing came back that somebody has to see to"]),
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
    text = readable(octets) if octets is not None else ""
    console.say(
        facts | {"text": text},
        *(
            f"{name.replace('_', ' ')}: {console.word(value)}"
            for name, value in facts.items()
            if value not in {None, ""}
        ),
        *(["", text] if text else []),
    )


def settle(
    reports: Annotated[list[int], typer.Argument(metavar="REPORT…", help="as `mailer bounce list` shows them")],
) -> None:
    """Say that these reports are seen to: they are told no more.

    Example: mailer bounce settle 12 15
    """
    bouncing.settle(console.press(), reports)
    console.say({"settled": reports}, f"settled: {', '.join(map(str, reports))}")


def list_holds(
    every: Annotated[bool, typer.Option("--all", help="those that were lifted, too")] = False,
) -> None:
    """The addresses that nothing is written to for now, whose they are, why, and what to do.

    Example: mailer hold list
    """
    found = holding.listing(console.press(), lifted=every)
    lines = [line for hold, seats in found for line in _hold_lines(hold, seats)]
    console.say([_hold_facts(hold, seats) for hold, seats in found], *(lines or ["no address is held"]))


def lift_hold(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS…", help="as `mailer hold list` shows them")],
) -> None:
    """Write to an address again: somebody has found out that it is right. Nothing is sent by that.

    Example: mailer hold lift anna@members.example
    """
    press = console.press()
    held = {address: holding.lift(press, address) for address in addresses}
    console.say(
        [{"address": address, "was_held": was} for address, was in held.items()],
        *(
            f"{address} {'is not held any more' if was else 'was not held; what failed there counts no more'}; "
            "`mailer unsent ISSUE` shows what is owed"
            for address, was in held.items()
        ),
    )


def what(report: Report) -> str:
    """What a report says, in a few words."""
    known = report.reason is not Reason.UNKNOWN and report.kind in {Kind.BOUNCE, Kind.DELAYED, Kind.COMPLAINT}
    said = f"{report.kind}: {FAILURES['en'][report.reason]}" if known else str(report.kind)
    hard = ", for good" if report.hard else ""
    forwarded = f", forwarded to {report.final_recipient or report.recipient}" if report.forwarded else ""
    more = "".join(
        f", {name} {value}" for name, value in (("back on", report.returns_on), ("now", report.successor)) if value
    )
    return f"{said}{hard}{forwarded}{more}"


def _mail(file: Path) -> RawReport:
    found = read_stream(sys.stdin.buffer, "standard input") if str(file) == "-" else read_file(file)
    if found.why:
        raise BadInput(f"{found.name}: {found.why}")
    return RawReport(content=found.content, recipient="", way=Way.FILE)


def _say_ingested(files: Iterable[Path], done: list[Ingested]) -> None:
    documents, lines = [], []
    for file, one in zip(files, done, strict=True):
        readings = [
            {"kind": each.kind.value, "reason": each.reason.value, "hard": each.hard, "delivery": each.delivery}
            for each in one.readings
        ]
        documents.append({"file": str(file), "new": one.id is not None, "reports": readings})
        said = [f"{each.kind} ({each.reason}), {_copy(each.delivery)}" for each in one.readings]
        lines.append(f"{file}: {'; '.join(said) if one.id is not None else 'known already, nothing changed'}")
    console.say(documents, *lines)


def _copy(delivery: int | None) -> str:
    return f"delivery {delivery}" if delivery is not None else "names no copy of ours"


def _address(report: Report) -> str:
    return report.address or report.recipient or report.sender


def _report_facts(one: Report) -> dict[str, object]:
    names = (
        "id", "kind", "reason", "hard", "status", "code", "recipient", "final_recipient", "diagnostic", "reporting_mta",
        "rule", "returns_on", "successor", "sender", "subject", "delivery", "named_by", "person", "issue", "address",
        "copy_number", "forwarded", "matter", "way", "arrived_at", "settled_at", "settled_by",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


def _hold_facts(hold: Hold, seats: list[Seat]) -> dict[str, object]:
    return {
        "address": hold.address,
        "reason": hold.reason,
        "since": hold.since,
        "set_by": hold.set_by,
        "people": [{"person": seat.person, "membership": seat.membership, "names": dict(seat.names)} for seat in seats],
        "evidence": [
            {"issue": one.issue, "at": one.at, "reason": one.reason, "refused": one.refused, "said": one.said}
            for one in hold.evidence
        ],
        "lifted_at": hold.lifted_at,
        "lifted_by": hold.lifted_by,
    }


def _hold_lines(hold: Hold, seats: list[Seat]) -> list[str]:
    who = ", ".join(f"{next(iter(seat.names.values()), '')} ({seat.person}, {seat.membership})" for seat in seats)
    why = HOLDS["en"][hold.reason] if hold.reason else ""
    state = f"held since {console.time_of(hold.since)}: {why}" if why else "was not held"
    lifted = f"; lifted {console.time_of(hold.lifted_at)} by {hold.lifted_by}" if hold.lifted_at else ""
    to_do = (
        "  what to do: ask for the right address and put it into the register, or, when it is right, "
        f"`mailer hold lift {hold.address}`; then `mailer unsent ISSUE --send`"
    )
    return [
        f"{hold.address}: {state}{lifted}",
        f"  whose: {who or 'nobody in the register has it now'}",
        *(
            f"  {console.time_of(one.at)}, issue {one.issue}: {'refused' if one.refused else 'came back'}, "
            f"{FAILURES['en'][one.reason]} ({one.said})"
            for one in hold.evidence
        ),
        *([] if hold.lifted_at else [to_do]),
    ]


def join(app: typer.Typer) -> None:
    """Add these commands."""
    bounce = typer.Typer(no_args_is_help=True, help="What comes back. Example: mailer bounce list")
    for name, command in (("ingest", ingest), ("list", list_), ("show", show), ("settle", settle)):
        bounce.command(name)(command)
    hold = typer.Typer(no_args_is_help=True, help="Addresses not written to for now. Example: mailer hold list")
    hold.command("list")(list_holds)
    hold.command("lift")(lift_hold)
    app.add_typer(bounce, name="bounce")
    app.add_typer(hold, name="hold")
