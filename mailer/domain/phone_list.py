"""The telephone list: the people whose mail came back, each with what to ask them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEntry:
    """A person to be called: the address that does not work, why, since when, and the copy that came back, if any.

    `language` is the person's first, `reason` the value of a `HoldReason` where there is a hold, else of a
    `FailureReason`.
    """

    person: str
    name: str
    phone: str
    language: str
    address: str
    is_held: bool
    reason: str
    since: datetime | None
    issue: str
