"""The links in copies and letters, and what became of a member's wish."""

import re
from collections.abc import Mapping

from sqlalchemy import select

from mailer.app.installation import App
from mailer.domain.hold import OwnPause
from mailer.domain.membership import Seat
from mailer.formats.token import Purpose
from mailer.store import holds, letters, members
from mailer.store.schema import history
from mailer.store.schema import letters as letters_table
from tests.club import copies


def token(app: App, purpose: Purpose, person: str = "P001") -> str:
    """The token in the link of a person's copy."""
    return app.context.keys.sign(purpose, copies(app)[person].id)


def pauses(app: App, person: str = "P001") -> tuple[OwnPause, ...]:
    """The person's own pauses."""
    with app.store.reading() as connection:
        return holds.pauses(connection, [person]).get(person, ())


def seats(app: App, person: str = "P001") -> list[Seat]:
    """The person's seats."""
    with app.store.reading() as connection:
        return members.seats_of(connection, person)


def waiting(app: App) -> list[tuple[str, str]]:
    """The kind and the recipient of each letter that waits, the oldest first, but for those that tell of plans."""
    kinds = ("wish-done", "confirm-address", "member-wish")
    with app.store.reading() as connection:
        due = letters.waiting(connection, app.context.clock.now())
    return [(letter.kind, letter.recipient) for letter in due if letter.kind in kinds]


def facts(app: App, kind: str) -> Mapping[str, object]:
    """What the last letter of this kind says."""
    query = select(letters_table.c.facts).where(letters_table.c.kind == kind).order_by(letters_table.c.id.desc())
    with app.store.reading() as connection:
        return dict(connection.execute(query).scalars().first() or {})


def link_in(app: App, kind: str) -> str:
    """The token of the link in the last letter of this kind."""
    address = str(facts(app, kind).get("undo") or facts(app, kind).get("confirm"))
    found = re.fullmatch(r"https://letter\.club\.example/(?:undo|confirm)/([a-z2-7]+)", address)
    assert found, address
    return found[1]


def recorded(app: App, person: str = "P001") -> list[tuple[str, str]]:
    """Who did what to the person, oldest first, but for what the import of the register wrote."""
    query = select(history.c.who, history.c.verb).where(history.c.subject == person).order_by(history.c.id)
    with app.store.reading() as connection:
        return [(row.who, row.verb) for row in connection.execute(query)]
