"""Counts the statements that a page costs the database."""

from collections.abc import Callable

from sqlalchemy import event

from mailer.app.installation import App


def statements_of(app: App, ask: Callable[[], object]) -> int:
    """How many statements the database runs meanwhile."""
    number = 0

    def count(*_arguments: object) -> None:
        nonlocal number
        number += 1

    engine = app.store._engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return number
