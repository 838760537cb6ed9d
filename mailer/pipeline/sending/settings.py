"""The settings of the sender, whichever relay a copy goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mailer.domain.pacing import FamilyLimit, RelayLimit
from mailer.domain.retry import Backoff

# Seconds at most between two rounds of a drain, in which leases are renewed, dead senders' copies are taken over, relays that
# were down are tried again, mailings that are done are closed, and the journal is shortened; how many fit into a lease.
ROUND, ROUNDS_IN_A_LEASE = 10.0, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How copies are sent, with the limits by relay and by provider."""

    give_up_after: timedelta
    backoff: Backoff
    resend_unknown: bool
    relays: Mapping[str, RelayLimit]
    families: Mapping[str, FamilyLimit] = field(default_factory=dict)
    lease: timedelta = timedelta(minutes=10)  # of a claim; it is renewed while its sender lives
    marked_at_most: int = (
        0  # copies that are marked at a time: so many are in doubt when a machine is lost; 0: no limit
    )

    @property
    def round_seconds(self) -> float:
        """Seconds between two rounds of a drain."""
        return min(ROUND, self.lease.total_seconds() / ROUNDS_IN_A_LEASE)

    @property
    def limited(self) -> bool:
        """Whether claims are counted, so that no other process may claim at the same time."""
        return bool(self.families) or any(
            limit.per_minute or limit.new_relay_per_hour for limit in self.relays.values()
        )
