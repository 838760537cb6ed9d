"""What a reply of the relay is about: this copy, our pace, or ourselves."""

from enum import StrEnum


class RelayMatter(StrEnum):
    """What a refusal of the relay is about, and so what follows from it."""

    COPY = "copy"  # it judges this copy or its reader
    SLOW = "slow"  # it asks us to slow down, or to come again later: no copy has been judged
    STOP = "stop"  # it refuses us, for good: no copy has been judged
