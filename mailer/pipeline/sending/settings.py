"""The settings of the sender, whichever relay a copy goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mailer.domain.pacing import FamilyLimit, RelayLimit
from mailer.domain.retry import Backoff


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How copies are sent, with the limits by relay and by provider."""

    give_up_after: timedelta
    backoff: Backoff
    resend_unknown: bool
    relays: Mapping[str, RelayLimit]
    families: Mapping[str, FamilyLimit] = field(default_factory=dict)
    lease: timedelta = timedelta(minutes=10)  # longer than it takes to hand over all copies in hand

    @property
    def limited(self) -> bool:
        """Whether claims are counted, so that no other process may claim at the same time."""
        return bool(self.families) or any(
            limit.per_minute or limit.new_relay_per_hour for limit in self.relays.values()
        )
