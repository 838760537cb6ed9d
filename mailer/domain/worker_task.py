"""What workers are rung for, and how many copies a bell stands for."""

from enum import StrEnum


class WorkerTask(StrEnum):
    """What a worker does when it is rung for; all that it needs to know stands in the ledger."""

    DELIVER = "deliver"  # about a mailing
    INGEST = "ingest"
    LETTERS = "letters"


# What a task is about that is about no one thing.
ALL = 0
# So many copies are worth a further worker.
BATCH = 64


def batches(copies: int) -> int:
    """How often to ring for so many copies."""
    return -(-copies // BATCH)
