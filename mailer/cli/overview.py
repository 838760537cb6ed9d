"""Commands that answer at a glance: what waits for a person, and any question typed."""

import sys
from typing import Annotated

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


def find(
    words: Annotated[
        list[str],
        typer.Argument(metavar="TEXT…", help="a name, an address, a number, a Message-ID; - reads a returned mail"),
    ],
) -> None:
    """Answer any question: a name, an address, a copy number, a Message-ID, a returned mail or a line of one.

    Example: mailer find copy 147
    """
    from mailer.pipeline.overview.answer import answer
    from mailer.views.answer import answer_document, answer_lines

    typed = sys.stdin.buffer.read().decode("utf-8", "replace") if words == ["-"] else " ".join(words)
    answered = answer(console.open_context(), typed)
    console.say(answer_document(answered), *answer_lines(answered))
    if not answered.is_answered:
        raise typer.Exit(1)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("to-do")(to_do)
    app.command()(find)
