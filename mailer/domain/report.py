"""A report as it is kept: what it says, which copy it is about, what it leaves to do, and who has settled it."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.bounce import ReportContent, Way
from mailer.domain.matter import Matter, NamedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(ReportContent):
    """What one report of a mail says and which copy it is about, before it is stored.

    `place` counts the reports of one mail. `person` is certain with a delivery, else likely, and may be empty.
    `sender` and `subject` are the mail's, as they stood. `forwarded`: it failed at another place, to which the address
    forwards its mail.
    """

    place: int
    sender: str
    subject: str
    delivery: int | None
    named_by: NamedBy | None
    person: str
    forwarded: bool
    matter: Matter | None

    @property
    def gist(self) -> tuple[object, ...]:
        """What decides what follows: a mail that is read so again has had its consequences."""
        return (self.kind, self.reason, self.hard, self.delivery, self.named_by, self.forwarded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Reading):
    """A report as it is stored. `issue`, `language`, `address` and `copy_number` are its copy's, if it has one."""

    id: int
    way: Way
    arrived_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    issue: str
    language: str
    address: str
    copy_number: int | None
