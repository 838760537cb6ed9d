"""Commands about people: list, find, show, pause, resume, export, erase."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.cli.arguments import Person
from mailer.cli.plan_changes import note_plan_changes

if TYPE_CHECKING:
    from mailer.domain.person import RegisterEntry


def list_() -> None:
    """List all people in the register.

    Example: mailer person list
    """
    from mailer.domain.remedy import Action
    from mailer.pipeline.register.people import each_entry
    from mailer.views.lazy_list import LazyList
    from mailer.views.remedies import advise

    entries = LazyList(each_entry(console.open_context()))
    _show_entries(entries, *([] if entries else [advise("the register is empty", Action.IMPORT_REGISTER.of())]))


def find(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="a name, an address, an organisation, an id")],
) -> None:
    """Find people by a part of their name, address, membership or organisation.

    Example: mailer person find northern bank
    """
    from mailer.pipeline.register.people import each_entry
    from mailer.pipeline.register.resolve import find_people

    context, typed = console.open_context(), " ".join(words)
    people = find_people(context, typed)
    place = {person: index for index, person in enumerate(people)}
    entries = [entry for entry in each_entry(context) if entry.seat.person in place]
    entries.sort(key=lambda entry: place[entry.seat.person])
    _show_entries(entries)
    if not entries:
        console.complain(f"no person in the register has {typed!r} in a name, an address or an organisation")
        raise typer.Exit(1)


def _show_entries(entries: "Sequence[RegisterEntry]", *lines: str) -> None:
    from mailer.views.lazy_list import LazyList
    from mailer.views.person import COLUMNS, entry_document, entry_row

    documents = LazyList(map(entry_document, entries)) if console.invocation.as_json else None
    console.show(documents, COLUMNS, map(entry_row, entries), *lines)


def show(person: Person) -> None:
    """Show one person with memberships, payments and copies.

    Example: mailer person show P001
    """
    from mailer.pipeline.register.people import find_person
    from mailer.views.person import person_document, person_lines

    record = find_person(console.open_context(), person)
    console.say(person_document(record), *person_lines(record))


def export(
    person: Person,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="a folder for the file; else it is printed")
    ] = None,
) -> None:
    """Give out everything that is kept about a person, as one JSON document.

    Example: mailer person export P001 --out exchange
    """
    from mailer.app.installation import spool
    from mailer.pipeline.register.export_person import export_person
    from mailer.views.json_text import json_text
    from mailer.views.personal_data import personal_data_document, personal_data_line

    own = export_person(console.open_context(), person)
    document = personal_data_document(own.person, own.at, own.rows)
    if out is None:
        console.say_document(document)
        return
    file = spool(out)(f"{own.person}.json", json_text(document).encode())
    console.say({"person": own.person, "file": str(file)}, personal_data_line(file, own.rows))


def erase(person: Person) -> None:
    """Erase a person's data; an anonymous ledger stays that still balances.

    Example: mailer person erase P001
    """
    from mailer.pipeline.register import erase
    from mailer.pipeline.register.people import find_person

    context = console.open_context()
    label = find_person(context, person).label
    console.confirm(f"Everything that tells who {label} is will be gone, here and in every mailing.", typed=person)
    alias = erase.erase(context, person)
    plans = note_plan_changes(context)
    console.say(
        {"person": person, "erased_as": alias, "plans": plans},
        f"{person} is erased; the ledger keeps {alias}. Remove the row from your own table too, or the next import brings the "
        "person back",
    )


def pause(
    person: Person,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="the last day without issues")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="the first; today when left out")] = None,
) -> None:
    """Send a person no issues for a time, as they asked; no import ends it, and the membership stays.

    Example: mailer person pause P001 --until 2026-12-31
    """
    from mailer.domain.membership import Pause
    from mailer.formats.register.cells import parse_date
    from mailer.pipeline.bounces import preferences
    from mailer.pipeline.register.people import find_person
    from mailer.views.person import own_pause_document, own_pause_words

    context = console.open_context()
    begins = parse_date(first) if first else context.clock.now().date()
    preferences.pause_for(context, person, Pause(first=begins, last=parse_date(until) if until else None))
    record, own = find_person(context, person), preferences.own_pauses(context, person)[0]
    plans = note_plan_changes(context)
    console.say(
        {"person": person, "name": record.name, "own_pause": own_pause_document(own), "plans": plans},
        f"{record.label} is {own_pause_words(own)}; `mailer person resume {person}` ends it",
    )


def resume(person: Person) -> None:
    """Send issues again to a person who unsubscribed or paused, and asks for them.

    Example: mailer person resume P001
    """
    from mailer.pipeline.bounces import preferences
    from mailer.pipeline.register.people import find_person
    from mailer.views.person import own_pause_words

    context = console.open_context()
    record = find_person(context, person)
    words = ", ".join(map(own_pause_words, preferences.own_pauses(context, person)))
    console.confirm(f"{record.label}: {words}. Send them the next issues again?")
    preferences.resume(context, person)
    plans = note_plan_changes(context)
    console.say(
        {"person": person, "name": record.name, "resumed": True, "plans": plans},
        f"{record.label} gets issues again, from the next plan on",
    )


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="People. Example: mailer person find lindqvist")
    for name, command in (
        ("list", list_),
        ("find", find),
        ("show", show),
        ("pause", pause),
        ("resume", resume),
        ("export", export),
        ("erase", erase),
    ):
        group.command(name)(command)
    app.add_typer(group, name="person")
