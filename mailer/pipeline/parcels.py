"""A few messages that are no copies, such as a test or a letter, handed over one after another; nothing is in the ledger."""

from collections.abc import Callable, Sequence

from mailer.domain.delivery import Accepted, Outcome
from mailer.domain.ports import Parcel, Transport


class Handful:
    """The messages for a relay to take. `accepted` counts, `failed` names what was not and why."""

    def __init__(self, parcels: Sequence[Parcel]) -> None:
        self._left: list[Parcel] = list(reversed(parcels))
        self.accepted = 0
        self.failed: list[tuple[Parcel, str]] = []

    async def hand_over(self, transport: Transport) -> None:
        """Afterwards each message is accepted or has failed. Raises TransportDown, and those left have not been tried."""
        while self.open:
            async with transport.connect() as relay:
                await relay.carry(self)

    @property
    def open(self) -> bool:
        """Whether there is one left."""
        return bool(self._left)

    def take(self, _wake: Callable[[], None]) -> Parcel | None:
        """The next message."""
        return self._left.pop() if self._left else None

    def begin(self, _parcel: Parcel) -> bool:
        """Any of them may leave."""
        return True

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """What came of it."""
        if isinstance(outcome, Accepted):
            self.accepted += 1
            return
        said = f"{outcome.reply.code} {outcome.reply.text}" if outcome.reply else outcome.detail
        self.failed.append((parcel, said))

    def back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """It was not tried."""
        if blamed:  # the next connection would break at it again
            self.failed.append((parcel, why))
        else:
            self._left.append(parcel)
