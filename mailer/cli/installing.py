"""Commands about the installation: init and check."""

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import console


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="a new folder, or this one")] = Path()) -> None:
    """Make a new installation: config.toml, key, templates/, schedules/.

    Example: mailer init /srv/mailer
    """
    from mailer.gateways.new_installation import SCRIPT, install

    config = install(folder.resolve())
    script = config.with_name(SCRIPT)
    first_user = f"mailer --config {config} user add NAME --role admin"
    console.say(
        {"config": str(config), "command": str(script), "first_user": first_user},
        f"{config} is written; edit it, then `mailer --config {config} check`",
        f"{script} runs mailer for this installation, for each person who may: docs/operating.md, The people",
        f"`{first_user}` adds the console's first user, who adds the others",
    )


def check(
    *,
    envelope: Annotated[
        bool,
        typer.Option("--envelope", help="try sender and recipient (the secretary) at the relay, without a message"),
    ] = False,
) -> None:
    """Check everything that sending needs.

    Example: mailer check
    """
    from mailer.checking.checks import check

    results = check(console.invocation.config, envelope=envelope)
    console.show(
        [{"what": result.subject, "ok": result.ok, "said": result.finding} for result in results],
        ("", "what", ""),
        [("ok" if result.ok else "WRONG", result.subject, result.finding) for result in results],
    )
    wrong = sum(not result.ok for result in results)
    if wrong:
        console.complain(f"{wrong} of {len(results)} checks found something wrong; correct it, then check again")
        raise typer.Exit(1)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(check)
