"""Compares this machine's clock with that of the database's server: workers judge each other's leases by them."""

from dataclasses import dataclass
from datetime import timedelta

from mailer.app.installation import App
from mailer.pipeline import servicelog
from mailer.store.ledger.instants import server_time

# By how much a machine's clock may differ from the database's; those of two machines differ by twice as much at most, and a lease
# of five seconds is judged by both.
CLOCKS_AGREE = timedelta(seconds=1)


def clocks_apart(app: App) -> timedelta | None:
    """By how much they differ at least, since the answer took a while; None where the database is a file."""
    with app.store.reading() as connection:
        before, server, after = app.context.clock.now(), server_time(connection), app.context.clock.now()
    return max(before - server, server - after, timedelta(0)) if server is not None else None


@dataclass(slots=True)
class ClockAgreement:
    """What one worker has said of the clocks."""

    _differ: bool = False

    def compare(self, app: App) -> None:
        """Say once that the clocks differ by too much, and once that they agree again."""
        apart = clocks_apart(app) or timedelta(0)
        differ = apart > CLOCKS_AGREE
        if differ and not self._differ:
            servicelog.clocks_differ(apart, CLOCKS_AGREE)
        if self._differ and not differ:
            servicelog.clocks_agree()
        self._differ = differ
