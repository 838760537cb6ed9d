"""The content of the database without the tables that a test expects to change, to be compared before and after."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, Table, null, select

from mailer.app.installation import App
from mailer.store.columns import metadata
from mailer.store.schema import ledger_state, mailings

# Every incoming mail adds rows to these tables: itself, what was read from it, and that it was counted.
KEPT = frozenset({"raw_reports", "reports", "counted_reports"})


def photograph(app: App, without: Collection[str] = KEPT) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every other table, by its name, sorted; without drafts of plans, which no command shows."""
    with app.store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(_in_sight(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in without
        }


def _in_sight(table: Table) -> Select[Any]:
    """A draft is a mailing without an issue; its rows wait to be cleared."""
    drafts = select(mailings.c.id).where(mailings.c.newsletter.is_(None))
    mailing = table.c.id if table is mailings else table.c.get("mailing")
    # Where a ledger is at home is another place for each copy of it.
    columns = [null().label("home") if column is ledger_state.c.home else column for column in table.c]
    rows = select(*columns)
    return rows if mailing is None else rows.where(mailing.is_(None) | mailing.not_in(drafts))
