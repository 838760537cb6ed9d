"""How large a message may be: the size that a relay announces (SIZE, RFC 1870), and what a copy needs of it."""

from collections.abc import Mapping

# Postfix's message_size_limit as shipped, which many relays never change.
USUAL_LIMIT = 10_240_000
# Octets kept free beside what all copies share: the header, the longest name and salutation, two DKIM signatures, and the
# trace fields that relays add before they measure.
SPARE = 16 * 1024


def takes(limit: int, size: int) -> bool:
    """Whether a relay with this limit takes a copy of this size; 0 is no limit, as far as we know."""
    return not limit or size <= limit


def size_fault(size: int, limits: Mapping[str, int]) -> str:
    """Why no relay takes a copy of this size; empty when one does, or when a relay is not known.

    `limits` has the octets that each relay takes, by its name.
    """
    if not limits or any(takes(limit, size) for limit in limits.values()):
        return ""
    limited = ", ".join(f"the relay {name} takes at most {limit:,}" for name, limit in sorted(limits.items()))
    return f"a copy has up to {size:,} octets, and {limited}: make its pictures smaller, or leave some out"


def usual_size_fault(size: int) -> str:
    """Why many mail servers would refuse a copy of this size; empty when most take it."""
    if size <= USUAL_LIMIT:
        return ""
    return (
        f"a copy has up to {size:,} octets, and many mail servers take at most {USUAL_LIMIT:,}: "
        "make its pictures smaller, or leave some out"
    )
