"""Holds the lease by which one daemon, of all that run, pulls, plans, tests and begins scheduled mailings."""

from datetime import timedelta
from math import inf

from mailer.app.installation import App
from mailer.app.processes import is_dead, is_of_this_machine
from mailer.domain.ports import Clock
from mailer.store import be_brief
from mailer.store.ledger import leases
from mailer.store.ledger.instants import note_work
from mailer.store.ledger.leases import lease, take_lease
from mailer.store.ledger.owners import Owner

# The lease's name, how long it lasts, and how little may be left of it before it is renewed: an idle daemon writes once in
# ten seconds, and a slow one has twenty seconds to renew it.
SCHEDULER = "scheduler"
LASTING = timedelta(seconds=30)
LEFT_AT_LEAST = timedelta(seconds=20)


class Lead:
    """What one process knows of its lease without asking: it may be frozen at any moment, and another one lead."""

    def __init__(self) -> None:
        self._until = -inf  # by a clock that is never set

    def take(self, app: App, owner: int) -> bool:
        """Take the scheduler's lease, or renew it when little of it is left; False while another living process has it."""
        asked_at = app.context.clock.elapsed()
        leads = hold_scheduler(app, owner)
        self._until = asked_at + LEFT_AT_LEAST.total_seconds() if leads else -inf
        return leads

    def surely_lasts(self, clock: Clock) -> bool:
        """Whether the lease, when it was last taken, had more left than has passed since."""
        return clock.elapsed() < self._until


def daemon_runs(app: App) -> bool:
    """Whether a living daemon holds the scheduler's lease."""
    return _leader(app) is not None


def daemon_runs_here(app: App) -> bool:
    """Whether it is one of this machine; one that runs here beside a leader elsewhere is not known."""
    leader = _leader(app)
    return leader is not None and is_of_this_machine(leader)


def _leader(app: App) -> Owner | None:
    with app.store.reading() as connection:
        held = lease(connection, SCHEDULER, app.context.clock.now(), LASTING)
    return held.holder if held is not None and not is_dead(held.holder) else None


def hold_scheduler(app: App, owner: int) -> bool:
    """Take the scheduler's lease, or renew it when little of it is left; False while another living daemon has it."""
    return hold_lease(app, SCHEDULER, owner)


def hold_lease(app: App, name: str, owner: int) -> bool:
    """Take the lease of this name, or renew it when little of it is left; False while another living process has it."""
    with app.store.reading() as connection:
        now = app.context.clock.now()
        held = lease(connection, name, now, LASTING)
    # If more than a whole lease is left, the clock was set back, and the lease is renewed.
    if held is not None and held.holder.id == owner and LEFT_AT_LEAST < held.until - now <= LASTING:
        return True
    other = held.holder if held is not None and held.holder.id != owner else None
    if other is not None and not is_dead(other):
        return False
    with app.store.transaction() as connection:
        be_brief(connection)
        now = app.context.clock.now()
        dead = other.id if other is not None else None
        epoch = take_lease(connection, name, owner, now=now, lasting=LASTING, dead=dead)
        if epoch is not None:
            note_work(connection, now)
        return epoch is not None


def leave_lease(app: App, name: str, owner: int) -> None:
    """Let the next process have the lease at once, if it is still ours."""
    with app.store.transaction() as connection:
        be_brief(connection)
        leases.leave_lease(connection, name, owner, app.context.clock.now())
