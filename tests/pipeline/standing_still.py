"""Ways in which a service comes to a standstill."""

from datetime import timedelta

from mailer.app.installation import App
from mailer.domain.standstill import Standstill
from mailer.store.ledger import backups, instants


def stand_still(app: App, standstill: Standstill) -> None:
    """Bring the installation to this standstill."""
    now = app.context.clock.now()
    with app.store.transaction() as connection:
        match standstill:
            case Standstill.RESTORED:
                backups.mark_as_backup(connection, now)
            case Standstill.MOVED:
                backups.mark_as_moved(connection, "postgresql://server/club", now)
            case Standstill.CLOCK:
                instants.note_work(connection, now + timedelta(days=90))
