"""Commands about recipients' domains: list those that get nothing for now, suspend one, lift that."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from mailer.cli import console

Domain = Annotated[
    str, typer.Argument(metavar="DOMAIN", help="e.g. gmail.com; stands for its provider's other domains")
]


def list_() -> None:
    """List the domains that get nothing for now, with the reason and the end.

    Example: mailer domain list
    """
    from mailer.pipeline.sending.suspend import listing
    from mailer.views.domains import COLUMNS, throttle_document, throttle_rows

    throttles = listing(console.open_context())
    none = [] if throttles else ["every domain gets its copies"]
    console.show(list(map(throttle_document, throttles)), COLUMNS, throttle_rows(throttles), *none)


def suspend(
    domain: Domain,
    reason: Annotated[str, typer.Option("--reason", help="why, for those who come after you")],
    until: Annotated[
        datetime | None, typer.Option("--until", help="UTC, e.g. 2026-11-30 or 2026-11-30T08:00:00; else until lifted")
    ] = None,
) -> None:
    """Send nothing to a domain for now; its copies wait and use up no attempt.

    Example: mailer domain suspend gmail.com --until 2026-11-30 --reason "their postmaster asks us to wait"
    """
    from mailer.pipeline.sending.suspend import suspend
    from mailer.views.domains import throttle_document, throttle_line

    end = until.replace(tzinfo=UTC) if until else None
    throttle = suspend(console.open_context(), domain, until=end, reason=reason)
    console.say(throttle_document(throttle), throttle_line(throttle))


def lift(domain: Domain) -> None:
    """Send copies to a domain again.

    Example: mailer domain lift gmail.com
    """
    from mailer.pipeline.sending.suspend import lift

    family = lift(console.open_context(), domain)
    console.say({"family": family, "lifted": True}, f"{family} gets its copies again")


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Recipients' domains. Example: mailer domain list")
    group.command("list")(list_)
    group.command()(suspend)
    group.command()(lift)
    app.add_typer(group, name="domain")
