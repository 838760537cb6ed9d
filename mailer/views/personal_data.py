"""Shows all that is kept about a person as one document, which programs and people can read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mailer.views.plain_words import counted


def personal_data_document(
    person: str, at: datetime, rows: Mapping[str, Sequence[Mapping[str, object]]]
) -> dict[str, object]:
    """The document: a list for each kind of record, empty ones too, so that a reader sees that there is nothing."""
    return {
        "person": person,
        "exported_at": at,
        "records": {table: [_record(row) for row in each] for table, each in rows.items()},
    }


def personal_data_line(file: object, rows: Mapping[str, Sequence[object]]) -> str:
    """What was written, and how much it is."""
    return f"{file}: {counted(sum(map(len, rows.values())), 'record', 'records')}; hand it to this person alone, then delete it"


def _record(row: Mapping[str, object]) -> dict[str, object]:
    return {name: _readable(value) for name, value in row.items()}


def _readable(value: object) -> object:
    """A mail as it came is text, whatever its octets are."""
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
