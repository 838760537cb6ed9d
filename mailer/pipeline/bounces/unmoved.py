"""Notes when mails that were taken in cannot be moved out of their inbox, and alarms the operator once."""

from mailer.domain.bounce import Way
from mailer.pipeline import maillog
from mailer.pipeline.bounces import alarms
from mailer.pipeline.context import Context
from mailer.store import Connection, history

UNMOVED, MOVED = "unmoved", "moved"
_FULL = "nothing is lost and new mails are read, but the inbox fills up; make room in it, or mend the folder"


def note(context: Context, way: Way, count: int, why: str) -> None:
    """Note how a whole look at an inbox ended: so many mails could not be moved, the last for this reason."""
    with context.store.reading() as connection:
        is_noted = bool(noted(connection, way))
    if count:
        maillog.mails_unmoved(way, count, why)
    if bool(count) == is_noted:
        return
    with context.store.transaction() as connection:
        text = f"mails that were taken in by {way} cannot be moved: {why}; {_FULL}"
        context.record(connection, UNMOVED if count else MOVED, _subject(way), text if count else "")
        if count:
            alarms.unmoved(connection, context, way, text)


def noted(connection: Connection, way: Way) -> str:
    """What stands in the way of moving mails out of this inbox; empty when they can be moved."""
    entries = history.entries(connection, _subject(way))
    return entries[-1].detail if entries and entries[-1].verb == UNMOVED else ""


def _subject(way: Way) -> str:
    return f"inbox {way}"
