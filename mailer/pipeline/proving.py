"""Makes every copy of a mailing once before the first is sent, and throws them away: what cannot be made is named."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.delivery import State
from mailer.domain.errors import CannotRender
from mailer.domain.mailing import Mailing
from mailer.pipeline.compiling import Letterhead, Workbench, load_issue, loaded, rehearse
from mailer.store import Connection, deliveries, issues, mailings
from mailer.store.deliveries import Delivery

# How many of the copies that cannot be made are named in one message.
NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What it takes to make every copy of a mailing once, read in one transaction and used outside of any."""

    bench: Workbench
    copies: tuple[Delivery, ...]

    @classmethod
    def of(cls, connection: Connection, found: Mailing, now: datetime) -> "Proof":
        """The pending copies of a mailing with what they are made from."""
        copies = tuple(deliveries.of_mailing(connection, found.id, State.PENDING))
        return cls(bench=workbench(connection, found, now), copies=copies)

    def check(self) -> None:
        """Make every copy once and throw it away. Raises CannotRender naming those that cannot be made."""
        failed = rehearse(self.bench, self.copies)
        if failed:
            more = [f"… and {len(failed) - NAMED} more"] if len(failed) > NAMED else []
            raise CannotRender("\n".join([*failed[:NAMED], *more]))


def workbench(connection: Connection, found: Mailing, date: datetime) -> Workbench:
    """What every copy of the mailing is made from, as frozen; `date` stands in the messages until sending begins."""
    revision = issues.revision_of(connection, found.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    return Workbench(
        issue=load_issue(connection, revision),
        letterhead=Letterhead.load(mailings.letterhead_of(connection, found.id)),
        editions=loaded(mailings.editions_of(connection, found.id)),
        date=(found.starts_at or date).replace(microsecond=0),
    )
