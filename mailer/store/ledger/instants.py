"""The instants by which a clock is judged: when the ledger was last at work, and the last look at what is old."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from mailer.domain.looks import Look
from mailer.store.columns import UtcDateTime, insert_into
from mailer.store.schema import history, ledger_state, looks

# The verb and the subject of the entry in the history by which the clock is believed anew.
CLOCK = "clock"
LEDGER = "ledger"


def note_work(connection: Connection, now: datetime) -> None:
    """Note that the ledger is at work now, by a clock that is believed."""
    if connection.execute(_WORK, {"now": now}).rowcount == 0:
        connection.execute(insert_into(connection, ledger_state).values(id=1, epoch=0).on_conflict_do_nothing())
        connection.execute(_WORK, {"now": now})


# Built once: a sender executes it at every turn.
_WORK = update(ledger_state).values(worked_at=bindparam("now", type_=UtcDateTime()))


def last_work(connection: Connection) -> datetime | None:
    """The last instant that the ledger and its history know, since the clock was last set and believed."""
    believed = select(func.max(history.c.id)).where(history.c.verb == CLOCK, history.c.subject == LEDGER)
    since = select(func.max(history.c.at)).where(history.c.id >= func.coalesce(believed.scalar_subquery(), 0))
    instants = [connection.execute(query).scalar() for query in (select(ledger_state.c.worked_at), since)]
    return max((at for at in instants if at is not None), default=None)


def server_time(connection: Connection) -> datetime | None:
    """What time it is for the server of the database; None where there is no server, but a file."""
    if connection.dialect.name == "sqlite":
        return None
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return at


def first_look(connection: Connection, name: str) -> Look | None:
    """The look that the next one under this name is compared with."""
    columns = (looks.c[field] for field in Look.__slots__)
    row = connection.execute(select(*columns).where(looks.c.name == name)).first()
    return Look(**row._asdict()) if row else None


def keep_look(connection: Connection, name: str, look: Look) -> None:
    """Keep the look that the next one is compared with."""
    values = {field: getattr(look, field) for field in Look.__slots__}
    new = insert_into(connection, looks).values(name=name, **values)
    connection.execute(new.on_conflict_do_update(index_elements=[looks.c.name], set_=values))
