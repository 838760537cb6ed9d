"""What a reply of the relay is about: this copy, our pace, or ourselves."""

from enum import StrEnum


class RelayMatter(StrEnum):
    """What a refusal of the relay is about, and so what follows from it."""

    COPY = "copy"  # it judges this copy or its reader
    SLOW = "slow"  # it asks us to slow down, or to come again later: no copy has been judged
    STOP = "stop"  # it refuses us, for good: no copy has been judged


class Plea(StrEnum):
    """What a relay that asks to slow down has too much of, and so what to have less of.

    A new session helps once: a plea for it in reply to the first message of a session is one for a slower pace.
    """

    CONNECTIONS = "connections"  # too many at once: use fewer
    SESSION = "session"  # this one has carried enough messages: open another
    PACE = "pace"  # too many messages in a time, or trouble of its own: send fewer in that time
