"""Rings for the workers: for copies that are due and that nobody was rung for, since a bell may be lost."""

from mailer.domain.worker_task import BATCH, WorkerTask, batches
from mailer.pipeline.context import Context
from mailer.pipeline.sending.turn import startable_mailings
from mailer.store import Connection
from mailer.store.ledger.unfinished import count_due

# As many workers as one mailing is rung for at most.
MOST = 64


def ring_for_due(connection: Connection, context: Context) -> None:
    """Ring for every mailing that has copies due now, as often as workers are worth it and were not rung yet."""
    now = context.clock.now()
    due = {
        mailing.id: count_due(connection, mailing.id, now, most=MOST * BATCH)
        for mailing in startable_mailings(connection, context, now, only=None)
    }
    wanted = {mailing: batches(copies) for mailing, copies in due.items() if copies}
    if wanted:
        context.bell(connection, WorkerTask.DELIVER, wanted)
