"""Counts what a step costs, in figures that are the same on every machine: calls, statements, steps of the database."""

import cProfile
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

# SQLite reports each time that it has done so many of its own steps.
STEPS = 100
# So many times as many people may cost at most so many times as much; linear is 8.
TIMES, AT_MOST = 8, 10
# What a measurement cannot tell from nothing: so many steps more are no growth.
LEAST_STEPS = 20_000


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Calls of Python functions, SQL statements, and the steps that SQLite took for them."""

    calls: int
    statements: int
    steps: int

    def grows_more_than_linearly(self, more: "Cost") -> bool:
        """Whether `more`, the cost for eight times as many people, is out of proportion."""
        return (
            more.calls > AT_MOST * self.calls
            or more.statements > AT_MOST * self.statements
            or more.steps > AT_MOST * self.steps + LEAST_STEPS
        )

    def line(self, name: str, more: "Cost") -> str:
        """Both costs of a case as a line of the table."""
        return (
            f"{name:60} {self.calls:>10,} {more.calls:>11,} {more.calls / max(1, self.calls):6.1f}"
            f" {self.statements:>6,} {more.statements:>7,} {more.statements / max(1, self.statements):6.1f}"
            f" {self.steps:>10,} {more.steps:>11,} {more.steps / max(1, self.steps):6.1f}"
        )


HEADING = (
    f"{'':60} {'calls':>10} {'times 8':>11} {'ratio':>6} {'stmts':>6} {'times 8':>7} {'ratio':>6}"
    f" {'db steps':>10} {'times 8':>11} {'ratio':>6}"
)


def cost_of(step: Callable[[], object]) -> Cost:
    """Take a step, and count what it costs in all threads that it starts."""
    profiles: list[cProfile.Profile] = []
    statements = steps = 0

    def begin(*_event: object) -> None:
        profile = cProfile.Profile(subcalls=False, builtins=False)
        profiles.append(profile)
        profile.enable()

    def note(*_statement: object) -> None:
        nonlocal statements
        statements += 1

    def stepped() -> int:
        nonlocal steps
        steps += STEPS
        return 0

    def taken(connection: object, *_record: object) -> None:
        connection.set_progress_handler(stepped, STEPS)  # type: ignore[attr-defined]

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Pool, "checkout", taken)
    threading.setprofile(begin)  # each thread begins a profile of its own
    begin()
    try:
        step()
    finally:
        for profile in profiles:  # one that is left enabled would end another's when it is deleted
            profile.disable()
        threading.setprofile(None)  # type: ignore[arg-type]
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Pool, "checkout", taken)
    calls = sum(entry.callcount for profile in profiles for entry in profile.getstats())
    return Cost(calls=calls, statements=statements, steps=steps)
