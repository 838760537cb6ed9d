"""A claimed copy on its way to a relay; its message is made, and signed, when a connection takes it."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.errors import CannotRender
from mailer.domain.ports import Envelope, Message
from mailer.pipeline.issues.copies import Workbench
from mailer.store.ledger.claims import Claim

NO_MESSAGE = Message(b"")  # of a copy that is not made yet, or needed no longer

# What is raised when a copy cannot be made: because of a value, a missing edition or a header.
UNMAKABLE = (CannotRender, LookupError, ValueError)


@dataclass(slots=True, eq=False, kw_only=True)
class OutgoingCopy:
    """A claimed copy in hand. It may begin to leave until `until`, on the clock that cannot be set."""

    claim: Claim
    bench: Workbench
    envelope: Envelope
    until: float
    message: Message = NO_MESSAGE
    started_at: datetime | None = None
    begun: bool = False
    probe: bool = False  # whether it tries a relay that asked to slow down

    def make(self) -> None:
        """Fill in `message`, signed where we sign. Raises what `Workbench.make` raises."""
        claim = self.claim
        self.message = self.bench.make(claim.copy, claim.message_id, delivery=claim.delivery)
