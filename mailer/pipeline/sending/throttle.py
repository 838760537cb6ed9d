"""Hears what a relay says of our pace and of us, and keeps to it: its pace, its connections, the copies on each."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Deferred, Outcome, Reply, Throttled
from mailer.domain.pacing import is_greylisting
from mailer.domain.pleas import PleaOwner, Repetition
from mailer.domain.ports import Clock
from mailer.domain.relay_limits import ConnectionLimit, SessionLimit, SessionTally, SlowRelay
from mailer.domain.relay_matter import Plea, RelayMatter
from mailer.domain.relay_pace import RelayPace
from mailer.formats.reports.classify import BEFORE_RECIPIENT
from mailer.formats.reports.relay_plea import names_a_rate, plea_of
from mailer.formats.reports.relay_reply import matter_of
from mailer.pipeline import maillog
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy

# Seconds ahead for which copies are claimed: what waits longer stays pending.
AHEAD_SECONDS = 5.0
# Refusals of us, in words that might be about a reader: so many in a row are believed; two, if they are to
# several providers or of the same copy.
_REFUSED_IN_A_ROW = 3
# A reply that ends a session which carried so many copies is no word about the pace.
_FEW = 5
# After a plea for fewer connections, no other one is opened for so many seconds: the relay may still count the old ones.
_RETRY = 0.2
# For so many seconds at most a relay counts as closed after a restart: from then on it is probed most seldom anyway.
_CLOSED_AT_MOST = 3600.0

_AT_OPENING = BEFORE_RECIPIENT - {Phase.MAIL}


class RelayThrottle:
    """What one process has found out about one relay; it outlives the lanes and their connections."""

    def __init__(
        self,
        relay: str,
        clock: Clock,
        *,
        connections: int,
        per_minute: int = 0,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """`elapsed` is the clock of the timers, by which connections are woken: the running loop's."""
        self.relay = relay
        self._clock = clock
        self._elapsed = elapsed or self._ask_loop
        self.pace = RelayPace(at_most=per_minute / 60)
        self.connections = ConnectionLimit(most=connections, allowed=connections)
        self.session = SessionLimit()
        self.refused = ""  # the words in which it refused us
        self.taken_back: list[int] = []  # deferred copies that were not to blame, for the ledger
        self.open_now = 0  # connections open or being opened
        self.serving = 0  # of these, those that are open
        self._may_open_at = -inf  # when another connection may be opened
        self._accepted = 0  # copies
        self._accepted_at_end = 0  # when a reply last ended a session
        self._owner = PleaOwner()
        self._repetition = Repetition()
        self._since: datetime | None = None  # of the first plea
        self._reply = ""
        self._refusals: dict[int, str] = {}  # copies refused with words about us, with their providers, in a row
        self._doubted: set[int] = set()  # copies put back after such a refusal
        self._closed_at: datetime | None = None
        self.kept: SlowRelay | None = None  # what the ledger keeps of this

    def _ask_loop(self) -> float:
        """The time of the running loop, which is asked for once: each copy needs it twice."""
        self._elapsed = asyncio.get_running_loop().time
        return self._elapsed()

    # --- before a copy leaves -----------------------------------------------------------------------------------------

    def wait(self) -> float:
        """After how many seconds the next copy may leave."""
        pace = self.pace
        return pace.wait(self._elapsed()) if pace.closed or pace.speed else 0.0

    def wait_to_open(self, opening: int) -> float:
        """After how many seconds another connection may be opened, while so many others are being opened."""
        now, wait = self._elapsed(), self.wait()
        if self.pace.closed and opening:
            return max(wait, _RETRY)  # one is enough for a probe
        return max(wait, self._may_open_at - now)

    def room(self, in_hand: int) -> int | None:
        """How many further copies to have in hand; None: as many as there are connections for."""
        room = self.pace.room(self._elapsed(), AHEAD_SECONDS)
        return None if room is None else max(0, room - in_hand)

    def connections_now(self) -> int:
        """How many connections may be open now."""
        return self.connections.now(self._elapsed())

    def begin_session(self) -> SessionTally:
        """A connection was opened."""
        return SessionTally(self._elapsed())

    def left(self, copy: OutgoingCopy) -> None:
        """A copy leaves."""
        copy.probe = self.pace.left(self._elapsed())

    # --- what the relay says ------------------------------------------------------------------------------------------

    def accepted(self, copy: OutgoingCopy, session: SessionTally) -> None:
        """The relay has accepted a copy."""
        now = self._elapsed()
        session.carried += 1
        self._accepted += 1
        self.pace.accepted(now, probe=copy.probe)
        self._owner.accepted(copy.claim.family, now)
        self._repetition.accepted(now)
        if self._refusals:
            self._refusals.clear()

    def returned(self, copy: OutgoingCopy) -> None:
        """A copy came back without a word about our pace."""
        self.pace.returned(self._elapsed(), probe=copy.probe)

    def closed_behind_answer(self, session: SessionTally) -> None:
        """The relay closed a connection, without a word, right behind an answer."""
        self.session.ended(self._elapsed(), carried=session.carried, opened_at=session.opened_at, clear=True)

    def hear(self, copy: OutgoingCopy, outcome: Outcome, session: SessionTally) -> Outcome | None:
        """What a refusal means for this copy; None: nothing, it waits on untried. What it means for us is seen to."""
        reply, phase = outcome.reply, outcome.phase
        assert reply is not None, "a refusal is a reply"
        match matter_of(reply, phase):
            case RelayMatter.SLOW:
                return self._slow(copy, outcome, reply, session)
            case RelayMatter.STOP if self._is_about_us(copy, reply, phase, outcome.detail):
                self.returned(copy)
                return None
            case RelayMatter.COPY if isinstance(outcome, Deferred) and not is_greylisting(reply):
                now, slow, claim = self._elapsed(), self.pace.closed or self.pace.rate > 0, copy.claim
                copies = self._repetition.refused(claim.delivery, claim.family, reply, now, slow=slow)
                if copies is not None:
                    self.taken_back += copies[:-1]
                    self._plea(reply, phase, session, probe=copy.probe, plea=Plea.PACE, open_now=self.open_now)
                    return _throttled(outcome)
        self.returned(copy)
        return outcome

    def connection_refused(self, reply: Reply | None, phase: Phase, session: SessionTally | None) -> bool:
        """A reply ended a connection, or kept it from being opened (`session` None). Whether it asks to slow down."""
        if reply is None or matter_of(reply, phase) is not RelayMatter.SLOW:
            return False
        plea = plea_of(reply)
        if session is None:
            if self.serving:
                plea = Plea.CONNECTIONS  # others are served
            tally = SessionTally(self._elapsed())
            self._plea(reply, phase, tally, probe=True, plea=plea, open_now=self.open_now + 1)
        else:
            session.over = True
            self._plea(reply, phase, session, probe=True, plea=plea, open_now=self.open_now + 1)
        return True

    def _slow(self, copy: OutgoingCopy, outcome: Outcome, reply: Reply, session: SessionTally) -> Outcome:
        now = self._elapsed()
        plea = plea_of(reply)
        # Connections and sessions are those with the relay; before RCPT it knows no provider.
        may_be_providers = plea is Plea.PACE and outcome.phase not in BEFORE_RECIPIENT and not self.pace.closed
        by_provider = may_be_providers and self._owner.is_providers(copy.claim.family, now)
        if not by_provider:
            self._plea(reply, outcome.phase, session, probe=copy.probe, plea=plea, open_now=self.open_now)
        return _throttled(outcome, by_provider=by_provider)

    def _plea(
        self, reply: Reply, phase: Phase, session: SessionTally, *, probe: bool, plea: Plea, open_now: int
    ) -> None:
        """Do as the relay asks: another connection, fewer connections, or a slower pace.

        `open_now`: how many connections are open, or being opened, since those count for the relay too.
        """
        now, ends = self._elapsed(), reply.code == 421
        self._note(reply)
        session.over |= ends
        surplus = plea is Plea.PACE and session.is_surplus(self._accepted)
        if plea is Plea.SESSION and session.carried:
            self.session.ended(now, carried=session.carried, opened_at=session.opened_at, clear=True)
            session.over = True
            self.pace.returned(now, probe=probe)
        elif (surplus or plea is Plea.CONNECTIONS) and self.connections.plea(now, open_now):
            session.over = True
            self._may_open_at = now + _RETRY
            if surplus:
                self.pace.forget()  # it was slowed by mistake
            self.pace.returned(now, probe=probe)
        elif ends and self._is_end_of_session(reply, session):
            self.session.ended(now, carried=session.carried, opened_at=session.opened_at, clear=False)
            self.pace.returned(now, probe=probe)
        else:
            fresh = session.carried > 0 and (session.over or probe or not self.pace.rate)
            if fresh or not session.carried:
                self.session.ended(now, carried=session.carried, opened_at=session.opened_at, clear=False)
            session.over |= fresh
            # One that does not even greet us refuses connections: the pace of copies may stay as it was.
            keeps = phase in _AT_OPENING and not names_a_rate(reply)
            self.pace.plea(now, probe=probe, at_once=fresh, keeps=keeps)

    def _is_end_of_session(self, reply: Reply, session: SessionTally) -> bool:
        """Whether a reply that ends a connection says nothing of the pace: a few copies got through since the last one."""
        since, self._accepted_at_end = self._accepted - self._accepted_at_end, self._accepted
        if self.pace.closed or self.pace.rate or names_a_rate(reply):
            return False
        return max(session.carried, since) >= _FEW

    def _is_about_us(self, copy: OutgoingCopy, reply: Reply, phase: Phase, detail: str) -> bool:
        """Whether a refusal of us is believed, or the copy is put back until others are refused in the same way."""
        delivery = copy.claim.delivery
        if phase not in BEFORE_RECIPIENT:
            again = delivery in self._refusals  # and nothing was accepted in between
            if delivery in self._doubted and not again:
                return False  # others were accepted meanwhile: it is about this copy
            self._refusals[delivery] = copy.claim.family
            if not again and len(set(self._refusals.values())) < 2 and len(self._refusals) < _REFUSED_IN_A_ROW:
                self._doubted.add(delivery)
                return True
        # After RCPT the detail speaks of the recipient, whom the refusal does not concern.
        self.refused = f"{reply.unnamed} ({detail})" if phase in BEFORE_RECIPIENT else reply.unnamed
        return True

    # --- what is kept and shown ---------------------------------------------------------------------------------------

    def _note(self, reply: Reply) -> None:
        words = reply.unnamed
        if self._since is None:
            self._since = self._clock.now()
            maillog.relay_slowed(self.relay, words)
        self._reply = words

    @property
    def slow(self) -> bool:
        """Whether anything keeps copies back, besides the settings."""
        pace, connections = self.pace, self.connections
        return bool(pace.closed or pace.rate or connections.allowed < connections.most)

    def state(self) -> SlowRelay | None:
        """What is to be kept; None: nothing was found out, or it is over."""
        if not self.slow and not self.session.most:
            self._since = None
            return None
        now, pace, connections = self._clock.now(), self.pace, self.connections
        if not pace.closed:
            self._closed_at = None
        elif self._closed_at is None:
            self._closed_at = now - timedelta(seconds=self._elapsed() - pace.closed_at)
        self._since = self._since or now
        return SlowRelay(
            relay=self.relay,
            since=self._since,
            reply=self._reply if self.slow else "",
            per_second=round(pace.limit, 4),
            closed_at=self._closed_at,
            connections=connections.allowed if connections.allowed < connections.most else 0,
            messages=self.session.most,
        )

    def is_changed(self) -> bool:
        """Whether other than what is kept was found out."""
        return self.state() != self.kept

    def take_up(self, state: SlowRelay) -> None:
        """Go on with what another process, or this one before a restart, has found out."""
        if self.slow or self.session.most or state == self.kept:
            return  # this process finds out by itself, or has and it is over
        now, elapsed = self._clock.now(), self._elapsed()
        self.kept, self._since, self._reply = state, min(state.since, now), state.reply
        self.pace.rate = self.pace.limit = state.per_second
        if state.closed_at is not None:
            # A clock that was wrong must not keep it closed for long.
            seconds = (now - state.closed_at).total_seconds()
            self.pace.resume_closed(elapsed, min(_CLOSED_AT_MOST, max(0.0, seconds)))
        if state.connections:
            connections = self.connections
            connections.allowed = min(state.connections, connections.most)
            connections.too_many, connections.changed_at = connections.allowed + 1, elapsed
        self.session.most = state.messages


def _throttled(outcome: Outcome, *, by_provider: bool = False) -> Throttled:
    return Throttled(
        reply=outcome.reply,
        phase=outcome.phase,
        tls_version=outcome.tls_version,
        detail=outcome.detail,
        by_provider=by_provider,
    )
