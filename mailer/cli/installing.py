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
    online: Annotated[
        bool, typer.Option("--online", help="ask the DNS as receivers do: SPF, DKIM, DMARC, PTR, MX")
    ] = False,
    envelope: Annotated[
        bool,
        typer.Option("--envelope", help="try sender and recipient (the secretary) at the relay, without a message"),
    ] = False,
    round_trip: Annotated[
        bool, typer.Option("--round-trip", help="send a mail to a return path, and wait until it comes back")
    ] = False,
) -> None:
    """Check everything that sending needs.

    Example: mailer check --online
    """
    from time import monotonic

    from mailer.checking.checks import check
    from mailer.gateways.dns_records import DnsRecords
    from mailer.views.check_results import COLUMNS, check_document, check_rows, checked_sentence

    begun = monotonic()
    records = DnsRecords() if online else None
    results = check(console.invocation.config, envelope=envelope, round_trip=round_trip, records=records)
    console.show(
        list(map(check_document, results)), COLUMNS, check_rows(results), checked_sentence(results, monotonic() - begun)
    )
    wrong = sum(not result.ok for result in results)
    if wrong:
        console.complain(f"{wrong} of {len(results)} checks found something wrong; correct it, then check again")
        raise typer.Exit(1)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(check)
