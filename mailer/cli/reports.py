"""Commands that show how an issue stands: status, report, unsent."""

from typing import Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Issue, issue_if_any, one_person


def status(issue: Annotated[str | None, typer.Argument(metavar="ISSUE", callback=issue_if_any)] = None) -> None:
    """Show progress and time left.

    Example: mailer status russia-confidential/253
    """
    from mailer.app.inbound import unmoved_mails
    from mailer.app.scheduler import daemon_runs
    from mailer.domain.remedy import Action
    from mailer.pipeline.mailings.report import issue_progress, progress_of_all
    from mailer.pipeline.overview.to_do import to_do
    from mailer.views.plain_words import counted
    from mailer.views.progress import approval_lines, count_states, explain_state, progress_document, progress_lines
    from mailer.views.remedies import advise, sentence

    app = console.open_installation()
    now, daemon = app.context.clock.now(), daemon_runs(app)
    doubt = app.context.doubt_of_clock()
    unmoved = unmoved_mails(app)
    console.warn([*unmoved, *([sentence(doubt)] if doubt else [])])
    if issue is None:
        every, waiting = progress_of_all(app.context), to_do(app.context, unmoved)
        console.show(
            list(map(progress_document, every)),
            ("issue", "state", "copies", ""),
            [(each.issue, each.state, count_states(each), explain_state(each, now, daemon=daemon)) for each in every],
            *([] if every else ["no issue is planned"]),
            "the daemon runs" if daemon else "no daemon runs",
            *(
                [advise(counted(len(waiting), "thing waits", "things wait") + " for you", Action.LIST_TO_DO.of())]
                if waiting
                else []
            ),
        )
        return
    mailing = issue_progress(app.context, console.parse_issue(issue))
    console.say(progress_document(mailing), *progress_lines(mailing, now, daemon=daemon), *approval_lines(mailing))
    if mailing.under_way and not mailing.counts["sending"] and not daemon:
        console.warn([advise("no daemon runs", Action.SEND_HERE.of(issue))])


def report(issue: Issue) -> None:
    """Show the distribution report.

    Example: mailer report russia-confidential/253
    """
    from mailer.pipeline.mailings.report import distribution_report
    from mailer.views.report import report_document, report_lines

    account = distribution_report(console.open_context(), console.parse_issue(issue))
    console.say(report_document(account), *report_lines(account))


def unsent(
    issue: Issue,
    send: Annotated[bool, typer.Option("--send", help="send them a supplement")] = False,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="PERSON", help="not to this person; may be given several times"),
    ] = None,
    none_lost: Annotated[
        bool, typer.Option("--none-lost", help="no supplement was sent between a backup and its restore")
    ] = False,
) -> None:
    """Show who is entitled now and has no copy.

    Example: mailer unsent russia-confidential/253 --send
    """
    from mailer.app.dead_senders import free_copies_of_dead
    from mailer.cli.sending import note_without_daemon
    from mailer.pipeline.mailings.supplement import find_missing_copies, refuse_if_lost, send_supplement, without
    from mailer.views.plain_words import copies_go
    from mailer.views.unsent import COLUMNS, unsent_document, unsent_lines, unsent_rows

    app, name = console.open_installation(), console.parse_issue(issue)
    free_copies_of_dead(app)
    persons = frozenset(map(one_person, leave_out or []))
    missing = without(find_missing_copies(app.context, name), persons)
    sent = send and bool(missing.people)
    if sent:
        app.context.refuse_backup()
        if not (persons or none_lost):
            refuse_if_lost(missing)
        console.confirm(f"{copies_go(missing.copies, issue)} to members, as a supplement.", typed=str(missing.copies))
        send_supplement(app.context, name, copies=missing.copies, leave_out=persons, none_lost=none_lost)
    console.show(unsent_document(missing, sent=sent), COLUMNS, unsent_rows(missing), *unsent_lines(missing, sent=sent))
    if sent:
        note_without_daemon(app, name)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (status, report, unsent):
        app.command()(command)
