"""Closes a connection to the database that could not be set as it must be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def closed_on_error(connection: Any) -> Iterator[None]:
    """Close a driver's connection that cannot be set: SQLAlchemy 2.0 does not know it yet, and would leave it open."""
    try:
        yield
    except BaseException:
        connection.close()
        raise
