"""Commands before a mailing is sent: plan, why, test, approve, withdraw."""

from functools import partial
from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import AsPlanned, Issue, Person, person_if_any


def plan(issue: Issue) -> None:
    """Freeze who receives the issue.

    Example: mailer plan russia-confidential/253
    """
    from mailer.pipeline.mailings.plan import (
        gained_recipients,
        lost_recipients,
        plan_mailing,
        planned_decisions,
        planned_exclusions,
    )
    from mailer.views.names import NAMED
    from mailer.views.plan import plan_document, plan_lines
    from mailer.views.remedies import sentence

    context = console.open_context()
    planned = plan_mailing(context, console.parse_issue(issue))
    console.warn(map(sentence, planned.warnings))
    gained, lost = partial(gained_recipients, context, planned), partial(lost_recipients, context, planned)
    if console.invocation.as_json:
        console.say(plan_document(planned, gained=gained, lost=lost, decisions=planned_decisions(context, planned)))
    else:
        excluded = planned_exclusions(context, planned, NAMED)
        console.say(None, *plan_lines(planned, gained=gained(), lost=lost(), excluded=excluded))


def why(person: Person, issue: Issue) -> None:
    """Explain why this person receives the issue, or does not.

    Example: mailer why P004 russia-confidential/253
    """
    from mailer.app.scheduler import daemon_runs
    from mailer.pipeline.mailings.why import explain_entitlement
    from mailer.views.why import why_document, why_lines

    app = console.open_installation()
    explanation, daemon = explain_entitlement(app.context, person, console.parse_issue(issue)), daemon_runs(app)
    console.say(why_document(explanation, daemon=daemon), *why_lines(explanation, daemon=daemon))


def send_test(
    issue: Issue,
    to: Annotated[list[str] | None, typer.Option("--to", metavar="ADDRESS", help="an editor or one of test_to")] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PERSON", help="as this person would get it", callback=person_if_any),
    ] = None,
    all_variants: Annotated[bool, typer.Option("--all-variants", help="every variant of the insert")] = False,
) -> None:
    """Send a test mailing to the editors.

    Example: mailer test russia-confidential/253 --all-variants
    """
    import asyncio

    from mailer.app.relays import first_transport
    from mailer.formats.address import parse
    from mailer.pipeline.mailings.test_mailing import prepare_test_mailing, send_test_mailing
    from mailer.pipeline.register.people import find_person

    app = console.open_installation()
    to_addresses = [parse(address) for address in to or []]
    prepared = prepare_test_mailing(
        app.context, console.parse_issue(issue), to=to_addresses, person=person, all_variants=all_variants
    )
    if person:
        label = find_person(app.context, person).label
        console.confirm(f"The name and dates of {label} go to the editors.")
    failures = asyncio.run(send_test_mailing(app.context, first_transport(app), prepared))
    for line in failures:
        console.complain(line)
    recipients = sorted({message.envelope.recipient for message in prepared.messages})
    number = len(prepared.messages)
    sent = number - len(failures)
    console.say(
        {"issue": issue, "messages": number, "failed": failures, "to": recipients},
        f"{sent} test {'message' if sent == 1 else 'messages'} of {issue} sent to {', '.join(recipients)}",
    )
    if failures:
        raise typer.Exit(1)


def approve(issue: Issue, as_planned: AsPlanned = False) -> None:
    """Approve exactly what was planned and compiled.

    Example: mailer approve russia-confidential/253
    """
    from mailer.app.scheduler import daemon_runs
    from mailer.pipeline.mailings.approve import approve_mailing
    from mailer.pipeline.mailings.report import issue_progress
    from mailer.views.progress import explain_state, leaves_at
    from mailer.views.remedies import sentence

    app, name = console.open_installation(), console.parse_issue(issue)
    approval = approve_mailing(app.context, name, as_planned=as_planned)
    progress = issue_progress(app.context, name)
    warnings = list(map(sentence, approval.warnings))
    console.warn(warnings)
    console.say(
        {
            "issue": issue,
            "state": "approved",
            "copies": approval.copies,
            "leaves_at": leaves_at(progress.departure),
            "warnings": warnings,
        },
        f"{issue} is approved: {approval.copies} copies",
        f"  {explain_state(progress, app.context.clock.now(), daemon=daemon_runs(app))}",
    )


def withdraw(issue: Issue) -> None:
    """Take an approval back, to edit the issue.

    Example: mailer withdraw russia-confidential/253
    """
    from mailer.pipeline.mailings.approve import withdraw_approval

    withdraw_approval(console.open_context(), console.parse_issue(issue))
    console.say({"issue": issue, "state": "planned"}, f"the approval of {issue} is withdrawn")


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(plan)
    app.command()(why)
    app.command("test")(send_test)
    app.command()(approve)
    app.command()(withdraw)
