"""Reads the history: who did what, when, to which thing and why."""

from mailer.domain.history import HistoryPage, HistorySearch
from mailer.pipeline.context import Context
from mailer.store import history

# How many entries a page has.
PAGE = 50


def read_history(context: Context, search: HistorySearch, older_than: int | None = None) -> HistoryPage:
    """The newest entries that match, or those that are older than this one."""
    with context.store.reading() as connection:
        return history.page(connection, search, older_than=older_than, most=PAGE)


def names_in_history(context: Context) -> tuple[list[str], list[str]]:
    """Everybody who did something, and the verbs of all that was done."""
    with context.store.reading() as connection:
        return history.known(connection)
