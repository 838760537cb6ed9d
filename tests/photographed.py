"""The content of the database without the tables that a test expects to change, to be compared before and after."""

from collections.abc import Collection

from sqlalchemy import select

from mailer.app.installation import App
from mailer.store.columns import metadata

# Every incoming mail adds rows to these tables: itself, and what was read from it.
KEPT = frozenset({"raw_reports", "reports"})


def photograph(app: App, without: Collection[str] = KEPT) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every other table, by its name, sorted."""
    with app.store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in without
        }
