"""Which copies of an issue are missing, and which of them a supplement may send."""

from dataclasses import dataclass

from mailer.domain.circulation import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCopies:
    """The people who are entitled now and have no copy, each with the editions that are missing.

    `stuck` lack one, too, but it failed at the address that the register still has: a person must correct that first.
    """

    issue: str
    people: tuple[Judged, ...]
    stuck: tuple[str, ...] = ()

    @property
    def copies(self) -> int:
        """How many copies a supplement would have."""
        return sum(len(person.entitlement.editions) for person in self.people)
