"""Holds the lease by which one daemon, of all that run, pulls, plans, tests and begins scheduled mailings."""

from datetime import timedelta

from mailer.app.installation import App
from mailer.app.processes import is_dead
from mailer.store.ledger.owners import lease_holder, take_lease

# The name of the lease, and how long it lasts when it is not renewed.
SCHEDULER = "scheduler"
LEASE = timedelta(seconds=30)


def daemon_runs(app: App) -> bool:
    """Whether a living daemon holds the scheduler's lease."""
    with app.store.reading() as connection:
        holder = lease_holder(connection, SCHEDULER, app.context.clock.now())
    return holder is not None and not is_dead(holder)


def hold_scheduler(app: App, owner: int) -> bool:
    """Take or renew the scheduler's lease; False while another living daemon has it."""
    now = app.context.clock.now()
    with app.store.transaction() as connection:
        holder = lease_holder(connection, SCHEDULER, now)
        if holder is not None and holder.id != owner and not is_dead(holder):
            return False
        take_lease(connection, SCHEDULER, owner, now=now, lasting=LEASE)
        return True
