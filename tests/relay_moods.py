"""A relay's trouble, to be played by the scripted relay: limits by the clock, by session and by connection, and worse.

Each function makes a mood with a state of its own; `first_of` joins several. The words of every refusal are free.
"""

from collections import deque
from collections.abc import Iterable
from math import inf

from tests.relay_plays import Ending, Misbehaviour, Moment, Mood, Phase, Play

TOO_FAST = "450 4.7.1 Error: too much mail"
TOO_MANY_A_SESSION = "452 4.5.3 Too many messages in this session"
TOO_MANY_AT_ONCE = "421 4.7.0 Too many concurrent connections"


def first_of(*moods: Mood) -> Mood:
    """The first of these that has an answer; those behind it are not asked."""

    def mood(moment: Moment) -> Play | None:
        return next((play for asked in moods if (play := asked(moment)) is not None), None)

    return mood


def always(play: Play, *, at: Phase) -> Mood:
    """The same at every such phase."""
    return lambda moment: play if moment.phase is at else None


def every(nth: int, play: Play, *, at: Phase = Phase.END) -> Mood:
    """The same at each nth time that this phase is reached, over all sessions."""
    times = 0

    def mood(moment: Moment) -> Play | None:
        nonlocal times
        times += moment.phase is at
        return play if moment.phase is at and times % nth == 0 else None

    return mood


def rate(per_second: float, *, burst: float | None = None, at: Phase = Phase.END, says: Play = TOO_FAST) -> Mood:
    """So many a second, by a bucket of tokens that holds `burst`, else those of one second, and is full at first."""
    size = max(1.0, per_second) if burst is None else burst
    tokens, since = size, None

    def mood(moment: Moment) -> Play | None:
        nonlocal tokens, since
        if moment.phase is not at:
            return None
        tokens = min(size, tokens + (moment.at - (moment.at if since is None else since)) * per_second)
        since = moment.at
        if tokens < 1:
            return says
        tokens -= 1
        return None

    return mood


def in_each(
    seconds: float, limit: int, *, at: Phase = Phase.MAIL, says: Play = TOO_FAST, refusals_count: bool = False
) -> Mood:
    """So many in a fixed window, which begins with the first after the last window; as Postfix has it, refusals count."""
    began, times = -seconds, 0

    def mood(moment: Moment) -> Play | None:
        nonlocal began, times
        if moment.phase is not at:
            return None
        if moment.at - began >= seconds:
            began, times = moment.at, 0
        if times >= limit and not refusals_count:
            return says
        times += 1
        return says if times > limit else None

    return mood


def in_any(seconds: float, limit: int, *, at: Phase = Phase.MAIL, says: Play = TOO_FAST) -> Mood:
    """So many in every sliding window of this length."""
    passed: deque[float] = deque()

    def mood(moment: Moment) -> Play | None:
        if moment.phase is not at:
            return None
        while passed and moment.at - passed[0] >= seconds:
            passed.popleft()
        if len(passed) >= limit:
            return says
        passed.append(moment.at)
        return None

    return mood


def for_a_while(seconds: float, play: Play, *, at: Phase = Phase.CONNECT) -> Mood:
    """The same for so many seconds from the first such phase on."""
    began = inf

    def mood(moment: Moment) -> Play | None:
        nonlocal began
        if moment.phase is not at:
            return None
        began = min(began, moment.at)
        return play if moment.at - began < seconds else None

    return mood


def in_all(limit: int, *, at: Phase = Phase.END, says: Play) -> Mood:
    """So many, and then none any more."""
    return in_any(inf, limit, at=at, says=says)


def per_session(limit: int, *, at: Phase = Phase.MAIL, says: Play = TOO_MANY_A_SESSION) -> Mood:
    """So many messages in a session; it stays open unless the words begin with 421 or are an `Ending`."""
    return lambda moment: says if moment.phase is at and moment.brought >= limit else None


def at_once(limit: int, *, at: Phase = Phase.CONNECT, says: Play = TOO_MANY_AT_ONCE, refuses_all: bool = False) -> Mood:
    """So many connections at once. The later ones are refused, for as long as they stay; or all, while they are too many."""

    def mood(moment: Moment) -> Play | None:
        surplus = (moment.open if refuses_all else moment.place) > limit
        return says if moment.phase is at and surplus else None

    return mood


def closes_behind(messages: int = 1) -> Mood:
    """The connection is closed right behind the answer to its nth message."""
    return lambda moment: Ending() if moment.phase is Phase.END and moment.brought + 1 >= messages else None


def loses_answers() -> Mood:
    """Each message is taken, and the connection closed without a word."""
    return always(Misbehaviour.CLOSE, at=Phase.END)


def most_within(seconds: float, instants: Iterable[float]) -> int:
    """The greatest number of these instants in any window of this length."""
    most, window = 0, deque[float]()
    for instant in sorted(instants):
        window.append(instant)
        while instant - window[0] >= seconds:
            window.popleft()
        most = max(most, len(window))
    return most
