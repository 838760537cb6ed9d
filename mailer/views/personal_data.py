"""Shows all that is kept about a person as one document, which programs and people can read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from mailer.views.plain_words import counted

# What a column is called where its own name says little to the person; the others have theirs, with spaces.
_FIELDS = {
    "circle": "part of the club",
    "family": "mail provider",
    "mailbox": "address as it is compared",
    "sorted_by": "place in lists",
    "searched": "words it is found by",
    "judged_by": "rules it was last judged by",
    "raw": "mail",
    "in_full": "counts as the full fee",
    "paid_on": "date of payment",
    "period_from": "paid from",
    "period_to": "paid to",
    "said": "words of the server",
    "text": "words of the server",
}


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
    """The values under plain names; a sum of money with its currency."""
    values = dict(row)
    if isinstance(amount := values.get("amount"), Decimal):
        values["amount"] = f"{amount:.2f} {values.pop('currency')}"
    return {_FIELDS.get(name, name.replace("_", " ")): _readable(value) for name, value in values.items()}


def _readable(value: object) -> object:
    """A mail as it came is text, whatever its octets are."""
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
