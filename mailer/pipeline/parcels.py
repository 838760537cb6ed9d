"""Hands over a few messages that are no copies, such as tests and letters; the ledger has no part in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Accepted, Outcome
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Envelope, Message, Parcel, Transport
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.relay_reply import matter_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressedMessage:
    """A message in its envelope."""

    envelope: Envelope
    message: Message


class Handful:
    """A few messages for a relay. `accepted` counts those accepted, `failed` names the others with the reason.

    `may_begin` is asked before the content of each begins to leave: once it may not, the others are `left`.
    """

    def __init__(self, parcels: Sequence[Parcel], may_begin: Callable[[], bool] = lambda: True) -> None:
        self._may_begin = may_begin
        self.left: list[Parcel] = list(reversed(parcels))
        self.accepted = 0
        self._refusal: Outcome | None = None  # of us, or of our pace, whichever message it was
        self.failed: list[tuple[Parcel, str]] = []

    async def hand_over(self, transport: Transport) -> None:
        """Try every message, while they may begin. Raises TransportDown; the messages left have not been tried then."""
        while self.open:
            async with transport.connect() as relay:
                await relay.carry(self)
            if self._refusal is not None:
                refusal, self._refusal = self._refusal, None
                reply = refusal.reply
                why = f"{reply.code} {reply.status} {reply.text}; {refusal.detail}" if reply else refusal.detail
                raise TransportDown(f"the relay refuses to work for us: {why}", reply=reply, phase=refusal.phase)

    @property
    def open(self) -> bool:
        """Whether a message may follow."""
        return bool(self.left) and self._refusal is None and self._may_begin()

    def take(self, _wake: Callable[[], None]) -> Parcel | None:
        """The next message."""
        return self.left.pop() if self.open else None

    def begin(self, parcel: Parcel) -> bool:
        """Whether the message may leave; else it is left."""
        begins = self._may_begin()
        if not begins:
            self.left.append(parcel)
        return begins

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Count the outcome."""
        if isinstance(outcome, Accepted):
            self.accepted += 1
            return
        if not _judges_message(outcome):
            self.left.append(parcel)
            self._refusal = outcome
            return
        reason = f"{outcome.reply.code} {outcome.reply.text}" if outcome.reply else outcome.detail
        self.failed.append((parcel, reason))

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Count the message as failed."""
        self.failed.append((parcel, why))

    def put_back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Keep the message for the next connection, unless the connection broke at it."""
        if blamed:  # the next connection would break at it too
            self.failed.append((parcel, why))
        else:
            self.left.append(parcel)


def _judges_message(outcome: Outcome) -> bool:
    """Whether an outcome is about this message, and not about our pace or ourselves."""
    if outcome.reply is None or outcome.phase is Phase.UNKNOWN:
        return True
    return matter_of(outcome.reply, outcome.phase) is RelayMatter.COPY
