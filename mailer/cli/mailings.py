"""Commands while a mailing is sent: send, stop, pause, resume, cancel."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import AsPlanned, Issue

if TYPE_CHECKING:
    from mailer.app.installation import App
    from mailer.pipeline.context import IssueName


def send(
    issue: Issue,
    dry_run_to: Annotated[
        Path | None, typer.Option("--dry-run", metavar="DIR", help="write .eml files, send nothing")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="stay until nothing is left that can be done now")] = False,
    as_planned: AsPlanned = False,
) -> None:
    """Send an issue now.

    Example: mailer send russia-confidential/253 --wait
    """
    from mailer.app.installation import spool
    from mailer.cli.sending import hand_over
    from mailer.domain.remedy import Action
    from mailer.pipeline.mailings.dry_run import write_dry_run
    from mailer.pipeline.mailings.plan import is_planned, plan_mailing
    from mailer.pipeline.mailings.send import send_mailing
    from mailer.views.remedies import sentence

    app, name = console.open_installation(), console.parse_issue(issue)
    if dry_run_to is not None:
        files = write_dry_run(app.context, name, spool(dry_run_to))
        console.say(
            {"issue": issue, "copies": len(files), "folder": dry_run_to, "files": [file.name for file in files]},
            f"{len(files)} copies of {issue} written to {dry_run_to}; nothing was sent",
        )
        return
    app.context.refuse_at_standstill(Action.SEND)
    copies = _confirm_copies(app, name, as_planned=as_planned)
    if not is_planned(app.context, name):
        console.warn(map(sentence, plan_mailing(app.context, name).warnings))
    send_mailing(app.context, name, copies=copies, as_planned=as_planned)
    raise typer.Exit(hand_over(app, name, wait=wait))


def _confirm_copies(app: "App", name: "IssueName", *, as_planned: bool) -> int | None:
    """Ask for the number of copies before anything is changed; None where this `send` begins no mailing."""
    from mailer.pipeline.mailings.plan import count_planned_copies, is_planned
    from mailer.pipeline.mailings.report import issue_progress
    from mailer.pipeline.mailings.send import BEGUN, find_sendable
    from mailer.views.plain_words import copies_go

    if is_planned(app.context, name):
        if find_sendable(app.context, name, as_planned=as_planned).state in BEGUN:
            return None
        copies = issue_progress(app.context, name).counts["pending"]
    elif app.context.newsletter(name.newsletter).approval_required:
        return None  # it is planned now, and sent once it is approved
    else:
        copies = count_planned_copies(app.context, name)
    console.confirm(f"{copies_go(copies, str(name))} to members.", typed=str(copies))
    return copies


def stop(issue: Issue) -> None:
    """Stop the countdown before the first copy.

    Example: mailer stop russia-confidential/253
    """
    from mailer.app.dead_senders import free_copies_of_dead
    from mailer.pipeline.mailings.countdown import stop_countdown
    from mailer.views.countdown import stopped_document, stopped_line

    app, name = console.open_installation(), console.parse_issue(issue)
    free_copies_of_dead(app)
    stopped = stop_countdown(app.context, name)
    console.say(stopped_document(stopped), stopped_line(stopped))


def pause(issue: Issue) -> None:
    """Stop sending for now.

    Example: mailer pause russia-confidential/253
    """
    from mailer.pipeline.mailings.pause import pause_mailing

    pause_mailing(console.open_context(), console.parse_issue(issue))
    console.say({"issue": issue, "state": "paused"}, f"{issue} is paused; `mailer resume {issue}` goes on")


def resume(issue: Issue) -> None:
    """Go on with a paused mailing.

    Example: mailer resume russia-confidential/253
    """
    from mailer.cli.sending import note_without_daemon
    from mailer.pipeline.mailings.pause import count_paused_copies, resume_mailing
    from mailer.pipeline.mailings.report import issue_progress
    from mailer.views.plain_words import copies_go
    from mailer.views.progress import first_copy_sentence

    app, name = console.open_installation(), console.parse_issue(issue)
    console.confirm(f"{copies_go(count_paused_copies(app.context, name), issue)} on to members.")
    resume_mailing(app.context, name)
    progress = issue_progress(app.context, name)
    lines = [
        f"{issue} goes on",
        *([f"  {first_copy_sentence(progress)}"] if progress.counts_down(app.context.clock.now()) else []),
    ]
    console.say({"issue": issue, "state": "sending", "starts_at": progress.starts_at}, *lines)
    note_without_daemon(app, name)


def cancel(issue: Issue) -> None:
    """Cancel all copies not sent yet, for good.

    Example: mailer cancel russia-confidential/253
    """
    from mailer.app.dead_senders import free_copies_of_dead
    from mailer.pipeline.mailings.pause import cancel_mailing, find_cancellation
    from mailer.views.cancel import cancel_document, cancel_line, cancel_warning

    app, name = console.open_installation(), console.parse_issue(issue)
    free_copies_of_dead(app)
    context = app.context
    console.confirm(cancel_warning(find_cancellation(context, name)))
    cancellation = cancel_mailing(context, name)
    console.say(cancel_document(cancellation), cancel_line(cancellation))


def join(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (send, stop, pause, resume, cancel):
        app.command()(command)
