"""Deletes in chunks what is left of plans: of those replaced or given up, and of those whose planner was killed."""

from datetime import timedelta

from mailer.pipeline.context import Context
from mailer.store import plans
from mailer.store.columns import CHUNK

# A draft that was not written on for so long is abandoned: its process was killed. Frozen, it finds out when it goes on.
_ABANDONED = timedelta(minutes=10)


def clear_plans(context: Context, *, chunk: int = CHUNK) -> None:
    """Delete all that belongs to no issue any more, each chunk in a transaction of its own; nothing saw it before."""
    with context.store.reading() as connection:
        if not plans.any_draft(connection):
            return
    now = context.clock.now()
    with context.store.transaction() as connection:
        plans.discard_abandoned(connection, now - _ABANDONED, now + _ABANDONED)
    while True:
        with context.store.transaction() as connection:
            if not plans.clear(connection, chunk):
                return
