"""The command that makes the daemon a service of the machine."""

import re
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import console

_UNIT = Path("/etc/systemd/system/club-mailer.service")
_NAME = re.compile(r"[A-Za-z0-9._@+-]+( [A-Za-z0-9._@+-]+)*")


def install_service(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the unit's file")] = _UNIT,
    only_print: Annotated[bool, typer.Option("--print", help="print the unit, write nothing")] = False,
    credentials: Annotated[
        list[str] | None,
        typer.Option(
            "--credential", metavar="NAME:FILE", help="hand root's FILE to the daemon as the file NAME of config.toml"
        ),
    ] = None,
    worker: Annotated[
        bool, typer.Option("--worker", help="a unit for one of many workers on PostgreSQL, in place of the daemon")
    ] = False,
) -> None:
    """Write the systemd unit of this installation's daemon, or of a worker.

    Example: mailer --config /var/lib/club-mailer/config.toml install-service
    """
    from mailer.app.service_unit import notes_of, unit_of

    unit = unit_of(console.invocation.config, dict(map(_credential, credentials or ())), worker=worker)
    text = unit.text()
    console.warn(notes_of(unit))
    if only_print:
        console.say({"unit": None, "text": text}, *text.splitlines())
        return
    written = _write(file, text)
    start = f"systemctl daemon-reload && systemctl enable {file.stem} && systemctl restart {file.stem}"
    console.say(
        {"unit": str(file), "text": text, "start": start},
        f"{file} is {'written' if written else 'as it should be'}",
        f"`{start}` starts the {'worker' if worker else 'daemon'} with it",
    )


def _credential(typed: str) -> tuple[str, Path]:
    """What was typed, if systemd takes it: what it does not take it ignores, and the service would start without."""
    name, _, file = typed.partition(":")
    if not _NAME.fullmatch(name) or name in {".", ".."} or not file.startswith("/") or ".." in Path(file).parts:
        raise typer.BadParameter(
            f"{typed!r}: allowed: a name of letters A to Z, digits and . _ @ + -, and an absolute path without .., such as "
            "smtp.password:/etc/smtp.password"
        )
    return name, Path(file)


def _write(file: Path, text: str) -> bool:
    """Write the unit, unless it is the same; asks before another one is replaced."""
    from mailer.gateways import unit_file

    present = unit_file.read(file)
    if present == text:
        return False
    if present is not None:
        console.confirm(f"{file} is there and says something else. Replace it?")
    unit_file.write(file, text)
    return True


def join(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(install_service)
