"""Lets another thread break off what reads or copies the whole database: the service stops, and must not wait for that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from mailer.domain.errors import BrokenOff

# Seconds that a server has to hear that a statement is to end.
_HEARD_WITHIN = 2.0


class Interruption:
    """What can be broken off now, and whether it is to be."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._ends: list[Callable[[], None]] = []
        self._asked = False

    def ask(self) -> None:
        """Break off what is under way, and what follows. Ask again until it has ended: what is just about to begin does not hear."""
        with self._guard:
            self._asked = True
            for end in self._ends:
                with suppress(Exception):  # the server may be away, for example
                    end()

    @contextmanager
    def reaching(self, end: Callable[[], None]) -> Iterator[None]:
        """While this lasts, `end` is called in another thread when it is to be broken off, which is a BrokenOff here."""
        with self._guard:
            self._ends.append(end)
        try:
            self._refuse_asked()
            yield
        except Exception as error:
            self._refuse_asked(error)
            raise
        finally:
            with self._guard:
                self._ends.remove(end)

    def _refuse_asked(self, error: Exception | None = None) -> None:
        if self._asked:
            raise BrokenOff from error


def statements_of(connection: Connection) -> Callable[[], None]:
    """Ends the statement that the connection executes."""
    return ending(connection.connection.driver_connection)


def ending(driver: Any) -> Callable[[], None]:
    """Ends the statement that the driver's connection executes."""
    interrupt: Callable[[], None] | None = getattr(driver, "interrupt", None)  # SQLite's; psycopg's is the other one
    return interrupt or partial(driver.cancel_safe, timeout=_HEARD_WITHIN)
