"""Relays with limits of all kinds on a made-up clock, and a sender that keeps a pace with them."""

import heapq
import math
import random  # noqa: TID251  (the same delays every time)
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from mailer.domain.relay_pace import RelayPace

# Whether a relay accepts the copy that arrives at this time.
Limiter = Callable[[float], bool]


def bucket(rate, burst):
    """So many a second, and so many at once."""
    tokens, last = burst, 0.0

    def accepts(now):
        nonlocal tokens, last
        tokens, last = min(burst, tokens + (now - last) * rate), now
        full = tokens >= 1
        tokens -= full
        return full

    return accepts


def fixed_window(number, seconds):
    """So many in each interval by the relay's clock."""
    window, count = -1, 0

    def accepts(now):
        nonlocal window, count
        if now // seconds != window:
            window, count = now // seconds, 0
        free = count < number
        count += free
        return free

    return accepts


def sliding_window(number, seconds):
    """So many within any interval of this length."""
    lately = deque()

    def accepts(now):
        while lately and now - lately[0] >= seconds:
            lately.popleft()
        free = len(lately) < number
        if free:
            lately.append(now)
        return free

    return accepts


def both(first, second):
    return lambda now: first(now) and second(now)


@dataclass(slots=True)
class Course:
    """How a sending went."""

    accepted: int = 0
    refused: int = 0
    ended_at: float = 0.0


def send(pace: RelayPace, relay: Limiter, copies, *, latency=0.01, connections=4, seed=0, begin=0.0):
    """Send so many copies over some connections; an answer takes about `latency`."""
    rng = random.Random(seed)
    course, out, waiting, events = Course(), 0, 0, []

    def at(time, what, probe=False):
        heapq.heappush(events, (time, rng.random(), what, probe))

    def way():
        return latency * (0.3 + rng.random()) / 2

    for _ in range(connections):
        at(begin, "ask")
    while course.accepted < copies:
        assert events, "the sender waits for ever"
        assert course.refused < 20 * copies + 1000, "too many refusals"
        now, _, what, probe = heapq.heappop(events)
        if what == "ask":
            wait = pace.wait(now)
            if course.accepted + out >= copies or wait == math.inf:
                waiting += 1
            elif wait > 0:
                at(now + wait + rng.random() * 0.002, "ask")
            else:
                out += 1
                at(now + way(), "arrive", pace.left(now))
            continue
        if what == "arrive":
            at(now + way(), "yes" if relay(now) else "no", probe)
            continue
        out -= 1
        if what == "yes":
            course.accepted += 1
            pace.accepted(now, probe=probe)
        else:
            course.refused += 1
            pace.plea(now, probe=probe)
        course.ended_at = now
        for _ in range(waiting + 1):
            at(now, "ask")
        waiting = 0
    return course
