"""Deletes at night what is older than its time, table by table, and writes into the history how much that was."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from mailer.domain.looks import Look, look_to_keep, seen_twice
from mailer.domain.night import DATABASE
from mailer.domain.retention import Retention
from mailer.pipeline.context import Context
from mailer.pipeline.upkeep.nightly import is_due_tonight
from mailer.store import forgetting
from mailer.store.forgetting import OldRows
from mailer.store.ledger import instants

FORGET = "forget"


def forget_old(context: Context, retention: Retention, is_stopped: Callable[[], bool]) -> None:
    """Delete what is old, when that is due tonight; only what an earlier night has seen as old, too: the clock may be wrong.

    Once it `is_stopped`, the rest waits for the next night.
    """
    if is_stopped() or not is_due_tonight(context, FORGET):
        return
    context.refuse_wrong_clock()
    days = {field.name: getattr(retention, field.name) for field in fields(retention)}
    counts = {name: _forget(context, name, days[name], is_stopped) for name in days}
    words = [f"{count} {name} older than {days[name]} days" for name, count in counts.items() if count]
    with context.store.transaction() as connection:
        context.record(connection, FORGET, DATABASE, ", ".join(words) or "nothing was old")


def _forget(context: Context, name: str, days: int, is_stopped: Callable[[], bool]) -> int:
    """How many rows of this name were forgotten; each transaction that writes is short, since senders write, too."""
    clock, look_name = context.clock, f"old {name}"
    look = Look(at=clock.now(), boot=clock.boot(), elapsed=clock.elapsed(), before=clock.now() - timedelta(days=days))
    with context.store.transaction() as connection:
        first = instants.first_look(connection, look_name)
        instants.keep_look(connection, look_name, look_to_keep(first, look))
    before, count = seen_twice(first, look), 0
    if before is None:
        return 0
    for step in forgetting.STEPS[name]:
        beyond: object = None
        while not is_stopped() and (keys := _old(context, step, before, beyond)):
            with context.store.transaction() as connection:
                count += step.forget(connection, before, keys)
            beyond = keys[-1]
    return count


def _old(context: Context, step: OldRows, before: datetime, beyond: object) -> Sequence[object]:
    with context.store.reading() as connection:
        return step.next(connection, before, beyond)
