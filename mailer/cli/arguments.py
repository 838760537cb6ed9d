"""Arguments that several commands take; a person, a membership or an issue may be typed by any of its names."""

from typing import Annotated

import typer

from mailer.cli import console


def one_issue(typed: str) -> str:
    """A serial alone becomes `<newsletter>/<serial>`; anything else stays as typed."""
    if not typed.isdecimal():
        return typed
    from mailer.pipeline.register.resolve import resolve_issue

    return str(resolve_issue(console.open_context(), typed))


def one_person(typed: str) -> str:
    """The id of the person who was typed."""
    from mailer.pipeline.register.resolve import resolve_person

    return resolve_person(console.open_context(), typed)


def issue_if_any(typed: str | None) -> str | None:
    """The same for an issue that may be left out."""
    return None if typed is None else one_issue(typed)


def person_if_any(typed: str | None) -> str | None:
    """The same for a person who may be left out."""
    return None if typed is None else one_person(typed)


def one_membership(typed: str) -> str:
    """The id of the membership that was typed."""
    from mailer.pipeline.register.resolve import resolve_membership

    return resolve_membership(console.open_context(), typed)


def addresses(typed: list[str]) -> list[str]:
    """The addresses that were typed, or those of the people who were."""
    return list(map(one_address, typed))


def one_address(typed: str) -> str:
    """The address that was typed, or that of the person who was."""
    from mailer.pipeline.register.resolve import resolve_address

    return typed if "@" in typed else resolve_address(console.open_context(), typed)


Issue = Annotated[
    str,
    typer.Argument(metavar="ISSUE", help="<newsletter>/<serial>, e.g. russia-confidential/253", callback=one_issue),
]
PERSON_HELP = "an id, a name or an address, or a part of these"
Person = Annotated[str, typer.Argument(metavar="PERSON", help=PERSON_HELP, callback=one_person)]
Membership = Annotated[
    str,
    typer.Argument(
        metavar="MEMBERSHIP", help="its id, its organisation, or one of its people", callback=one_membership
    ),
]
AsPlanned = Annotated[
    bool, typer.Option("--as-planned", help="although the register says otherwise now; kept in the history")
]
