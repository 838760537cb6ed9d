"""Finds what was corrected after copies of an issue had failed, which says whether they may go once more."""

from mailer.domain.supplement import Corrections
from mailer.store import Connection, failures, holds, mailings


def corrections_since(connection: Connection, newsletter: str, serial: int) -> Corrections:
    """What was corrected after copies of this issue had failed."""
    every = mailings.mailings_of(connection, newsletter, serial)
    return Corrections(
        failures=failures.of_mailings(connection, [mailing.id for mailing in every]),
        lifts=holds.lifts(connection),
        stops={
            mailing.id: (mailing.broken_at, mailing.broken_by) for mailing in every if mailing.broken_at is not None
        },
    )
