"""Sends in company: several processes share the relays while all is well; in trouble the first one goes on alone.

A second process is for speed only. A pace is found out, a login tried again and an outage noted by one process, with all
that is known of the relay; so the others finish what has begun and leave as soon as a relay is in trouble.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Protocol

from mailer.pipeline import company_log
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending.carrier import Relay
from mailer.pipeline.sending.lane import DrainResult, Lane
from mailer.pipeline.sending.relay_trouble import RelayMemory
from mailer.pipeline.sending.sender_ledger import SenderLedger
from mailer.pipeline.sending.turn import TurnResult


class RelayTrouble(IntEnum):
    """What is wrong with a relay, the worst last."""

    NONE = 0
    PASSING = 1  # it is down, or an answer was lost
    LASTING = 2  # it asks us to slow down, or refuses us or our login


class Companions(Protocol):
    """The processes that a sender starts beside itself. No call waits."""

    leads: bool  # whether this sender may start any, and judges the relays for all

    @property
    def at_work(self) -> bool:
        """Whether there is any."""

    def want(self, only: IssueName | None) -> None:
        """There is more to send than one process has in hand."""

    def leave(self) -> None:
        """They are to claim nothing more, and to end when what has begun is answered, however long that takes."""

    def has_ended(self) -> bool:
        """Whether one has ended since the last call."""

    def stop(self, within: float) -> None:
        """They are to stop, as `Sender.stop` does."""

    def use(self, context: Context) -> None:
        """They are to work by other newsletters, fees and templates."""


class Alone:
    """There are no companions to start: this sender sends alone, or is one of another's (it does not lead)."""

    def __init__(self, *, leads: bool = True) -> None:
        self.leads = leads

    @property
    def at_work(self) -> bool:
        """A sender that does not lead has one that does."""
        return not self.leads

    def want(self, only: IssueName | None) -> None:
        """There are none."""

    def leave(self) -> None:
        """There are none."""

    def has_ended(self) -> bool:
        """There are none."""
        return False

    def stop(self, within: float) -> None:
        """There are none."""

    def use(self, context: Context) -> None:
        """There are none."""


class Company:
    """One sender's part in it: when there are to be others, when it is itself to leave, and its share of a pace."""

    def __init__(
        self,
        companions: Companions,
        relays: Sequence[Relay],
        memories: Mapping[str, RelayMemory],
        weights: Mapping[str, int],
    ) -> None:
        self.companions = companions
        self._relays = relays
        self._memories = memories
        self._shared = [relay.name for relay in relays if weights[relay.name]]  # those that copies are shared among
        self._paces = {name: memory.throttle.pace.at_most for name, memory in memories.items()}  # by the settings
        self.trouble = RelayTrouble.NONE  # the worst that was found
        self._left_out: dict[
            str, str
        ] = {}  # relays that failed while there are others, with the reason, as the log says
        self._noted: dict[str, str] | None = None  # what the ledger has of them; None: what an earlier process has left
        self._share_paces()

    def look(
        self, lanes: Mapping[str, Lane], room: Mapping[str, int], turn: TurnResult, only: IssueName | None
    ) -> bool:
        """Look at the relays after a turn that was asked for so many copies. True: this sender is to leave."""
        trouble = max(trouble_of(memory, lanes.get(name)) for name, memory in self._memories.items())
        self.trouble = max(self.trouble, trouble)
        for name in self._left_out.keys() & lanes.keys():
            if lanes[name].tray.handed_over:
                del self._left_out[name]
                company_log.relay_is_back(name)
        if trouble:
            self.companions.leave()
        elif self._all_reached(lanes) and any(
            0 < room.get(name, 0) <= len(copies) for name, copies in turn.copies.items()
        ):
            self.companions.want(only)
        self._share_paces()
        return bool(trouble) and not self.companions.leads

    def lane_ended(self, lane: Lane, elapsed: float) -> None:
        """Remember how a lane fared. Where other relays go on, it is left out for now."""
        name, memory = lane.relay.name, self._memories[lane.relay.name]
        memory.lane_ended(lane, elapsed)
        if memory.pause.failures and self.companions.leads and len(self._memories) > 1 and name not in self._left_out:
            self._left_out[name] = lane.health.why_failed
            company_log.relay_left_out(name, lane.health.why_failed)

    def _all_reached(self, lanes: Mapping[str, Lane]) -> bool:
        """Whether each relay has let us in: no companion is the first to log in."""
        return all(name in lanes and lanes[name].health.reached for name in self._shared)

    def _share_paces(self) -> None:
        """A limit of copies a minute is spread over the minute by each process for its share of them."""
        for relay in self._relays:
            share = relay.share if self.companions.at_work else 1.0
            self._memories[relay.name].throttle.pace.at_most = share * self._paces[relay.name]

    async def note_left_out(self, ledger: SenderLedger) -> None:
        """Keep in the ledger which of several relays are left out, for monitors and `check`."""
        if self.companions.leads and self._noted != self._left_out:
            noted = dict(self._left_out)
            await ledger.relays_are_left_out(noted)
            self._noted = noted

    async def note_trouble(self, drained: DrainResult, ledger: SenderLedger) -> None:
        """Note that no relay carries anything, if the last lane of each has failed; pause what no relay works for."""
        await self.note_left_out(ledger)
        if not self.companions.leads:
            return
        refused = {name: memory.throttle.refused for name, memory in self._memories.items()}
        if drained.down and all(refused.values()):
            await ledger.pause_refused("; ".join(f"{name} says {words}" for name, words in refused.items()))
        if drained.down and all(memory.pause.failures for memory in self._memories.values()):
            await ledger.relay_is_down(drained.down)


def trouble_of(memory: RelayMemory, lane: Lane | None) -> RelayTrouble:
    """What is wrong with a relay now, by its lane, and where there is none by the last one."""
    login, down = memory.pause.login, bool(memory.pause.failures)
    lost = memory.lost_in_a_row > 0
    if lane is not None:
        works = lane.tray.handed_over > 0
        login = lane.health.login_refused or (login and not works)
        down = bool(lane.health.down) or (down and not works)
        lost = lane.tray.careful
    if login or memory.throttle.slow or memory.throttle.refused:
        return RelayTrouble.LASTING
    return RelayTrouble.PASSING if down or lost else RelayTrouble.NONE
