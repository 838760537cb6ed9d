"""The pace of a relay: how many copies a second may leave, so that it seldom has to ask us to slow down.

Until its first plea there is no limit. A plea closes the relay: one copy at a time probes it, ever more seldom. The
first copy that it accepts opens it again, at the pace at which copies got through. From there the pace grows slowly
until the next plea (additive increase, multiplicative decrease, as in TCP); at twice the limit it grows ever faster, and
far beyond it the pace is over. All times are seconds on a clock that is never set.
"""

from collections import deque
from dataclasses import dataclass, field
from math import inf

# A closed relay is probed after so many seconds, then whenever it has been closed for this share longer.
_FIRST_PROBE, _PROBE_SHARE, _LONGEST_PROBE = 0.5, 0.12, 600.0
# Where the pace is known, the first probe comes sooner, when so many copies were due; but later at a very slow pace.
_SOONEST_PROBE, _DUE_AT_PROBE, _DUE_WHEN_SLOW = 0.1, 3.0, 0.3
# The pace grows by this share of the limit each second, and by the other at most with each copy.
_GROWTH, _GROWTH_A_COPY = 1 / 20, 0.07
# At so many times the limit without a plea, the limit lies elsewhere: the pace then grows by those shares of itself.
_BEYOND = 2.0
# Fewer accepted copies than these since the relay was opened tell little about its limit: the pace then grows faster,
# to so many times what they tell.
_FEW, _FEW_AT_FIRST, _FAST_AT_MOST = 5, 20, 4.0
# What got through is measured over the last cycles, for so many times as long as the relay was closed.
_CLOSURES = 1.5
# A plea lowers the pace to what got through; after so many copies, or after fast growth, at most to this share of it.
_MANY, _LOWERED_AFTER_MANY, _LOWERED_AFTER_FEW = 20, 0.85, 0.7
# A pace of so many times the limit, without a plea, is over. No pace is slower than a copy a minute.
_OVER, _SLOWEST = 8.0, 1 / 60
# Without a copy for so many seconds there was nothing to send: that time says nothing about the relay.
_IDLE = 60.0
# For so many seconds copies may catch up on a delay of our own: at a pace that was found, less a copy's time, since the
# relay may want that between two copies; and at a pace of the settings.
_CATCH_UP, _CATCH_UP_AT_MOST = 0.1, 0.25


@dataclass(slots=True, kw_only=True)
class RelayPace:
    """The pace of one relay, as one process finds it out. `rate` is in copies a second; 0: no limit was found.

    `at_most` is the limit of the settings in copies a second, 0: none. `limit` is the rate at the last opening.
    """

    at_most: float = 0.0
    rate: float = 0.0
    limit: float = 0.0
    closed: bool = False
    closed_at: float = 0.0
    _probe_at: float = 0.0
    _probing: bool = False
    _keeps: bool = False  # it is closed to connections, and opens at the pace that it had
    _kept: bool = False  # it was opened so
    _unsure: bool = False  # too few copies got through to tell the limit
    # A cycle lasts from opening to opening, and begins with the first copy.
    _began: float | None = None
    _accepted: int = 0
    _cycles: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=200))  # seconds, accepted copies
    _next_at: float = -inf
    _last_left: float = -inf

    @property
    def speed(self) -> float:
        """How many copies a second may leave while it is open; 0: no limit."""
        return min(self.rate, self.at_most) if self.rate and self.at_most else self.rate or self.at_most

    def wait(self, now: float) -> float:
        """After how many seconds the next copy may leave; infinite while a probe is under way."""
        if self.closed:
            return inf if self._probing else max(0.0, self._probe_at - now)
        return max(0.0, self._next_at - now) if self.speed else 0.0

    def room(self, now: float, seconds: float) -> int | None:
        """How many copies may leave within so many seconds, one at least while it is open; None: no limit."""
        if self.closed:
            return int(self._probing or self._probe_at - now <= seconds)
        return int(self.speed * seconds) + 1 if self.speed else None

    def left(self, now: float) -> bool:
        """A copy leaves, once `wait` is over; returns whether it is a probe."""
        if self._began is None:
            self._began = now
        elif not self.closed and now - self._last_left > max(_IDLE, 3 / (self.speed or inf)):
            self._began, self._accepted = now, 0
            self._cycles.clear()
        if self.closed:
            self._probing = True
        elif self.speed:
            catch_up = max(0.0, _CATCH_UP - 1 / self.speed) if self.rate else _CATCH_UP_AT_MOST
            self._next_at = max(self._next_at, now - catch_up) + 1 / self.speed
            if self.rate:
                self._grow(now)
        self._last_left = now
        return self.closed

    def accepted(self, now: float, *, probe: bool) -> None:
        """The relay has accepted a copy."""
        self._accepted += 1
        if probe and self.closed:
            self._open(now)

    def plea(self, now: float, *, probe: bool, at_once: bool = False, keeps: bool = False) -> None:
        """The relay asks to slow down. While it is closed, copies that left before say nothing new.

        `at_once`: another connection may help, and probes it at once when the relay was open until now. `keeps`: the plea
        is not about the pace of copies, unless the relay closes again after a few.
        """
        if not self.closed:
            self._keeps = keeps and (not self._kept or self._accepted >= _FEW_AT_FIRST)
            self.closed, self.closed_at = True, now
            self._began = now if self._began is None else self._began
            self._probing, self._probe_at = False, now + (0.0 if at_once else self._until_probe(now))
        elif probe:
            self._keeps = self._keeps and keeps
            self._probing, self._probe_at = False, now + self._until_probe(now)

    def returned(self, now: float, *, probe: bool) -> None:
        """A copy came back without a word about the pace: a probe is made again."""
        if probe and self.closed:
            self._probing, self._probe_at = False, now + self._until_probe(now)

    def forget(self) -> None:
        """Begin anew, without a limit."""
        self.rate = self.limit = 0.0
        self.closed = self._probing = self._keeps = self._kept = self._unsure = False
        self._began, self._accepted = None, 0
        self._cycles.clear()

    def resume_closed(self, now: float, seconds: float) -> None:
        """Go on after a restart: it has been closed for so many seconds, and may be probed at once."""
        self.closed, self.closed_at, self._probe_at = True, now - seconds, now
        self._began = None  # what got through before is not known

    def _until_probe(self, now: float) -> float:
        first = _FIRST_PROBE
        if self.rate:
            due = 1.0 if now == self.closed_at else _DUE_AT_PROBE
            first = max(_SOONEST_PROBE, min(first, due / self.rate), _DUE_WHEN_SLOW / self.rate)
        return min(_LONGEST_PROBE, max(first, _PROBE_SHARE * (now - self.closed_at)))

    def _open(self, now: float) -> None:
        self.closed = self._probing = False
        self._kept = self._keeps
        if self._keeps:
            self._began, self._accepted = now, 0
            return
        accepted, unsure = self._accepted, self._unsure
        self._begin_cycle(now)
        got = self._got_through(now - self.closed_at)
        if not self.rate:
            self.rate = got
        elif accepted >= _MANY:
            self.rate = min(self.rate, max(got, self.rate * _LOWERED_AFTER_MANY))
        else:
            self.rate = min(self.rate, max(got, self.rate * _LOWERED_AFTER_FEW) if unsure else got)
        self._unsure = accepted < (_FEW if self.limit else _FEW_AT_FIRST)
        self.limit = self.rate
        self._next_at = now + 1 / self.rate

    def _got_through(self, closed: float) -> float:
        """How many copies a second got through lately, at least over the time for which it was closed."""
        seconds, accepted = 0.0, 0
        for cycle_seconds, cycle_accepted in reversed(self._cycles):
            if accepted >= _FEW and seconds >= _CLOSURES * closed:
                break
            seconds, accepted = seconds + cycle_seconds, accepted + cycle_accepted
        return max(_SLOWEST, accepted / max(seconds, 0.001))

    def _grow(self, now: float) -> None:
        if self._unsure:
            self.rate *= 1 + _GROWTH_A_COPY
            if self.rate > self.limit * _FAST_AT_MOST:
                self._unsure, self.limit = False, self.rate
        else:
            step = self.limit if self.rate < self.limit * _BEYOND else self.rate
            self.rate += step * min(_GROWTH * (now - self._last_left), _GROWTH_A_COPY)
        if self.rate > self.limit * _OVER:
            self.rate = self.limit = 0.0
            self._begin_cycle(now)

    def _begin_cycle(self, now: float) -> None:
        if self._began is not None:
            self._cycles.append((now - self._began, self._accepted))
        self._began, self._accepted = now, 0
