"""Commands about the installation: init and check."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from mailer.checking import checks
from mailer.cli import console
from mailer.gateways import new_installation


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="a new folder, or this one")] = Path()) -> None:
    """Make a new installation: config.toml, key, templates/, schedules/.

    Example: mailer init /srv/mailer
    """
    config = new_installation.install(folder.resolve())
    console.say({"config": str(config)}, f"{config} is written; edit it, then `mailer --config {config} check`")


def check() -> None:
    """See whether everything that sending needs is right.

    Example: mailer check
    """
    found = asyncio.run(checks.check(console.invocation.config))
    console.show(
        [{"what": one.what, "ok": one.ok, "said": one.said} for one in found],
        ("", "what", ""),
        [("ok" if one.ok else "WRONG", one.what, one.said) for one in found],
    )
    wrong = sum(not one.ok for one in found)
    if wrong:
        console.complain(f"{wrong} of {len(found)} checks found something wrong; mend it, then check again")
        raise typer.Exit(1)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(check)
