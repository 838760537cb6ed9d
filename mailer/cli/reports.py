"""Commands that show how an issue stands: status, report, unsent."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Issue, issue_if_any, one_person

if TYPE_CHECKING:
    from mailer.app.installation import App
    from mailer.cli.watching import Glance
    from mailer.pipeline.context import IssueName


def status(
    issue: Annotated[str | None, typer.Argument(metavar="ISSUE", callback=issue_if_any)] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="show it anew every two seconds, until the mailing has ended or Ctrl-C")
    ] = False,
) -> None:
    """Show progress and time left.

    Example: mailer status russia-confidential/253 --watch
    """
    from mailer.cli.watching import keep_showing

    if watch and console.invocation.as_json:
        raise typer.BadParameter("--watch is for people; a program asks again", param_hint="--watch")
    app = console.open_installation()
    name = None if issue is None else console.parse_issue(issue)
    if watch:
        keep_showing(partial(_glance, app, name))
        return
    glance = _glance(app, name)
    console.warn(glance.doubts)
    console.show(glance.document, glance.columns, glance.rows, *glance.lines)
    console.warn(glance.advice)


def _glance(app: "App", issue: "IssueName | None") -> "Glance":
    from mailer.app.inbound import unmoved_mails
    from mailer.app.scheduler import daemon_runs
    from mailer.views.remedies import sentence

    doubt, unmoved = app.context.doubt_of_clock(), unmoved_mails(app)
    doubts = (*unmoved, *([sentence(doubt)] if doubt else []))
    daemon = daemon_runs(app)
    return _of_issue(app, issue, doubts, daemon=daemon) if issue else _of_all(app, unmoved, doubts, daemon=daemon)


def _of_all(app: "App", unmoved: list[str], doubts: tuple[str, ...], *, daemon: bool) -> "Glance":
    from mailer.cli.watching import Glance
    from mailer.domain.remedy import Action
    from mailer.pipeline.mailings.report import progress_of_all
    from mailer.pipeline.overview.to_do import to_do
    from mailer.views.plain_words import counted
    from mailer.views.progress import count_states, explain_state, progress_document
    from mailer.views.remedies import advise

    now, every, waiting = app.context.clock.now(), progress_of_all(app.context), to_do(app.context, unmoved)
    waits = counted(len(waiting), "thing waits", "things wait") + " for you"
    return Glance(
        document=list(map(progress_document, every)),
        columns=("issue", "state", "copies", ""),
        rows=[(each.issue, each.state, count_states(each), explain_state(each, now, daemon=daemon)) for each in every],
        lines=(
            *([] if every else ["no issue is planned"]),
            "the daemon runs" if daemon else "no daemon runs",
            *([advise(waits, Action.LIST_TO_DO.of())] if waiting else []),
        ),
        doubts=doubts,
    )


def _of_issue(app: "App", issue: "IssueName", doubts: tuple[str, ...], *, daemon: bool) -> "Glance":
    from mailer.cli.watching import Glance
    from mailer.domain.mailing import ENDED
    from mailer.domain.remedy import Action
    from mailer.pipeline.mailings.report import issue_progress
    from mailer.views.progress import approval_lines, progress_document, progress_lines
    from mailer.views.remedies import advise

    mailing = issue_progress(app.context, issue)
    waits_for_daemon = mailing.under_way and not mailing.counts["sending"] and not daemon
    return Glance(
        document=progress_document(mailing),
        lines=(*progress_lines(mailing, app.context.clock.now(), daemon=daemon), *approval_lines(mailing)),
        doubts=doubts,
        advice=(advise("no daemon runs", Action.SEND_HERE.of(str(issue))),) if waits_for_daemon else (),
        ended=mailing.state in ENDED,
    )


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
    from mailer.domain.remedy import Action
    from mailer.pipeline.mailings.supplement import find_missing_copies, refuse_if_lost, send_supplement, without
    from mailer.views.plain_words import copies_go
    from mailer.views.unsent import COLUMNS, unsent_document, unsent_lines, unsent_rows

    app, name = console.open_installation(), console.parse_issue(issue)
    free_copies_of_dead(app)
    persons = frozenset(map(one_person, leave_out or []))
    missing = without(find_missing_copies(app.context, name), persons)
    sent = send and bool(missing.people)
    if sent:
        app.context.refuse_at_standstill(Action.SEND_UNSENT)
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
