"""Commands that answer at a glance: what waits for a person."""

import typer

from mailer.cli import console


def to_do() -> None:
    """List what waits for you, over all issues, with what can be done about each.

    Example: mailer to-do
    """
    from mailer.app.inbound import unmoved_mails
    from mailer.pipeline.overview.to_do import to_do
    from mailer.views.to_do import to_do_document, to_do_lines

    app = console.open_installation()
    items = to_do(app.context, unmoved_mails(app))
    console.say(list(map(to_do_document, items)), *to_do_lines(items))


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("to-do")(to_do)
