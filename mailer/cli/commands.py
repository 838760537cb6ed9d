"""The command line as a whole: its global options and the groups of its commands."""

import os
from pathlib import Path
from typing import Annotated

import typer

from mailer import __version__
from mailer.cli import (
    backups,
    bounces,
    console,
    deliveries,
    domains,
    holds,
    installing,
    issues,
    mailings,
    overview,
    payments,
    people,
    plans,
    register,
    reports,
    running,
    service,
    users,
)

app = typer.Typer(
    name="mailer",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
    help="Sends a club's bulletin to paid-up members, and knows what became of every copy.\n\n"
    "Example: [bold]mailer --config club/config.toml status russia-confidential/253[/bold]",
)


def _version(context: typer.Context, wanted: bool) -> None:
    if wanted:
        console.invocation.as_json = bool(context.params.get("as_json"))
        console.say({"version": __version__}, __version__)
        raise typer.Exit


@app.callback()
def every_command(
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="config.toml; $MAILER_CONFIG, then ./config.toml")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="answer yes to every question")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on stdout")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, help="the version")] = False,
) -> None:
    """Options that every command takes, before or after its name."""
    del version
    console.invocation.config = config or Path(os.environ.get("MAILER_CONFIG") or "config.toml")
    console.invocation.yes = yes
    console.invocation.as_json = as_json


for group in (
    installing,
    issues,
    register,
    people,
    payments,
    plans,
    mailings,
    overview,
    reports,
    deliveries,
    bounces,
    holds,
    domains,
    backups,
    users,
    running,
    service,
):
    group.join(app)
