"""What an approval of an issue would be bound to, or is, and what a person should know before giving it."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.mailing import Mailing


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTest:
    """A test mailing of exactly the planned content and editions: when, by whom, and how many messages it had."""

    at: datetime
    who: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStanding:
    """The plan that an approval is bound to.

    `required`: without an approval nothing leaves. `drift` is what has changed since it was planned, in the issue or in
    what it is compiled with; `change` for whom the register says otherwise now.
    """

    mailing: Mailing
    required: bool
    recipients: int
    copies: int
    tested: SentTest | None
    drift: str = ""
    change: CirculationChange | None = None
