"""Commands about recipients' domains: which get nothing for now and why; suspend one, lift that."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from mailer.cli import console
from mailer.pipeline.sending import suspend as suspending

Domain = Annotated[
    str, typer.Argument(metavar="DOMAIN", help="e.g. gmail.com; stands for its provider's other domains")
]


def list_() -> None:
    """The domains that get nothing for now, why, and until when.

    Example: mailer domain list
    """
    found = suspending.listing(console.context())
    rows = [(one.family, one.until or "until it is lifted", one.set_by, one.reason) for one in found]
    none = [] if found else ["every domain gets its copies"]
    console.show([asdict(one) for one in found], ("domain", "until", "by", "reason"), rows, *none)


def suspend(
    domain: Domain,
    reason: Annotated[str, typer.Option("--reason", help="why, for those who come after you")],
    until: Annotated[
        datetime | None, typer.Option("--until", help="UTC, e.g. 2026-11-30 or 2026-11-30T08:00:00; else until lifted")
    ] = None,
) -> None:
    """Let nothing leave to a domain for now; its copies wait and use up no attempt.

    Example: mailer domain suspend gmail.com --until 2026-11-30 --reason "their postmaster asks us to wait"
    """
    end = until.replace(tzinfo=UTC) if until else None
    made = suspending.suspend(console.context(), domain, until=end, reason=reason)
    told = f"until {console.time_of(made.until)}" if made.until else f"until `mailer domain lift {made.family}`"
    console.say(asdict(made), f"{made.family} gets nothing {told}: {made.reason}")


def lift(domain: Domain) -> None:
    """Let copies leave to a domain again.

    Example: mailer domain lift gmail.com
    """
    family = suspending.lift(console.context(), domain)
    console.say({"family": family, "lifted": True}, f"{family} gets its copies again")


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Recipients' domains. Example: mailer domain list")
    group.command("list")(list_)
    group.command()(suspend)
    group.command()(lift)
    app.add_typer(group, name="domain")
