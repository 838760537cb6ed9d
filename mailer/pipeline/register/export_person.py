"""Gathers all that is kept about a person, for that person to read; beside `erase`, which removes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.errors import NotFound
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.store import erase as erasure
from mailer.store import personal_data


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """All rows about a person by table, as they were at this instant."""

    person: str
    at: datetime
    rows: Mapping[str, Sequence[Mapping[str, object]]]


def export_person(context: Context, person: str) -> PersonalData:
    """Everything about the person; the history keeps that it was given out. NotFound for one who is not known anywhere."""
    with context.store.transaction() as connection:
        if not erasure.is_known(connection, person):
            raise NotFound(f"there is no person {person!r}", Action.LIST_PEOPLE.of())
        rows = personal_data.rows_about(connection, person)
        context.record(connection, "export", person)
    return PersonalData(person=person, at=context.clock.now(), rows=rows)
