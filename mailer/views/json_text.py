"""Writes a document as JSON: for programs on standard output, and for files."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal


def json_text(document: object) -> str:
    """The document, for a file."""
    return f"{ENCODER.encode(document)}\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


ENCODER = json.JSONEncoder(ensure_ascii=False, indent=2, default=_plain)
