"""Commands about mailings: plan, why, test, approve, send, pause, resume, cancel, status, report, unsent."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from mailer.app import installation as composition
from mailer.app.relays import first_transport
from mailer.app.scheduler import daemon_runs
from mailer.cli import console, following
from mailer.cli.accounts import (
    approval_lines,
    counted,
    named,
    person_document,
    plan_document,
    plan_lines,
    progress_document,
    progress_lines,
    remark,
    report_document,
    report_lines,
)
from mailer.domain.entitlement import RULES
from mailer.domain.supplement import MissingCopies
from mailer.formats.address import parse
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.dry_run import write_dry_run
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import count_planned_copies, is_planned, plan_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress, progress_of_all
from mailer.pipeline.mailings.send import BEGUN, find_sendable, send_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing, send_test_mailing
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.views.remedies import sentence

Issue = Annotated[str, typer.Argument(metavar="ISSUE", help="<newsletter>/<serial>, e.g. russia-confidential/253")]


def plan(issue: Issue) -> None:
    """Freeze who receives the issue.

    Example: mailer plan russia-confidential/253
    """
    context = console.context()
    made = plan_mailing(context, IssueName.parse(issue))
    console.warn(map(sentence, made.warnings))
    console.say(plan_document(context, made), *plan_lines(context, made))


def why(person: Annotated[str, typer.Argument(metavar="PERSON")], issue: Issue) -> None:
    """Why this person gets the issue, or not.

    Example: mailer why P004 russia-confidential/253
    """
    found = explain_entitlement(console.context(), person, IssueName.parse(issue))
    answer, frozen = found.now.entitlement, found.frozen
    decision = "recipient" if answer.receives else "excluded"
    document = {
        "person": person,
        "issue": found.issue,
        "decision": decision,
        "reason": answer.reason.value,
        "rule": answer.rule,
        "evidence": list(answer.evidence),
        "editions": list(answer.editions),
        "paid_until": answer.paid_until,
        "membership": found.now.candidate.membership.id,
        "frozen": None
        if frozen is None
        else {
            "decision": frozen.decision,
            "reason": frozen.reason,
            "rule": frozen.rule,
            "evidence": list(frozen.evidence),
            "editions": list(frozen.editions),
        },
        "copies": [{"id": copy.id, "language": copy.language, "state": copy.state.value} for copy in found.copies],
    }
    console.say(
        document,
        f"{person} {'receives' if answer.receives else 'does not receive'} {found.issue}: {answer.reason}",
        f"  rule {answer.rule}: {RULES[answer.rule].text}",
        *(f"  {fact}" for fact in answer.evidence),
        *(
            [f"  as planned: {frozen.decision}, {frozen.reason} (rule {frozen.rule})"]
            if frozen
            else ["  not planned yet"]
        ),
        *(f"  copy No. {copy.copy_number} ({copy.language}): {copy.state}" for copy in found.copies),
    )


def send_test(
    issue: Issue,
    to: Annotated[list[str] | None, typer.Option("--to", metavar="ADDRESS", help="an editor or one of test_to")] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="ID", help="as this person would get it")] = None,
    all_variants: Annotated[bool, typer.Option("--all-variants", help="every variant of the insert")] = False,
) -> None:
    """Send a test mailing to the editors.

    Example: mailer test russia-confidential/253 --all-variants
    """
    opened = console.installation()
    name = IssueName.parse(issue)
    ready = prepare_test_mailing(
        opened.context, name, to=[parse(address) for address in to or []], person=person, all_variants=all_variants
    )
    if person:
        console.confirm(f"The name and dates of person {person} go to the editors.")
    failed = asyncio.run(send_test_mailing(opened.context, first_transport(opened), ready))
    for line in failed:
        console.complain(line)
    addresses = sorted({one.envelope.recipient for one in ready.messages})
    console.say(
        {"issue": issue, "messages": len(ready.messages), "failed": failed, "to": addresses},
        f"{len(ready.messages) - len(failed)} test messages of {issue} sent to {', '.join(addresses)}",
    )
    if failed:
        raise typer.Exit(1)


def approve(issue: Issue) -> None:
    """Approve exactly what was planned and compiled.

    Example: mailer approve russia-confidential/253
    """
    context, name = console.context(), IssueName.parse(issue)
    done = approve_mailing(context, name)
    warnings = list(map(sentence, done.warnings))
    console.warn(warnings)
    console.say(
        {"issue": issue, "state": "approved", "copies": done.copies, "warnings": warnings},
        f"{issue} is approved: {done.copies} copies",
    )


def withdraw(issue: Issue) -> None:
    """Take an approval back, to edit the issue.

    Example: mailer withdraw russia-confidential/253
    """
    withdraw_approval(console.context(), IssueName.parse(issue))
    console.say({"issue": issue, "state": "planned"}, f"the approval of {issue} is withdrawn")


def send(
    issue: Issue,
    dry_run_to: Annotated[
        Path | None, typer.Option("--dry-run", metavar="DIR", help="write .eml files, send nothing")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="stay until nothing is left that can be done now")] = False,
) -> None:
    """Send an issue now.

    Example: mailer send russia-confidential/253 --wait
    """
    opened, name = console.installation(), IssueName.parse(issue)
    if dry_run_to is not None:
        written = write_dry_run(opened.context, name, composition.spool(dry_run_to))
        console.say(
            {"issue": issue, "copies": len(written), "folder": dry_run_to, "files": [file.name for file in written]},
            f"{len(written)} copies of {issue} written to {dry_run_to}; nothing was sent",
        )
        return
    composition.refuse_restored(opened)
    copies = _confirmed(opened, name)
    if not is_planned(opened.context, name):
        console.warn(map(sentence, plan_mailing(opened.context, name).warnings))
    send_mailing(opened.context, name, copies=copies)
    raise typer.Exit(following.hand_over(opened, name, wait=wait))


def _confirmed(opened: composition.App, name: IssueName) -> int | None:
    """The number of copies that the person has typed; None where nothing is to be begun. Nothing is changed before."""
    if is_planned(opened.context, name):
        if find_sendable(opened.context, name).state in BEGUN:
            return None
        copies = issue_progress(opened.context, name).counts["pending"]
    elif opened.context.newsletter(name.newsletter).approval_required:
        return None  # it is planned now, and sent once it is approved
    else:
        copies = count_planned_copies(opened.context, name)
    console.confirm(f"{copies} copies of {name} go to members.", typed=str(copies))
    return copies


def pause(issue: Issue) -> None:
    """Let nothing more leave for now.

    Example: mailer pause russia-confidential/253
    """
    pause_mailing(console.context(), IssueName.parse(issue))
    console.say({"issue": issue, "state": "paused"}, f"{issue} is paused; `mailer resume {issue}` goes on")


def resume(issue: Issue) -> None:
    """Go on with a paused mailing.

    Example: mailer resume russia-confidential/253
    """
    opened, name = console.installation(), IssueName.parse(issue)
    waiting = issue_progress(opened.context, name).counts["pending"]
    console.confirm(f"{waiting} copies of {issue} go on to members.")
    resume_mailing(opened.context, name)
    console.say({"issue": issue, "state": "sending"}, f"{issue} goes on")
    _note_without_daemon(opened, name)


def cancel(issue: Issue) -> None:
    """Let every copy that has not left never leave.

    Example: mailer cancel russia-confidential/253
    """
    context, name = console.context(), IssueName.parse(issue)
    waiting = issue_progress(context, name).counts["pending"]
    console.confirm(f"The {waiting} copies of {issue} that have not left will never leave.")
    cancelled = cancel_mailing(context, name)
    console.say({"issue": issue, "state": "cancelled", "copies": cancelled}, f"{cancelled} copies of {issue} cancelled")


def status(issue: Annotated[str | None, typer.Argument(metavar="ISSUE")] = None) -> None:
    """Progress and time left.

    Example: mailer status russia-confidential/253
    """
    opened = console.installation()
    if issue is None:
        found = progress_of_all(opened.context)
        now = opened.context.clock.now()
        rows = [(one.issue, one.state, counted(one), remark(one, now)) for one in found]
        daemon = "the daemon runs" if daemon_runs(opened) else "no daemon runs"
        none = [] if found else ["no issue is planned"]
        console.show([progress_document(one) for one in found], ("issue", "state", "copies", ""), rows, *none, daemon)
        return
    one = issue_progress(opened.context, IssueName.parse(issue))
    console.say(progress_document(one), *progress_lines(one, opened.context.clock.now()), *approval_lines(one))
    if one.under_way and not one.counts["sending"] and not daemon_runs(opened):
        console.warn([f"no daemon runs: `mailer send {issue} --wait` sends it from here"])


def report(issue: Issue) -> None:
    """The distribution report.

    Example: mailer report russia-confidential/253
    """
    found = distribution_report(console.context(), IssueName.parse(issue))
    console.say(report_document(found), *report_lines(found))


def unsent(issue: Issue, send_: Annotated[bool, typer.Option("--send", help="send them a supplement")] = False) -> None:
    """Who is entitled now and has no copy.

    Example: mailer unsent russia-confidential/253 --send
    """
    opened, name = console.installation(), IssueName.parse(issue)
    owed = find_missing_copies(opened.context, name)
    people = [person_document(one) for one in owed.people]
    if send_ and owed.people:
        composition.refuse_restored(opened)
        console.confirm(f"{owed.copies} copies of {issue} go to members, as a supplement.", typed=str(owed.copies))
        send_supplement(opened.context, name, copies=owed.copies)
    console.show(
        {
            "issue": issue,
            "copies": owed.copies,
            "people": people,
            "sent": bool(send_ and owed.people),
            "stuck": list(owed.stuck),
        },
        ("person", "reason", "editions"),
        [(one["person"], one["reason"], one["editions"]) for one in people],
        f"{owed.copies} copies of {issue} are owed"
        + (", and are being sent as a supplement" if send_ and owed.people else ""),
        *([_stuck(owed)] if owed.stuck else []),
    )
    if send_ and owed.people:
        _note_without_daemon(opened, name)


def _stuck(owed: MissingCopies) -> str:
    return (
        f"{len(owed.stuck)} more have none, because theirs failed at the address that the register still has: "
        f"{named(owed.stuck)}; a new address there, or `mailer hold lift ADDRESS`, makes it owed"
    )


def _note_without_daemon(opened: composition.App, name: IssueName) -> None:
    if not daemon_runs(opened):
        console.warn([f"no daemon runs: `mailer send {name} --wait` sends them from here"])


def join(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (plan, why):
        app.command()(command)
    app.command("test")(send_test)
    for command in (approve, withdraw, send, pause, resume, cancel, status, report, unsent):
        app.command()(command)
